using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

internal interface IMemberIndex
{
    long Count { get; }

    /// <summary>Finds a member without allocating. Throws <see cref="DamagedIndexException"/> if the index on disk is damaged.</summary>
    bool TryFind(MemberKey key, out IndexEntry entry);

    /// <summary>
    /// All members in the order of their keys, so journals first and those by sequence. A snapshot when the segment is open.
    /// </summary>
    IEnumerable<IndexEntry> Entries();

    /// <summary>Checks the rest of the index on disk; throws <see cref="DamagedIndexException"/> if it is damaged.</summary>
    void Check();
}
