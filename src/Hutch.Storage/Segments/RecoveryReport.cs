namespace Hutch.Storage.Segments;

/// <summary>The result of opening a store. Losing an unacknowledged group is normal; <see cref="Damage"/> is not.</summary>
public sealed class RecoveryReport
{
    /// <summary>Segments that were not sealed, or whose index was damaged, and what became of them.</summary>
    public IReadOnlyList<RecoveredSegment> Recovered { get; init; } = [];

    /// <summary>Once durable parts whose checksums are now wrong. Their members are in quarantine.</summary>
    public IReadOnlyList<DamagedRange> Damage { get; init; } = [];

    /// <summary>Names of segment files that are missing although they were never retired.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>True if an operator should act: acknowledged bytes are damaged or lost.</summary>
    public bool HasDamage => Damage.Count > 0 || Lost.Count > 0;

    /// <summary>The highest sequence number of any record in the store; 0 when there is none.</summary>
    public long LastSequence { get; init; }
}

/// <param name="Members">The number of members it now holds.</param>
/// <param name="CutBytes">Bytes cut from its end: an unacknowledged group, zeros, or a half-written index.</param>
public sealed record RecoveredSegment(string Name, RecoveryOutcome Outcome, long Members, long CutBytes);

public enum RecoveryOutcome
{
    /// <summary>It was whole up to its last group and was sealed.</summary>
    Sealed,

    /// <summary>It ended in a group that was never answered; that was cut off and the rest sealed.</summary>
    TornTailCut,

    Removed,

    /// <summary>It holds damaged bytes; intact ones were kept and sealed.</summary>
    Damaged,

    /// <summary>There was no space (or no right) to seal it; it is read from an index in memory until a later opening can.</summary>
    LeftUnsealed,
}

/// <summary>A part of a segment that was durable once and whose checksum is now wrong.</summary>
/// <param name="Offset">The start of the part, in bytes.</param>
public sealed record DamagedRange(long Segment, long Offset, long Length, string What);
