namespace Hutch.Site.Platform.Fairness;

/// <summary>The dataset and the reader of a read, for the other site that provides the bytes.</summary>
/// <param name="Token">The public part of the reader's token; null for a reader without one.</param>
public sealed record DatasetReading(DatasetId Dataset, string? Token);
