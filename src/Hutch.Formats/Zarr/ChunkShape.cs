namespace Hutch.Formats.Zarr;

/// <summary>
/// The chunks of an array that is not stored in chunks. Each chunk is one range of a file that has the numbers row by row: as many whole
/// rows, planes and so on as fit, then a part of the next axis.
/// </summary>
internal static class ChunkShape
{
    public const long UsualBytes = 8 << 20;

    /// <summary>A larger image is cut.</summary>
    public const long LargestImageBytes = 64 << 20;

    /// <summary>Cuts into chunks of about 8 MiB.</summary>
    public static long[] For(IReadOnlyList<long> shape, long itemBytes)
    {
        long[] chunk = new long[shape.Count];
        Array.Fill(chunk, 1);
        long bytes = itemBytes;
        for (int axis = shape.Count - 1; axis >= 0; axis--)
        {
            long fit = Math.Max(1, UsualBytes / bytes);
            chunk[axis] = Math.Clamp(shape[axis], 1, fit);
            if (shape[axis] > fit)
            {
                break;
            }

            bytes *= chunk[axis];
        }

        return chunk;
    }

    /// <summary>Refuses a chunk that is larger than the caller's limit.</summary>
    /// <exception cref="HutchException">It is (<see cref="ErrorCode.TooLarge"/>).</exception>
    public static void RequireAtMost(int maxBytes, long bytes)
    {
        if (bytes > maxBytes)
        {
            throw ErrorCode.TooLarge.With($"A chunk has {bytes} bytes; the limit is {maxBytes}.").ToException();
        }
    }

    /// <summary>Cuts into images, the last two axes, unless these are very large.</summary>
    public static long[] OfImages(IReadOnlyList<long> shape, long itemBytes)
    {
        if (shape.Count < 2 || shape[^1] < 1 || shape[^2] < 1 || shape[^2] > LargestImageBytes / itemBytes / shape[^1])
        {
            return For(shape, itemBytes);
        }

        long[] chunk = [.. shape];
        Array.Fill(chunk, 1, 0, shape.Count - 2);
        return chunk;
    }
}
