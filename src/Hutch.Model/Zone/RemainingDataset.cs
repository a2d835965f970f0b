namespace Hutch.Model.Zone;

/// <param name="IsOnly">True if no other site has a complete copy: the site is its home, or its home has ended it or was removed.</param>
public sealed record RemainingDataset(DatasetId Dataset, string Name, bool IsHome, bool IsOnly);
