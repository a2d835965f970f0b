namespace Hutch.Storage.Segments;

/// <summary>A segment, as maintenance sees it. A snapshot: it does not follow the segment.</summary>
/// <param name="Number">Its number: unique in the store, rising with time over all lanes.</param>
/// <param name="State">What may still happen to it.</param>
/// <param name="UsedBytes">Bytes from the start to the end of the last group (or of the footer, when sealed).</param>
/// <param name="Members">How many different members it holds, journals included.</param>
/// <param name="FirstSequence">Lowest sequence number of a record in it; 0 when there is none.</param>
/// <param name="LastSequence">Highest sequence number of a record in it; 0 when there is none.</param>
/// <param name="CanRetire">Whether <see cref="SegmentStore.RetireAsync"/> would take it now.</param>
public sealed record SegmentInfo(
    long Number, Lane Lane, SegmentState State, string Path, long UsedBytes,
    long Members, long BodyBytes, long FirstSequence, long LastSequence, bool CanRetire);

public enum SegmentState
{
    /// <summary>The open end of its lane: groups are appended.</summary>
    Open,

    /// <summary>Finished, its index written at its end; it never changes again.</summary>
    Sealed,

    /// <summary>A write or sync failed: it is read up to its last good group, never appended to, and sealed at the next opening.</summary>
    Abandoned,
}
