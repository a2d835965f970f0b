using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Memory;

/// <summary>
/// The mask of a file, one bit a pixel: an eighth of what the kernels read, and a thirty-second of most files. The next run most often has
/// the same, and need not wait for the disk then. Immutable.
/// </summary>
internal sealed class PackedMask
{
    /// <summary>Masks of more pixels are not kept: these take 4 MiB.</summary>
    public const int MaxPixels = 32 << 20;

    // Of bytes that are 0 or 0xFF, the first keeps its lowest bit, the second its second, and so on; the product gathers them in its
    // highest byte.
    private const ulong OneBitEach = 0x8040_2010_0804_0201;
    private const ulong Gather = 0x0101_0101_0101_0101;
    private const int PixelsPerByte = 8;

    private static readonly ulong[] Spread = [.. Enumerable.Range(0, 256).Select(SpreadOut)];

    private readonly BlobHash _file;
    private readonly (int Columns, int Rows) _size;
    private readonly byte[] _bits;

    private PackedMask(BlobHash file, FrameHeader header, byte[] bits) =>
        (_file, _size, _bits) = (file, (header.Columns, header.Rows), bits);

    /// <summary>Packs a mask; null when it is too large to be kept.</summary>
    /// <param name="pixels">A byte for each of their pixels: 0xFF where it is valid, else 0.</param>
    public static PackedMask? TryPack(BlobHash file, FrameHeader header, ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length > MaxPixels)
        {
            return null;
        }

        byte[] bits = new byte[(pixels.Length + PixelsPerByte - 1) / PixelsPerByte];
        ReadOnlySpan<ulong> eights = MemoryMarshal.Cast<byte, ulong>(pixels);
        for (int i = 0; i < eights.Length; i++)
        {
            bits[i] = (byte)(((eights[i] & OneBitEach) * Gather) >> 56);
        }

        for (int i = eights.Length * PixelsPerByte; i < pixels.Length; i++)
        {
            bits[i / PixelsPerByte] |= (byte)(pixels[i] & (1 << (i % PixelsPerByte)));
        }

        return new PackedMask(file, header, bits);
    }

    public bool IsOf(BlobHash file, FrameHeader header) => file == _file && _size == (header.Columns, header.Rows);

    /// <summary>Writes the bytes that were packed.</summary>
    public void UnpackTo(Span<byte> pixels)
    {
        Span<ulong> eights = MemoryMarshal.Cast<byte, ulong>(pixels);
        for (int i = 0; i < eights.Length; i++)
        {
            eights[i] = Spread[_bits[i]];
        }

        for (int i = eights.Length * PixelsPerByte; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(Spread[_bits[i / PixelsPerByte]] >> (PixelsPerByte * (i % PixelsPerByte)));
        }
    }

    private static ulong SpreadOut(int bits)
    {
        ulong all = 0;
        for (int i = 0; i < PixelsPerByte; i++)
        {
            all |= (bits & (1 << i)) != 0 ? (ulong)byte.MaxValue << (PixelsPerByte * i) : 0;
        }

        return all;
    }
}
