namespace Hutch.Formats.Arrays;

/// <summary>A part of an array: where it begins along each axis, how far apart its rows are and how many there are.</summary>
/// <param name="IsKept">Whether the result has the axis: it has none of a single index.</param>
internal sealed record ArraySelection(ulong[] Start, ulong[] Step, ulong[] Count, bool[] IsKept)
{
    public long[] Shape { get; } = [.. Count.Where((_, axis) => IsKept[axis]).Select(static count => (long)count)];

    public long Values => Shape.Aggregate(1L, static (product, length) => checked(product * length));

    /// <summary>
    /// Reads what numpy writes between brackets: indices, and slices <c>start:stop:step</c>; missing axes are taken whole.
    /// </summary>
    public static ArraySelection Parse(string? text, IReadOnlyList<long> shape)
    {
        string[] parts = string.IsNullOrEmpty(text) ? [] : text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > shape.Count)
        {
            throw Bad(text, $"it has {parts.Length} parts, and the array has {shape.Count} axes");
        }

        int rank = shape.Count;
        (ulong[] start, ulong[] step, ulong[] count) = (new ulong[rank], new ulong[rank], new ulong[rank]);
        bool[] isKept = new bool[rank];
        for (int i = 0; i < rank; i++)
        {
            (long first, long stride, long length, bool isIndex) =
                i < parts.Length ? Part(text, parts[i], shape[i]) : (0, 1, shape[i], false);
            (start[i], step[i], count[i], isKept[i]) = ((ulong)first, (ulong)stride, (ulong)length, !isIndex);
        }

        return new ArraySelection(start, step, count, isKept);
    }

    private static (long Start, long Step, long Count, bool IsIndex) Part(string? text, string part, long length)
    {
        string[] members = part.Split(':', StringSplitOptions.TrimEntries);
        if (members.Length == 1)
        {
            long index = Number(text, part, 0);
            index += index < 0 ? length : 0;
            return index >= 0 && index < length
                ? (index, 1, 1, true)
                : throw Bad(text, $"{part} is outside an axis of {length}");
        }

        long step = members.Length > 2 ? Number(text, members[2], 1) : 1;
        if (members.Length > 3 || step < 1)
        {
            throw Bad(text, $"'{part}' is no slice with a step of at least 1");
        }

        long start = Bound(Number(text, members[0], 0), length);
        long stop = Bound(Number(text, members[1], length), length);
        long count = stop <= start ? 0 : ((stop - start - 1) / step) + 1;
        return (count == 0 ? 0 : start, step, count, false);
    }

    private static long Bound(long index, long length) => Math.Clamp(index < 0 ? index + length : index, 0, length);

    private static long Number(string? selection, string text, long otherwise) =>
        text.Length == 0 ? otherwise
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
        : throw Bad(selection, $"{Display.Quote(text)} is no whole number");

    private static HutchException Bad(string? text, string why) =>
        ErrorCode.Unprocessable.With($"The selection {Display.Quote(text)} cannot be taken: {why}.").ToException();
}
