namespace Hutch.Storage.Segments;

/// <summary>What opening a store found and did. Losing an unanswered group is normal; <see cref="Damage"/> is not.</summary>
public sealed class RecoveryReport
{
    /// <summary>Segments that were not sealed, or whose index was damaged, and what became of them.</summary>
    public IReadOnlyList<RecoveredSegment> Recovered { get; init; } = [];

    /// <summary>What was durable once and is not what was written any more. Its members are in quarantine.</summary>
    public IReadOnlyList<DamagedRange> Damage { get; init; } = [];

    /// <summary>Names of segment files that were here and are not any more, though nobody retired them.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>Whether an operator should look: something that was answered is damaged or lost.</summary>
    public bool HasDamage => Damage.Count > 0 || Lost.Count > 0;

    /// <summary>The highest sequence number of any record in the store; 0 when there is none.</summary>
    public long LastSequence { get; init; }
}
