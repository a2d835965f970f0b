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
        ArgumentNullException.ThrowIfNull(header);
        int size = header.Type.Size();
        int columns = FrameBinning.Length(header.Columns, bin);
        using var pixels = new NativeBytes(checked(columns * FrameBinning.Length(header.Rows, bin) * size));
        FrameDecodeError error = FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, size, 0, packed, pixels.Span);
        return error != FrameDecodeError.None ? error.ToHutchError("picture")
            : size == 1 ? Draw<byte>(header, columns, pixels.Span)
            : size == 2 ? Draw(header, columns, MemoryMarshal.Cast<byte, ushort>(pixels.Span))
            : Draw(header, columns, MemoryMarshal.Cast<byte, uint>(pixels.Span));
    }

    private static byte[] Draw<T>(FrameHeader header, int columns, ReadOnlySpan<T> pixels)
        where T : unmanaged, IBinaryInteger<T>
    {
        double black = Black(header, pixels);
        byte[] rows = new byte[PngFile.RowBytes(columns) * (pixels.Length / columns)];
        for (int from = 0, to = 0; from < pixels.Length; from += columns)
        {
            // A row of PNG begins with how it is filtered: not at all.
            to++;
            foreach (T pixel in pixels.Slice(from, columns))
            {
                long count = header.NumberOf(uint.CreateTruncating(pixel));
                rows[to++] = count < header.SmallestData || count > header.LargestData ? FramePicture.NoData
                    : count > header.LargestTrusted ? FramePicture.Saturated
                    : (byte)Math.Clamp(count * (FramePicture.Greys - 1) / black, 0, FramePicture.Greys - 1);
            }
        }

        var file = new ArrayBufferWriter<byte>();
        PngFile.Write(file, columns, rows, FramePicture.Palette);
        return file.WrittenSpan.ToArray();
    }

    private static double Black<T>(FrameHeader header, ReadOnlySpan<T> pixels)
        where T : unmanaged, IBinaryInteger<T>
    {
        var valid = new List<long>(pixels.Length);
        foreach (T pixel in pixels)
        {
            long count = header.NumberOf(uint.CreateTruncating(pixel));
            if (count >= header.SmallestData && count <= header.LargestTrusted)
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
