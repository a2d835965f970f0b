namespace Hutch.Storage.Segments;

/// <summary>What opening a store found and did. Losing an unanswered group is normal; <see cref="Damage"/> is not.</summary>
public sealed class RecoveryReport
{
    /// <summary>Segments that were not sealed, or whose index was damaged, and what became of them.</summary>
    public IReadOnlyList<RecoveredSegment> Recovered { get; init; } = [];

    /// <summary>What was durable once and does not check any more. Its members are in quarantine.</summary>
    public IReadOnlyList<DamagedRange> Damage { get; init; } = [];

    /// <summary>Names of segment files that are missing although they were never retired.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>Whether an operator should look: something that was answered is damaged or lost.</summary>
    public bool HasDamage => Damage.Count > 0 || Lost.Count > 0;

    /// <summary>The highest sequence number of any record in the store; 0 when there is none.</summary>
    public long LastSequence { get; init; }
}

/// <param name="Name">Its file name.</param>
/// <param name="Outcome">What was done.</param>
/// <param name="Members">How many members it holds now.</param>
/// <param name="CutBytes">Bytes that were cut from its end: an unanswered group, zeros, or a half-written index.</param>
public sealed record RecoveredSegment(string Name, RecoveryOutcome Outcome, long Members, long CutBytes);

public enum RecoveryOutcome
{
    /// <summary>It was whole up to its last group and was sealed.</summary>
    Sealed,

    /// <summary>It ended in a group that was never answered; that was cut off and the rest sealed.</summary>
    TornTailCut,

    /// <summary>It held no group and was removed.</summary>
    Removed,

    /// <summary>It holds what check finds damaged; what is good was kept and sealed.</summary>
    Damaged,

    /// <summary>There was no space (or no right) to seal it; it is read from an index in memory until a later opening can.</summary>
    LeftUnsealed,
}

/// <summary>A part of a segment that was durable once and does not check any more.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Offset">Where the part begins, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="What">What was found, for a person.</param>
public sealed record DamagedRange(long Segment, long Offset, long Length, string What);
