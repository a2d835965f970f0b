using System.Buffers.Binary;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Packs;

/// <param name="Kind">Its number in the format: an <see cref="ObjectKind"/>, or one of the two kinds of delta.</param>
/// <param name="Size">Bytes of its content, unpacked.</param>
/// <param name="BaseOffset">The offset of a delta's base; -1 if the base is named, or there is none.</param>
/// <param name="BaseId">The id of the base; zero if its offset is given, or there is none.</param>
internal readonly record struct PackEntry(int Kind, long Size, long BaseOffset, ObjectId BaseId, long Content)
{
    public const int OffsetDelta = 6;
    public const int NamedDelta = 7;

    public bool IsDelta => Kind is OffsetDelta or NamedDelta;
}

/// <summary>
/// Reads a pack from a window over its bytes: heads of entries, and their content. Nothing in it is trusted: lengths have limits, and what
/// is not a pack is refused. For one thread.
/// </summary>
/// <param name="read">Reads bytes of the pack at an offset; 0 at the end.</param>
/// <param name="maxObjectBytes">The largest object.</param>
internal sealed class PackEntries(PackEntries.ReadBytes read, long end, int maxObjectBytes)
{
    private const int WindowBytes = 256 << 10;
    private const int WantedBytes = 16 << 10;
    private const int MaxHeadBytes = 48;

    private readonly Inflater _inflater = new();
    private byte[] _window = new byte[WindowBytes];
    private long _start;
    private int _filled;

    /// <summary>Reads as many bytes as fit at an offset; 0 at the end.</summary>
    internal delegate int ReadBytes(Span<byte> destination, long offset);

    public PackEntry ReadHead(long offset)
    {
        ReadOnlySpan<byte> bytes = Look(offset, MaxHeadBytes);
        int at = 0;
        byte first = Next(bytes, ref at);
        long size = first & 0x0F;
        int kind = (first >> 4) & 7;
        byte next = first;
        for (int shift = 4; (next & 0x80) != 0; shift += 7)
        {
            next = Next(bytes, ref at);
            size |= shift > 40 ? throw DamagedPack.Refusal() : (long)(next & 0x7F) << shift;
        }

        long baseOffset = -1;
        ObjectId baseId = default;
        if (kind == PackEntry.OffsetDelta)
        {
            baseOffset = offset - ReadDistance(bytes, ref at);
            if (baseOffset < GitPackWriter.HeadBytes || baseOffset >= offset)
            {
                throw DamagedPack.Refusal();
            }
        }
        else if (kind == PackEntry.NamedDelta)
        {
            baseId = bytes.Length - at < ObjectId.Size ? throw DamagedPack.Refusal() : new ObjectId(bytes[at..]);
            at += ObjectId.Size;
        }
        else if (kind is not ((int)ObjectKind.Commit or (int)ObjectKind.Tree or (int)ObjectKind.Blob or (int)ObjectKind.Tag))
        {
            throw DamagedPack.Refusal();
        }

        CheckSize(size);
        return new PackEntry(kind, size, baseOffset, baseId, offset + at);
    }

    /// <summary>Refuses the length of an object that is too large to be one.</summary>
    public void CheckSize(long size)
    {
        if (size > maxObjectBytes)
        {
            throw ErrorCode.TooLarge.With(
                $"A file or directory in git has {size} bytes; the limit is {maxObjectBytes} (dataLad.maxObjectBytes). Large files belong "
                + "into the annex: `git annex add`, or `datalad save`.").ToException();
        }
    }

    /// <summary>Unpacks the content of an entry, and says where the next one begins.</summary>
    public byte[] ReadContent(PackEntry entry, out long next)
    {
        var content = new byte[entry.Size];
        _inflater.Begin();
        next = entry.Content;
        for (long wanted = WantedBytes; ;)
        {
            int most = (int)Math.Min(Math.Min(end - next, Array.MaxLength), Inflater.MaxBlockBytes(content.Length - _inflater.Written));
            ReadOnlySpan<byte> packed = Look(next, (int)Math.Min(most, wanted));
            InflateEnd state = _inflater.Inflate(packed, content, out int consumed);
            next += consumed;
            if (state == InflateEnd.Done)
            {
                return content;
            }

            if (state != InflateEnd.NeedsMore || (consumed == 0 && packed.Length >= most))
            {
                throw DamagedPack.Refusal();
            }

            wanted = consumed == 0 ? wanted * 8 : wanted;
        }
    }

    /// <summary>All that the window has from an offset on: at least so many bytes, unless the pack ends before.</summary>
    private ReadOnlySpan<byte> Look(long offset, int atLeast)
    {
        int wanted = (int)Math.Min(atLeast, end - offset);
        if (wanted < 0)
        {
            throw DamagedPack.Refusal();
        }

        if (offset < _start || offset + wanted > _start + _filled)
        {
            if (_window.Length < wanted)
            {
                _window = new byte[wanted];
            }

            (_start, _filled) = (offset, 0);
            int limit = (int)Math.Min(_window.Length, end - offset);
            for (int got; _filled < limit && (got = read(_window.AsSpan(_filled, limit - _filled), offset + _filled)) > 0;)
            {
                _filled += got;
            }
        }

        int at = (int)(offset - _start);
        return _window.AsSpan(at, _filled - at);
    }

    private static byte Next(ReadOnlySpan<byte> bytes, ref int at) => at < bytes.Length ? bytes[at++] : throw DamagedPack.Refusal();

    private static long ReadDistance(ReadOnlySpan<byte> bytes, ref int at)
    {
        byte next = Next(bytes, ref at);
        long distance = next & 0x7F;
        while ((next & 0x80) != 0)
        {
            next = Next(bytes, ref at);
            distance = distance > long.MaxValue >> 8 ? throw DamagedPack.Refusal() : ((distance + 1) << 7) | (long)(next & 0x7F);
        }

        return distance;
    }

    public static int CountOf(ReadOnlySpan<byte> head, int maxObjects)
    {
        if (head.Length < GitPackWriter.HeadBytes || !head.StartsWith("PACK"u8)
            || BinaryPrimitives.ReadUInt32BigEndian(head[4..]) is not (2 or 3))
        {
            throw DamagedPack.Refusal();
        }

        uint count = BinaryPrimitives.ReadUInt32BigEndian(head[8..]);
        return count > maxObjects
            ? throw ErrorCode.TooLarge.With(
                $"The push has {count} git objects; the limit is {maxObjects} (dataLad.maxObjects). Push the history in parts.")
                .ToException()
            : (int)count;
    }
}
