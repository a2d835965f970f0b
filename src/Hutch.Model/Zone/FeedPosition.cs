namespace Hutch.Model.Zone;

/// <summary>How far the feed of a zone was followed.</summary>
/// <param name="Incarnation">Which life of the zone: another one begins when it is restored from a backup.</param>
/// <param name="Sequence">The number of the last change.</param>
/// <param name="Line">The number of the newest line of the zone's audit at that moment.</param>
/// <param name="Mark">The hash of that line: a zone whose line differs was put back to an older state.</param>
public sealed record FeedPosition(string Incarnation, long Sequence, long Line, string Mark);

/// <summary>A row of the zone as it is now.</summary>
/// <param name="Key">The columns of the key, with a space between them.</param>
/// <param name="Row">The other columns that are fed, as text; null when there is no such row.</param>
public sealed record FeedItem(string Table, string Key, IReadOnlyList<string?>? Row);

/// <summary>What changed between two positions, read in one state of the zone.</summary>
/// <param name="After">The position that it follows; null for the beginning of everything.</param>
/// <param name="To">The position that it leads to.</param>
/// <param name="IsComplete">Whether nothing was newer when it was read.</param>
/// <param name="Items">The rows, each once.</param>
public sealed record FeedBatch(FeedPosition? After, FeedPosition To, bool IsComplete, IReadOnlyList<FeedItem> Items);
