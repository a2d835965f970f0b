using System.Numerics;
using Hutch.Analysis.Memory;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Pictures;

/// <summary>
/// Draws a picture that <see cref="FrameBinning"/> made, with a contrast that fits it: background near white, spots black. The portal
/// chooses the same contrast.
/// </summary>
public static class FrameDrawing
{
    /// <summary>The share of the valid pixels that is background.</summary>
    private const double Share = 0.999;

    private const double LeastBlack = 8;

    /// <summary>Returns the picture as a PNG file.</summary>
    /// <param name="bin">The side of a square of pixels that became one.</param>
    public static Result<byte[]> Draw(FrameHeader header, int bin, ReadOnlySpan<byte> packed)
    {
        int size = header.Type.Size();
        int columns = FrameBinning.Length(header.Columns, bin);
        using var pixels = new NativeBytes(checked(columns * FrameBinning.Length(header.Rows, bin) * size));
        FrameDecodeError error = FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, size, 0, packed, pixels.Span);
        if (error != FrameDecodeError.None)
        {
            return error.ToHutchError("picture");
        }

        if (size == 1)
        {
            return Draw<byte>(header, columns, pixels.Span);
        }

        if (size == 2)
        {
            return Draw(header, columns, MemoryMarshal.Cast<byte, ushort>(pixels.Span));
        }

        return Draw(header, columns, MemoryMarshal.Cast<byte, uint>(pixels.Span));
    }

    private static byte[] Draw<T>(FrameHeader header, int columns, ReadOnlySpan<T> pixels)
        where T : unmanaged, IBinaryInteger<T>
    {
        long smallest = header.SmallestData, largest = header.LargestData, trusted = header.LargestTrusted;
        int shift = header.SignShift;
        double black = Black(pixels, smallest, trusted, shift);
        byte[] rows = new byte[PngFile.RowBytes(columns) * (pixels.Length / columns)];
        for (int from = 0, to = 0; from < pixels.Length; from += columns)
        {
            // A row of PNG begins with how it is filtered: not at all.
            to++;
            foreach (T pixel in pixels.Slice(from, columns))
            {
                long count = (long)uint.CreateTruncating(pixel) << shift >> shift;
                rows[to++] = count < smallest || count > largest ? FramePicture.NoData
                    : count > trusted ? FramePicture.Saturated
                    : (byte)Math.Clamp(count * (FramePicture.Greys - 1) / black, 0, FramePicture.Greys - 1);
            }
        }

        var file = new ArrayBufferWriter<byte>();
        PngFile.Write(file, columns, rows, FramePicture.Palette);
        return file.WrittenSpan.ToArray();
    }

    private static double Black<T>(ReadOnlySpan<T> pixels, long smallest, long trusted, int shift)
        where T : unmanaged, IBinaryInteger<T>
    {
        var valid = new List<long>(pixels.Length);
        foreach (T pixel in pixels)
        {
            long count = (long)uint.CreateTruncating(pixel) << shift >> shift;
            if (count >= smallest && count <= trusted)
            {
                valid.Add(count);
            }
        }

        valid.Sort();
        return valid.Count == 0
            ? LeastBlack
            : Math.Max(LeastBlack, Math.Min(valid[^1], valid[(int)((valid.Count - 1) * Share)] * 3.0));
    }
}
