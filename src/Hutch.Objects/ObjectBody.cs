using System.Buffers;
using System.Buffers.Binary;
using Hutch.Disk;

namespace Hutch.Objects;

/// <summary>The content of an object: bytes in memory, or a file. It is not copied, and must not change until it is stored.</summary>
public sealed class ObjectBody
{
    private const int PieceBytes = 256 << 10;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly IDiskFile? _file;
    private BlobHash? _hash;

    private ObjectBody(ReadOnlyMemory<byte> bytes, IDiskFile? file, long length, BlobHash? hash, uint? crc32C)
    {
        (_bytes, _file, Length, _hash, Crc32C) = (bytes, file, length, hash, crc32C);
    }

    public long Length { get; }

    /// <summary>The CRC32C of the bytes, if known.</summary>
    public uint? Crc32C { get; }

    /// <summary>Creates a body from bytes in memory.</summary>
    /// <param name="hash">Their SHA-256, if known.</param>
    /// <param name="crc32C">Their CRC32C, if known.</param>
    public static ObjectBody From(ReadOnlyMemory<byte> bytes, BlobHash? hash = null, uint? crc32C = null) =>
        new(bytes, null, bytes.Length, hash, crc32C);

    /// <summary>Creates a body from the first bytes of a file.</summary>
    public static ObjectBody From(IDiskFile file, long length) => new(default, file, length, null, null);

    /// <summary>The SHA-256 of the bytes; computed if it is not known yet.</summary>
    public BlobHash Hash()
    {
        if (_hash is { } known)
        {
            return known;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReadOnlyMemory<byte> piece in Pieces())
        {
            hash.AppendData(piece.Span);
        }

        BlobHash computed = new(hash.GetHashAndReset());
        _hash = computed;
        return computed;
    }

    public byte[] ToArray()
    {
        var all = new ArrayBufferWriter<byte>((int)Math.Max(1, Length));
        foreach (ReadOnlyMemory<byte> piece in Pieces())
        {
            all.Write(piece.Span);
        }

        return all.WrittenSpan.ToArray();
    }

    internal HttpContent ToContent() => _file is null ? new ReadOnlyMemoryContent(_bytes) : new PiecesContent(this);

    /// <summary>The CRC32C in S3's format.</summary>
    internal string? ChecksumText()
    {
        if (Crc32C is not { } crc)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, crc);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The bytes in pieces. Each piece is valid until the next.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        if (_file is null)
        {
            yield return _bytes;
            yield break;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long offset = 0; offset < Length;)
            {
                int wanted = (int)Math.Min(PieceBytes, Length - offset);
                int read = _file.ReadFully(buffer.AsSpan(0, wanted), offset, inPassing: true);
                if (read < wanted)
                {
                    throw new IOException($"A file that was to be stored has {offset + read} bytes, not {Length}.");
                }

                offset += read;
                yield return buffer.AsMemory(0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed class PiecesContent(ObjectBody body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            foreach (ReadOnlyMemory<byte> piece in body.Pieces())
            {
                await stream.WriteAsync(piece, cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
