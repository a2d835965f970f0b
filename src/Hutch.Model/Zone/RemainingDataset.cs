namespace Hutch.Model.Zone;

/// <summary>A dataset that a site has, or was asked to copy.</summary>
/// <param name="Name">The owner and short name.</param>
/// <param name="IsHome">True if the site is its home.</param>
/// <param name="IsOnly">True if no other site has a complete copy: the site is its home, or its home has ended it or was removed.</param>
public sealed record RemainingDataset(DatasetId Dataset, string Name, bool IsHome, bool IsOnly);
