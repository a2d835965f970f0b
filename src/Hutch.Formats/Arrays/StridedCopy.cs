namespace Hutch.Formats.Arrays;

/// <summary>Takes each n-th value of a line.</summary>
internal static class StridedCopy
{
    /// <summary>Fills the target with the first value of the line, and each that is so many values after the one before.</summary>
    /// <param name="step">From one to the next; in values.</param>
    public static void Take(ReadOnlySpan<byte> line, Span<byte> target, int itemBytes, int step)
    {
        if (step == 1)
        {
            line[..target.Length].CopyTo(target);
            return;
        }

        for (int from = 0, to = 0; to < target.Length; from += step * itemBytes, to += itemBytes)
        {
            line.Slice(from, itemBytes).CopyTo(target[to..]);
        }
    }
}
