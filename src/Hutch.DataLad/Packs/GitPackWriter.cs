using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Security.Cryptography;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Packs;

/// <summary>
/// Gathers objects into a pack (gitformat-pack, version 2) in a file without a name: each object once, whole, and compressed separately.
/// Only the names of the objects are in memory, and their number has a limit.
/// </summary>
internal sealed class GitPackWriter(IDiskFile file, int maxObjects, bool isIndexed = false) : IObjectSink, IDisposable
{
    /// <summary>The head of a pack: <c>PACK</c>, the version, the number of objects.</summary>
    public const int HeadBytes = 12;

    private const int BufferBytes = 256 << 10;
    private const int MaxEntryHeadBytes = 10;

    private readonly HashSet<ObjectId> _known = [];
    private readonly ZlibWriter _zlib = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _filled;
    private long _length;
    private bool _isGiven;

    private readonly List<PackedObject> _places = [];

    /// <summary>The location of each object, if an index was requested.</summary>
    public IReadOnlyCollection<PackedObject> Places => _places;

    public int Count => _known.Count;

    public bool Needs(ObjectId id) => !_known.Contains(id);

    public void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content)
    {
        if (!_known.Add(id))
        {
            return;
        }

        if (_known.Count > maxObjects)
        {
            throw ErrorCode.TooLarge.With(
                $"This version has more than the {maxObjects} git objects that the server gives to one clone (dataLad.maxObjects). "
                + "`hutch clone` has no such limit.").ToException();
        }

        Span<byte> head = stackalloc byte[MaxEntryHeadBytes];
        head = head[..WriteEntryHead(head, kind, content.Length)];
        ReadOnlySpan<byte> packed = _zlib.Write(content).Span;
        if (isIndexed)
        {
            var crc = new Crc32();
            crc.Append(head);
            crc.Append(packed);
            _places.Add(new PackedObject(id, HeadBytes + _length + _filled, crc.GetCurrentHashAsUInt32()));
        }

        Append(head);
        Append(packed);
    }

    /// <summary>The finished pack, which owns the file from now on.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "A pack ends in the SHA-1 of all of it.")]
    public Pack Finish()
    {
        Flush();
        byte[] head = new byte[HeadBytes];
        "PACK"u8.CopyTo(head);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), 2);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(8), _known.Count);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(head);
        for (long at = 0; at < _length;)
        {
            int read = file.Read(_buffer, at);
            hash.AppendData(_buffer.AsSpan(0, (int)Math.Min(read, _length - at)));
            at += read;
        }

        _isGiven = true;
        return new Pack(file, _length, head, hash.GetHashAndReset(), _known.Count);
    }

    public void Dispose()
    {
        _zlib.Dispose();
        if (!_isGiven)
        {
            file.Dispose();
        }
    }

    /// <summary>The kind and the length of the content before it is compressed, in groups of 7 bits after the first 4.</summary>
    internal static int WriteEntryHead(Span<byte> head, ObjectKind kind, long size)
    {
        int at = 0;
        head[0] = (byte)(((int)kind << 4) | (int)(size & 0x0F));
        for (size >>= 4; size > 0; size >>= 7)
        {
            head[at++] |= 0x80;
            head[at] = (byte)(size & 0x7F);
        }

        return at + 1;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _filled)
        {
            Flush();
        }

        if (bytes.Length > _buffer.Length)
        {
            file.Write(bytes, _length);
            _length += bytes.Length;
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_filled));
        _filled += bytes.Length;
    }

    private void Flush()
    {
        file.Write(_buffer.AsSpan(0, _filled), _length);
        _length += _filled;
        _filled = 0;
    }
}
