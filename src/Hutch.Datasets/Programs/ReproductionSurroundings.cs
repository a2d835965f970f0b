using System.Collections.Frozen;
using Hutch.Model.Placement;

namespace Hutch.Datasets.Programs;

/// <summary>Answers of the zone and the engines about a dataset and its inputs, at one moment.</summary>
internal sealed record ReproductionSurroundings(NameRecord Name, IReadOnlyList<PlacementRule> Rules)
{
    /// <summary>Those whose home this site is.</summary>
    public required FrozenSet<DatasetId> Homes { get; init; }

    public required FrozenDictionary<DatasetId, IReadOnlySet<string>> HeldBy { get; init; }

    public required bool IsPublished { get; init; }

    public required int Copies { get; init; }

    /// <summary>The keys of the sites whose reruns count.</summary>
    public required FrozenSet<BlobHash> CountedKeys { get; init; }

    /// <summary>The key of the newest statement, if a site of the zone has it.</summary>
    public required BlobHash? TrustedKey { get; init; }

    public required string? Problem { get; init; }

    /// <summary>The root of the tree in which <see cref="Kept"/> was found.</summary>
    public required BlobHash? Root { get; init; }

    public required IReadOnlyList<BlobHash>? Kept { get; init; }

    public required DateTimeOffset Now { get; init; }
}
