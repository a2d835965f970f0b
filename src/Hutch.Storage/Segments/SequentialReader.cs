using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// Reads a segment from front to back through one buffer: blocks to look at, bodies to check. Not safe for several threads.
/// </summary>
internal sealed class SequentialReader(IDiskFile file, long end)
{
    private const int BufferBytes = 1 << 20;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(end, TarLayout.BlockSize, BufferBytes));
    private long _start;
    private int _filled;

    /// <summary>Nothing at or behind this offset is read.</summary>
    public long End => end;

    /// <summary>The block at an offset; false when it is not wholly before the end.</summary>
    public bool TryBlock(long offset, out ReadOnlySpan<byte> block)
    {
        bool ok = TryFill(offset, TarLayout.BlockSize, out block) && block.Length >= TarLayout.BlockSize;
        block = ok ? block[..TarLayout.BlockSize] : default;
        return ok;
    }

    /// <summary>The CRC32C of a range; false when it is not wholly before the end.</summary>
    public bool TryCrc(long offset, long length, out uint crc)
    {
        crc = 0;
        while (length > 0)
        {
            if (!TryFill(offset, 1, out ReadOnlySpan<byte> bytes))
            {
                return false;
            }

            bytes = bytes[..(int)Math.Min(bytes.Length, length)];
            crc = Checksum.Append(crc, bytes);
            offset += bytes.Length;
            length -= bytes.Length;
        }

        return true;
    }

    /// <summary>A whole range as a new array; null when it is not wholly before the end.</summary>
    public byte[]? Read(long offset, int length)
    {
        if (offset + length > end)
        {
            return null;
        }

        var bytes = new byte[length];
        return file.ReadFully(bytes, offset) == length ? bytes : null;
    }

    private bool TryFill(long offset, int atLeast, out ReadOnlySpan<byte> bytes)
    {
        if (offset < _start || offset + atLeast > _start + _filled)
        {
            int wanted = (int)Math.Clamp(end - offset, 0, _buffer.Length);
            _start = offset;
            _filled = file.ReadFully(_buffer.AsSpan(0, wanted), offset);
        }

        bytes = _buffer.AsSpan((int)(offset - _start), (int)(_start + _filled - offset));
        return bytes.Length >= atLeast;
    }
}
