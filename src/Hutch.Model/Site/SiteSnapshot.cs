using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <param name="Number">The number in its dataset, from 1.</param>
/// <param name="Time">The time of its creation, in milliseconds since 1970.</param>
/// <param name="Tags">The tags, in order.</param>
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
    /// The time until which it stays after the home has dropped it, in milliseconds since 1970; null if the home has it, or is this site.
    /// </summary>
    public long? LeftOutUntil { get; init; }
}
