namespace Hutch.Model;

/// <summary>
/// Where pages are cut. All trees use <see cref="Standard"/>, as the limits decide the bytes of the pages; tests use smaller ones to
/// reach many levels with few entries.
/// </summary>
/// <param name="MinEntries">The fewest entries of a page that is not the last of its level; 2 or more.</param>
/// <param name="MaxEntries">The most entries of a page.</param>
/// <param name="BitsPerLevel">How many bits of the name's hash must be zero for a cut.</param>
internal sealed record PageLimits(int MinEntries, int MaxEntries, int BitsPerLevel)
{
    /// <summary>The highest level a page can have. With 64 entries a page, level 9 would hold 64^10 of them.</summary>
    public const int MaxLevel = 9;

    /// <summary>
    /// The most bytes of a page that is accepted from outside: more than 1024 entries with everything at its limit and escaped.
    /// </summary>
    public const int MaxPageBytes = 96 << 20;

    /// <summary>The limits of the format: 64 to 1024 entries, a cut at every 256th name on average.</summary>
    public static PageLimits Standard { get; } = new(64, 1024, 8);

    /// <summary>
    /// Whether a page of this level that holds so many entries ends after the one with this key. Depends on nothing but the
    /// entries since the page began, so that the same entries always give the same pages.
    /// </summary>
    public bool EndsPage(int level, int entries, ReadOnlySpan<byte> lastKey)
    {
        if (entries < MinEntries)
        {
            return false;
        }

        // From level 8 on the 64 bits are used up and are taken again from the start.
        int shift = level * BitsPerLevel % 64;
        ulong mask = (1UL << BitsPerLevel) - 1;
        return entries >= MaxEntries || ((NameHash.Of(lastKey) >> shift) & mask) == 0;
    }
}
