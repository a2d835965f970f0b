using System.Numerics;
using Hutch.Analysis.Memory;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Pictures;

/// <summary>
/// A picture of a frame for people: each of its pixels is the largest valid one of a square of the frame, so that no spot vanishes, in
/// inverted grey on a logarithmic scale. Saturated pixels and those without a valid count have colours of their own.
/// </summary>
/// <remarks>For one thread, frame after frame; allocates nothing for a frame.</remarks>
internal sealed class FramePicture : IDisposable
{
    /// <summary>The longer side of a picture in pixels, at most.</summary>
    public const int MaxSide = 1024;

    /// <summary>Numbers of colours: as many greys from white to black, then two more.</summary>
    public const int Greys = 254;

    public const byte Saturated = 254;

    public const byte NoData = 255;

    private static readonly byte[] Colours = MakePalette();

    private readonly FrameHeader _header;
    private readonly NativeBytes _largest;
    private readonly byte[] _rows;
    private readonly byte[] _greyOfCount;
    private readonly int _width;

    /// <param name="bin">The side of a square; null, or too small, for the smallest that <see cref="MaxSide"/> allows.</param>
    /// <param name="black">The count from which on a pixel is black.</param>
    public FramePicture(FrameHeader header, int? bin, int black)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(black);
        _header = header;
        int least = FrameBinning.Length(Math.Max(header.Columns, header.Rows), MaxSide);
        Bin = Math.Max(bin ?? least, least);
        _width = FrameBinning.Length(header.Columns, Bin);
        int height = FrameBinning.Length(header.Rows, Bin);
        _largest = new NativeBytes(_width * height * header.Type.Size());
        _rows = new byte[PngFile.RowBytes(_width) * height];
        double scale = (Greys - 1) / Math.Log(1.0 + black);
        _greyOfCount = [.. Enumerable.Range(0, black + 1).Select(count => (byte)Math.Round(scale * Math.Log(1.0 + count)))];
    }

    /// <summary>Red, green and blue of each colour.</summary>
    public static ReadOnlySpan<byte> Palette => Colours;

    /// <summary>The side of a square, in pixels of the frame.</summary>
    public int Bin { get; }

    public void Dispose() => _largest.Dispose();

    /// <summary>Forgets the frame before.</summary>
    public void Begin() => _largest.Span.Clear();

    /// <param name="y">Its number from 0.</param>
    /// <param name="valid">One byte a pixel, 0 for one that does not count.</param>
    public void Add<T>(int y, ReadOnlySpan<T> pixels, ReadOnlySpan<byte> valid)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> target = MemoryMarshal.Cast<byte, T>(_largest.Span).Slice(y / Bin * _width, _width);
        T smallest = T.CreateTruncating(_header.SmallestData);
        FrameBinning.BinRow(pixels, valid, smallest, T.CreateTruncating(_header.LargestData - _header.SmallestData), Bin, target);
    }

    /// <summary>Writes the picture of the rows that were added, as a PNG file.</summary>
    public void Write<T>(IBufferWriter<byte> output)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> largest = MemoryMarshal.Cast<byte, T>(_largest.Span);
        long trusted = _header.LargestTrusted, smallest = _header.SmallestData;
        for (int from = 0, to = 0; from < largest.Length; from += _width)
        {
            // A row of PNG begins with how it is filtered: not at all.
            to++;
            foreach (T stored in largest.Slice(from, _width))
            {
                // The count above the smallest is kept, and one more; 0 where none was valid.
                long count = uint.CreateTruncating(stored) - 1L + smallest;
                _rows[to++] = T.IsZero(stored) ? NoData : count > trusted ? Saturated : Grey(count);
            }
        }

        PngFile.Write(output, _width, _rows, Palette);
    }

    private byte Grey(long count) => count < _greyOfCount.Length ? _greyOfCount[Math.Max(0, count)] : (byte)(Greys - 1);

    private static byte[] MakePalette()
    {
        var colours = new byte[3 * 256];
        for (int i = 0; i < Greys; i++)
        {
            colours.AsSpan(3 * i, 3).Fill((byte)Math.Round(255 - (255.0 * i / (Greys - 1))));
        }

        (colours[3 * Saturated], colours[(3 * Saturated) + 1], colours[(3 * Saturated) + 2]) = (0xD8, 0x1B, 0x60);
        (colours[3 * NoData], colours[(3 * NoData) + 1], colours[(3 * NoData) + 2]) = (0xB8, 0xCC, 0xE4);
        return colours;
    }
}
