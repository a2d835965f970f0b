using Hutch.Model;
using Hutch.Model.Placement;

namespace Hutch.Zone.Placement;

/// <summary>What placement has to know of a dataset beside what the zone knows.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Bytes">About how many bytes a copy has; null when nothing is known of the dataset.</param>
/// <param name="Type">Its type, as far as that is known.</param>
/// <param name="Obstacle">Why it cannot be copied at all, as a sentence; null when it can.</param>
public sealed record DatasetFacts(DatasetId Dataset, long? Bytes, TypeLineage Type, string? Obstacle)
{
    /// <summary>Whether there is nothing of it to place any more: it has ended, or is in the trash.</summary>
    public bool IsOver { get; init; }
}
