namespace Hutch.Bench.Analysis;

/// <summary>Compares answers before times.</summary>
internal static class StrongPixelMasks
{
    /// <summary>Throws when any pixel differs; gives the number of strong pixels.</summary>
    public static int AssertSame(ReadOnlySpan<int> ours, byte[] theirs, string what)
    {
        var mine = new byte[theirs.Length];
        foreach (int index in ours)
        {
            mine[index] = 1;
        }

        int differing = mine.Zip(theirs).Count(pair => pair.First != pair.Second);
        return differing == 0 ? ours.Length : throw new InvalidOperationException($"{what}: {differing} pixels differ from the peer.");
    }
}
