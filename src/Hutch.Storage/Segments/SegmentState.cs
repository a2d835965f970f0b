namespace Hutch.Storage.Segments;

/// <summary>What may still happen to a segment.</summary>
public enum SegmentState
{
    /// <summary>The open end of its lane: groups are appended.</summary>
    Open,

    /// <summary>Finished, its index written at its end; it never changes again.</summary>
    Sealed,

    /// <summary>A write or sync failed: it is read up to its last good group, never appended to, and sealed at the next opening.</summary>
    Abandoned,
}
