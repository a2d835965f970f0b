using System.Numerics;
using Hutch.Formats.Arrays;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Thumbnails;

/// <summary>
/// Thumbnails of arrays: each n-th value of the slice in the middle, in greys between the values that few are below and few above, or in
/// the palette of the file. Bytes are taken as they are, and three or four along the last axis as colours. Rows lie as in the viewer of
/// volumes.
/// </summary>
internal static class ArrayThumbnail
{
    /// <summary>An array with a shorter side is a table, or a curve.</summary>
    private const int MinSide = 16;

    /// <summary>So much of all values is below black, and as much above white.</summary>
    private const double Share = 0.005;

    private const string Byte = "u1";

    /// <summary>Bytes up to here are bits, classes, or electrons of a frame: as greys all would be black.</summary>
    private const int MostOfFewBits = 15;

    public static bool IsPicture(ZarrLayout layout)
    {
        int rank = layout.Shape.Count - ColourAxes(layout);
        return rank >= 2 && layout.Shape[rank - 1] >= MinSide && layout.Shape[rank - 2] >= MinSide && IsNumber(layout.DataType);
    }

    public static byte[] Draw(IZarrArray array, int maxBytes)
    {
        ZarrLayout layout = array.Layout;
        PixelColours pixels = array.Colours;
        if (pixels.Problem is { } problem)
        {
            throw ErrorCode.Unprocessable.With($"The picture {problem}; it is not drawn.").ToException();
        }

        ArraySelection part = Part(layout);
        byte[] bytes = array.Read(part, maxBytes);
        double? noData = array.NoData;
        double[] values = [.. Numbers(layout.DataType, bytes).Select(value => value == noData ? double.NaN : value)];
        bool areBytes = layout.DataType[1..] == Byte && values.Any(static value => value > MostOfFewBits);
        (double low, double high) = areBytes ? (0, byte.MaxValue) : Range(values);
        (double black, double white) = pixels.IsInverted ? (high, low) : (low, high);
        int colours = ColourAxes(layout) == 0 ? 1 : 3;
        int rowAxis = layout.Shape.Count - 2 - ColourAxes(layout);
        (int rows, int columns) = ((int)part.Count[rowAxis], (int)part.Count[rowAxis + 1]);
        using var small = new ThumbnailImage(columns, rows);
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                (byte red, byte green, byte blue) = pixels.Palette is { } palette
                    ? palette.ElementAtOrDefault((int)At(0))
                    : (ToGrey(At(0)), ToGrey(At(colours / 2)), ToGrey(At(colours - 1)));
                small.Set(x, array.IsBottomUp ? rows - 1 - y : y, red, green, blue);

                // The first axis is the fastest one in numbers that are column by column.
                double At(int colour) => values[layout.IsColumnMajor
                    ? (((colour * columns) + x) * rows) + y
                    : (((y * columns) + x) * colours) + colour];
            }
        }

        return small.Pack();

        byte ToGrey(double value) => double.IsNaN(value) ? (byte)0 : (byte)Math.Clamp((value - black) * 255 / (white - black), 0, 255);
    }

    private static int ColourAxes(ZarrLayout layout) =>
        layout.Shape.Count >= 3 && layout.Shape[^1] is 3 or 4 && layout.DataType[1..] == Byte ? 1 : 0;

    private static ArraySelection Part(ZarrLayout layout)
    {
        int rank = layout.Shape.Count;
        int image = rank - 2 - ColourAxes(layout);
        (ulong[] start, ulong[] step, ulong[] count) = (new ulong[rank], new ulong[rank], new ulong[rank]);
        ulong longest = (ulong)Math.Max(layout.Shape[image], layout.Shape[image + 1]);
        ulong each = (longest + ContentRequest.ThumbnailSide - 1) / ContentRequest.ThumbnailSide;
        for (int axis = 0; axis < rank; axis++)
        {
            ulong length = (ulong)layout.Shape[axis];
            bool isSide = axis == image || axis == image + 1;
            start[axis] = axis < image ? length / 2 : 0;
            step[axis] = isSide ? each : 1;
            count[axis] = isSide ? (length + each - 1) / each : axis < image ? 1UL : 3;
        }

        return new ArraySelection(start, step, count, [.. Enumerable.Range(0, rank).Select(axis => axis >= image)]);
    }

    private static (double Black, double White) Range(double[] values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
        {
            throw ErrorCode.Unprocessable.With("There is no number in the picture.").ToException();
        }

        int left = (int)(sorted.Length * Share);
        (double black, double white) = (sorted[left], sorted[^(left + 1)]);
        return black < white ? (black, white) : (black - 1, white + 1);
    }

    private static bool IsNumber(string type) => type[1..] is
        "u1" or "b1" or "i1" or "u2" or "i2" or "u4" or "i4" or "u8" or "i8" or "f2" or "f4" or "f8";

    private static double[] Numbers(string type, byte[] bytes)
    {
        int size = NumpyHeader.ItemBytesOf(type)!.Value;
        for (int at = 0; type[0] == '>' && at < bytes.Length; at += size)
        {
            Array.Reverse(bytes, at, size);
        }

        return type[1..] switch
        {
            "i1" => From<sbyte>(bytes),
            "u2" => From<ushort>(bytes),
            "i2" => From<short>(bytes),
            "u4" => From<uint>(bytes),
            "i4" => From<int>(bytes),
            "u8" => From<ulong>(bytes),
            "i8" => From<long>(bytes),
            "f2" => From<Half>(bytes),
            "f4" => From<float>(bytes),
            "f8" => From<double>(bytes),
            _ => From<byte>(bytes),
        };
    }

    private static double[] From<T>(byte[] bytes)
        where T : unmanaged, INumberBase<T> =>
        [.. MemoryMarshal.Cast<byte, T>(bytes).ToArray().Select(double.CreateTruncating)];
}
