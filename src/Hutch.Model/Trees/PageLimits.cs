namespace Hutch.Model;

/// <summary>
/// The limits that determine the cuts between pages. All trees use <see cref="Standard"/>, because the limits determine the bytes of pages;
/// tests use smaller ones to get many levels from few entries.
/// </summary>
/// <param name="MinEntries">The fewest entries of a page that is not the last of its level; 2 or more.</param>
/// <param name="BitsPerLevel">The number of bits of the name's hash that must be zero for a cut.</param>
internal sealed record PageLimits(int MinEntries, int MaxEntries, int BitsPerLevel)
{
    /// <summary>The highest level of a page. With 64 entries per page, level 9 would hold 64^10 of them.</summary>
    public const int MaxLevel = 9;

    /// <summary>
    /// The most bytes of a page from another site: more than 1024 entries of the largest size with all characters escaped.
    /// </summary>
    public const int MaxPageBytes = 96 << 20;

    /// <summary>The limits of the format: 64 to 1024 entries, with a cut at every 256th name on average.</summary>
    public static PageLimits Standard { get; } = new(64, 1024, 8);

    /// <summary>
    /// Returns true if a page of this level with this many entries ends after this key. It depends only on the entries since the page
    /// began, so that equal entries always give equal pages.
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
        return entries >= MaxEntries || ((NameHash.Compute(lastKey) >> shift) & mask) == 0;
    }
}
