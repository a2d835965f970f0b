namespace Hutch.Model.Zone;

/// <summary>A dataset that a site has, or is to have.</summary>
/// <param name="Name">Its owner and short name.</param>
/// <param name="IsHome">Whether it is at home there.</param>
/// <param name="IsOnly">Whether no other site has all of it: it is at home there, or its home has ended it or was removed.</param>
public sealed record LeftDataset(DatasetId Dataset, string Name, bool IsHome, bool IsOnly);
