using Hutch.Model;

namespace Hutch.Site.Platform.Fairness;

/// <summary>What is read for whom: for another site that is asked for the bytes.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Token">The public part of the reader's token; null for a reader without one.</param>
public sealed record DatasetReading(DatasetId Dataset, string? Token);
