namespace Hutch.Storage.Segments;

/// <summary>What reading a whole segment again found.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Members">Members that were read.</param>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="Quarantined">Members whose bytes are not what was written; they are in quarantine now.</param>
/// <param name="Damage">
/// Everything that is not what was written: the same members, and headers and indexes, which cost no data but should be rewritten by
/// compaction.
/// </param>
public sealed record ScrubReport(
    long Segment, long Members, long Bytes, IReadOnlyList<QuarantinedMember> Quarantined, IReadOnlyList<DamagedRange> Damage)
{
    /// <summary>Whether all is as it was written.</summary>
    public bool IsClean => Damage.Count == 0;
}
