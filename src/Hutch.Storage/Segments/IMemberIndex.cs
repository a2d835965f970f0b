using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

internal interface IMemberIndex
{
    /// <summary>How many members there are, journals included.</summary>
    long Count { get; }

    /// <summary>
    /// Finds a member. Allocates nothing. Throws <see cref="DamagedIndexException"/> when the index on disk is not what was written.
    /// </summary>
    bool TryFind(MemberKey key, out IndexEntry entry);

    /// <summary>
    /// All members in the order of their keys, so journals first and those by sequence. A snapshot when the segment is open.
    /// </summary>
    IEnumerable<IndexEntry> Entries();

    /// <summary>
    /// Reads what is on disk of it beside the entries; throws <see cref="DamagedIndexException"/> when that is not what was written.
    /// </summary>
    void Check();
}
