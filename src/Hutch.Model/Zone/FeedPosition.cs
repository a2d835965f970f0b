namespace Hutch.Model.Zone;

/// <param name="Incarnation">The incarnation of the zone: a new one begins when it is restored from a backup.</param>
/// <param name="Line">The number of the newest entry of the zone's audit log at that time.</param>
/// <param name="Mark">The hash of that entry. If the zone's entry differs, the zone was reset to an older state.</param>
public sealed record FeedPosition(string Incarnation, long Sequence, long Line, string Mark);

/// <param name="Key">The columns of the key, with a space between them.</param>
/// <param name="Row">The other columns in the feed, as text; null if the row does not exist.</param>
public sealed record FeedItem(string Table, string Key, IReadOnlyList<string?>? Row);

/// <summary>The changes between two positions, read in one state of the zone.</summary>
/// <param name="After">The earlier position; null for the beginning.</param>
/// <param name="IsComplete">True if there were no newer changes at the time of the read.</param>
/// <param name="Items">The rows, each once.</param>
public sealed record FeedBatch(FeedPosition? After, FeedPosition To, bool IsComplete, IReadOnlyList<FeedItem> Items);
