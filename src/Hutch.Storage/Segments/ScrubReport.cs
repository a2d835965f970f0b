namespace Hutch.Storage.Segments;

/// <summary>The result of reading a whole segment again.</summary>
/// <param name="Damage">
/// All damage: the same members, and headers and indexes, which cost no data but which compaction should rewrite.
/// </param>
public sealed record ScrubReport(
    long Segment, long Members, long Bytes, IReadOnlyList<QuarantinedMember> Quarantined, IReadOnlyList<DamagedRange> Damage)
{
    /// <summary>True if all bytes are intact.</summary>
    public bool IsClean => Damage.Count == 0;
}
