namespace Hutch.Model.Zone;

/// <summary>A dataset at its home, and its last summary.</summary>
/// <param name="ToldAt">The time when the zone received it; null at a site, and for none.</param>
public sealed record SummaryStatus(DatasetId Dataset, long Epoch, DatasetSummary? Summary, DateTimeOffset? ToldAt);
