using Hutch.Model.Placement;
using Hutch.Model.Records;
using Hutch.Model.Sites;

namespace Hutch.Model.Reproducing;

/// <summary>Facts that decide if the bytes of a dataset may be evicted because a program computes them again.</summary>
public sealed record ReproductionFacts
{
    public required DatasetId Dataset { get; init; }

    public required string Name { get; init; }

    public required bool IsHome { get; init; }

    /// <summary>False if it is in the trash, or has ended.</summary>
    public required bool IsPresent { get; init; }

    public required bool IsClosed { get; init; }

    public required bool IsTemporary { get; init; }

    public required bool IsInFolder { get; init; }

    /// <summary>The state of another eviction; null for none.</summary>
    public required EvictionState? Eviction { get; init; }

    /// <summary>True if it is or was published, or has a DOI.</summary>
    public required bool IsPublished { get; init; }

    /// <summary>The number of other sites that have a copy or were asked for one.</summary>
    public required int Copies { get; init; }

    /// <summary>The rules that apply to it.</summary>
    public required IReadOnlyList<PlacementRule> Rules { get; init; }

    /// <summary>The roots of all versions whose bytes would go, the newest version last.</summary>
    public required IReadOnlyList<BlobHash> Roots { get; init; }

    /// <summary>The newest statement about a rerun of its results; null for none.</summary>
    public required RerunStatement? Statement { get; init; }

    /// <summary>True if a present site of the zone signed the newest statement.</summary>
    public required bool IsOfZone { get; init; }

    /// <summary>True if this site signed it, which is the home, or a site that every rule names.</summary>
    public required bool IsCounted { get; init; }

    /// <summary>The run that the newest statement is about; null if it is not known here.</summary>
    public required ReproducibleRun? Run { get; init; }

    /// <summary>The inputs of that run.</summary>
    public required IReadOnlyList<ReproductionInput> Inputs { get; init; }

    /// <summary>The contents of the files that differ by nature; null if there are too many.</summary>
    public required IReadOnlyList<BlobHash>? Kept { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <param name="IsDone">True if it is done, and the dataset is its only output.</param>
/// <param name="Digest">The SHA-256 of the stored document of its program; null if it is not stored, or cannot be read.</param>
/// <param name="HasImage">True if its command sees nothing of the node but its image and its inputs.</param>
/// <param name="Problem">The reason why no engine here can execute it; null if one can.</param>
public sealed record ReproducibleRun(
    Guid Id, bool IsDone, string? Digest, bool HasImage, bool HasNetwork, bool HasParts, string? Problem,
    IReadOnlyList<VersionReference> Inputs);

/// <param name="IsHere">True if it is closed and present, with its home here.</param>
/// <param name="Eviction">The state in which other sites hold it; null for none.</param>
/// <param name="Root">The root of the version as it is here; null if it is not among the versions that sites hold.</param>
/// <param name="HeldBy">The ids of the sites that hold it according to the zone.</param>
public sealed record ReproductionInput(
    VersionReference Version, string Name, bool IsHere, Eviction? Eviction, BlobHash? Root, IReadOnlySet<string> HeldBy)
{
    /// <summary>The number of sites that have proved and promised to keep it, with this one if it keeps its bytes.</summary>
    public int CountHolders() => Eviction is not { Reproduction: null, State: EvictionState.Held or EvictionState.Evicted } held ? 0
        : held.Asked.Count(one => one.Proof is not null && HeldBy.Contains(one.SiteId)) + (held.State == EvictionState.Held ? 1 : 0);
}
