namespace Hutch.Storage.Segments;

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
