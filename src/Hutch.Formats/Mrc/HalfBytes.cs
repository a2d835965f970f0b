using Hutch.Formats.Zarr;

namespace Hutch.Formats.Mrc;

/// <summary>
/// A file with two pixels in a byte, the left one in the low bits, as if each had its own byte. Each row begins with a byte.
/// </summary>
/// <param name="offset">The place of the first pixel.</param>
internal sealed class HalfBytes(IFileBytes file, long offset, int columns, long rows) : IFileBytes
{
    private readonly int _rowBytes = (columns + 1) / 2;

    public string Name => file.Name;

    /// <summary>The pixels, as far as the file has their rows.</summary>
    public long Length => Math.Min(rows, Math.Max(0, file.Length - offset) / _rowBytes) * columns;

    public void Read(long first, Span<byte> destination)
    {
        byte[] packed = new byte[_rowBytes];
        while (destination.Length > 0)
        {
            (long row, long column) = Math.DivRem(first, columns);
            int count = (int)Math.Min(destination.Length, columns - column);
            int begin = (int)column / 2;
            Span<byte> part = packed.AsSpan(0, (((int)column + count + 1) / 2) - begin);
            file.Read(offset + (row * _rowBytes) + begin, part);
            for (int i = 0; i < count; i++)
            {
                int at = (int)column + i;
                destination[i] = (byte)((part[(at / 2) - begin] >> (at % 2 * 4)) & 0x0F);
            }

            destination = destination[count..];
            first += count;
        }
    }
}
