using Hutch.Model;

namespace Hutch.Zone.Placement;

/// <summary>What placement has to know of a dataset beside what the zone knows.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Bytes">About how many bytes a copy has; null when there is nothing of the dataset here.</param>
/// <param name="Types">Its type, and those that it inherits from, as far as they are known here.</param>
/// <param name="Obstacle">Why it cannot be copied at all, as a sentence; null when it can.</param>
public sealed record DatasetFacts(DatasetId Dataset, long? Bytes, IReadOnlyList<string> Types, string? Obstacle);
