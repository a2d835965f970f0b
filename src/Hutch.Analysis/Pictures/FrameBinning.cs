using System.Numerics;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Detectors.Ingest;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Pictures;

/// <summary>
/// Makes a small picture of a frame: each of its pixels is the largest valid one of a square of the frame, so that no spot vanishes, and a
/// number without data where none is valid (<see cref="Nothing"/>). It is packed as detectors pack frames (bitshuffle and LZ4).
/// Thread-safe.
/// </summary>
public static class FrameBinning
{
    /// <summary>Columns or rows of a picture of so many.</summary>
    public static int Length(int pixels, int bin) => (pixels + bin - 1) / bin;

    public static int MaxPackedBytes(FrameHeader header, int bin) =>
        FrameEncoder.MaxEncodedLength(FrameCodec.BitshuffleLz4, PictureBytes(header, bin));

    /// <summary>Returns the memory of <see cref="Bin"/> in addition to its arguments.</summary>
    public static long WorkingBytes(FrameHeader header, int bin)
    {
        return (long)header.ImageBytes + PictureBytes(header, bin);
    }

    /// <summary>Reads a numpy file with a mask (0 is a good pixel): one byte a pixel, 0 for one that does not count.</summary>
    public static async Task<Result<byte[]>> ReadMaskAsync(FrameHeader header, EntryBytes file, CancellationToken cancellationToken)
    {
        if (!(await DetectorMask.ReadAsync(header, file, cancellationToken)).TryGet(out DetectorMask? mask, out HutchError? refusal))
        {
            return refusal;
        }

        using (mask)
        {
            return mask.Bytes.ToArray();
        }
    }

    /// <summary>Unpacks a frame, makes its picture and packs it; returns the length.</summary>
    /// <param name="valid">One byte a pixel, 0 for one that does not count; empty if all do.</param>
    /// <param name="bin">The side of a square, in pixels.</param>
    /// <param name="packed">Receives the picture; of <see cref="MaxPackedBytes"/> at least.</param>
    public static Result<int> Bin(FrameHeader header, ReadOnlySpan<byte> valid, RawFrame frame, int bin, Span<byte> packed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bin, 1);
        if (!FrameEntry.Encoding(header, frame.Metadata).TryGet(out (FrameCodec Codec, uint FilterMask) encoding, out HutchError? refusal))
        {
            return refusal;
        }

        int size = header.Type.Size();
        using var pixels = new NativeBytes(header.ImageBytes);
        FrameDecodeError error = FrameDecoder.TryDecode(encoding.Codec, size, encoding.FilterMask, frame.Bytes, pixels.Span);
        if (error != FrameDecodeError.None)
        {
            return error.ToHutchError(FormattableString.Invariant($"{frame.Number:D6}"));
        }

        using var picture = new NativeBytes(PictureBytes(header, bin));
        switch (size)
        {
            case 1: Bin(header, pixels.Span, valid, bin, picture.Span); break;
            case 2: Bin(header, Cast<ushort>(pixels), valid, bin, Cast<ushort>(picture)); break;
            default: Bin(header, Cast<uint>(pixels), valid, bin, Cast<uint>(picture)); break;
        }

        return FrameEncoder.Encode(FrameCodec.BitshuffleLz4, size, picture.Span, packed);
    }

    private static Span<T> Cast<T>(NativeBytes bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes.Span);

    private static int PictureBytes(FrameHeader header, int bin) =>
        checked(Length(header.Rows, bin) * Length(header.Columns, bin) * header.Type.Size());

    private static void Bin<T>(FrameHeader header, ReadOnlySpan<T> pixels, ReadOnlySpan<byte> valid, int bin, Span<T> picture)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int columns = header.Columns;
        int width = Length(columns, bin);
        T smallest = T.CreateTruncating(header.SmallestData);
        T range = T.CreateTruncating(header.LargestData - header.SmallestData);
        T nothing = T.CreateTruncating(Nothing(header));
        picture.Clear();
        for (int y = 0; y < header.Rows; y++)
        {
            ReadOnlySpan<T> row = pixels.Slice(y * columns, columns);
            ReadOnlySpan<byte> counts = valid.IsEmpty ? default : valid.Slice(y * columns, columns);
            BinRow(row, counts, smallest, range, bin, picture.Slice(y / bin * width, width));
        }

        // The number above the smallest was kept, and one more, so that nothing is 0.
        foreach (ref T number in picture)
        {
            number = T.IsZero(number) ? nothing : unchecked(number - T.One + smallest);
        }
    }

    /// <summary>
    /// Returns the number of a square without a valid pixel: the largest of the type, read as unsigned; where negative numbers count, the
    /// most negative one.
    /// </summary>
    private static long Nothing(FrameHeader header) => header.SmallestData < 0 ? 1L << ((8 * header.Type.Size()) - 1) : uint.MaxValue;

    /// <summary>
    /// Adds a row to the row of a picture: how much the largest valid pixel of each piece is above the smallest number, plus one, so that 0
    /// stays where none is valid.
    /// </summary>
    /// <param name="smallest">The smallest valid number.</param>
    /// <param name="range">The largest valid number above that.</param>
    internal static void BinRow<T>(ReadOnlySpan<T> row, ReadOnlySpan<byte> valid, T smallest, T range, int bin, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int x = 0;
        foreach (ref T stored in target)
        {
            for (int end = Math.Min(x + bin, row.Length); x < end; x++)
            {
                T number = unchecked(row[x] - smallest);
                if (number <= range && (valid.IsEmpty || valid[x] != 0) && number >= stored)
                {
                    stored = number + T.One;
                }
            }
        }
    }
}
