namespace Hutch.Zone.Replication.Placement;

/// <summary>The facts about a dataset that placement needs in addition to the zone's records.</summary>
/// <param name="Bytes">The approximate size of a copy in bytes; null for an unknown dataset.</param>
/// <param name="Obstacle">The reason why it cannot be copied, as a sentence; null for none.</param>
public sealed record DatasetFacts(DatasetId Dataset, long? Bytes, TypeLineage Type, string? Obstacle)
{
    /// <summary>True if its home has evicted its bytes, and only a program computes them again.</summary>
    public bool IsReproducedOnly { get; init; }

    /// <summary>True if nothing remains to be placed: the dataset has ended or is in the trash.</summary>
    public bool IsOver { get; init; }
}
