namespace Hutch.Programs.Comparing;

/// <summary>A part of an array that is read at once: values that are next to each other in row-major order.</summary>
/// <param name="Selection">The part in numpy's notation; null for all.</param>
/// <param name="First">The place of its first value in the array.</param>
/// <param name="Values">The number of its values.</param>
internal readonly record struct ArrayBlock(string? Selection, long First, long Values)
{
    private IReadOnlyList<long> Shape { get; init; } = [];

    /// <summary>Cuts an array into parts of at most a number of values.</summary>
    /// <param name="shape">The lengths, none of them 0.</param>
    public static IEnumerable<ArrayBlock> Of(IReadOnlyList<long> shape, long most)
    {
        int axis = shape.Count;
        long inner = 1;
        while (axis > 0 && shape[axis - 1] <= most / inner)
        {
            inner *= shape[--axis];
        }

        if (axis == 0)
        {
            yield return new ArrayBlock(null, 0, inner) { Shape = shape };
            yield break;
        }

        axis--;
        long step = Math.Max(1, most / inner);
        long rows = shape.Take(axis).Aggregate(1L, static (product, length) => product * length);
        string rest = string.Concat(Enumerable.Repeat(",:", shape.Count - axis - 1));
        for (long row = 0; row < rows; row++)
        {
            string before = string.Concat(Indices(row, shape, axis).Select(static index => index + ","));
            for (long begin = 0; begin < shape[axis]; begin += step)
            {
                long end = Math.Min(begin + step, shape[axis]);
                yield return new ArrayBlock(
                    string.Create(CultureInfo.InvariantCulture, $"{before}{begin}:{end}{rest}"),
                    ((row * shape[axis]) + begin) * inner,
                    (end - begin) * inner)
                {
                    Shape = shape,
                };
            }
        }
    }

    /// <summary>Returns the place of one of its values as words.</summary>
    public string Locate(long index) => Shape.Count == 0 ? "" : $" at [{string.Join(", ", Indices(First + index, Shape, Shape.Count))}]";

    /// <summary>Returns the indices of a place along the first axes of an array.</summary>
    private static string[] Indices(long position, IReadOnlyList<long> shape, int axes)
    {
        var indices = new string[axes];
        for (int axis = axes - 1; axis >= 0; axis--)
        {
            indices[axis] = (position % shape[axis]).ToString(CultureInfo.InvariantCulture);
            position /= shape[axis];
        }

        return indices;
    }
}
