using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>A fixed version of a dataset.</summary>
/// <param name="Number">Counted from 1 in its dataset.</param>
/// <param name="Root">Its tree.</param>
/// <param name="Parent">Number of the one before it.</param>
/// <param name="Reason">What made it.</param>
/// <param name="Message">What the author says of it.</param>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Tags">Its tags, in order.</param>
public sealed record SiteSnapshot(
    long Number,
    TreeRoot Root,
    long? Parent,
    SnapshotReason Reason,
    string Author,
    string? Message,
    long Time,
    IReadOnlyList<string> Tags)
{
    /// <summary>
    /// Until when it stays though the home names it no more, milliseconds since 1970; null where it is named, or this site is the home.
    /// </summary>
    public long? LeftOutUntil { get; init; }
}
