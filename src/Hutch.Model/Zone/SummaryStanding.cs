namespace Hutch.Model.Zone;

/// <summary>A dataset at its home, and what the zone was told of it.</summary>
/// <param name="Epoch">The epoch of its home.</param>
/// <param name="Summary">What is known; null for nothing.</param>
/// <param name="ToldAt">When that was told; null at a site, and for nothing.</param>
public sealed record SummaryStanding(DatasetId Dataset, long Epoch, DatasetSummary? Summary, DateTimeOffset? ToldAt);
