namespace Hutch.Contracts;

/// <summary>The bytes that can be freed at this site, and the obstacles to the rest.</summary>
public sealed record SpaceInfo
{
    /// <summary>Bytes that the disk gains when all lines are freed, with those that are not listed.</summary>
    public required long Bytes { get; init; }

    /// <summary>Part of it that several lines share: it is freed with the last of them.</summary>
    public required long Shared { get; init; }

    /// <summary>
    /// True if the figures consider every dataset of the site. False if they consider only those of the caller: bytes that datasets of
    /// others have, too, stay.
    /// </summary>
    public required bool Exact { get; init; }

    /// <summary>False if there were too many datasets to examine; the rest is not counted.</summary>
    public required bool Whole { get; init; }

    /// <summary>The largest lines first.</summary>
    public required IReadOnlyList<SpaceLineInfo> Lines { get; init; }

    /// <summary>Number of further lines.</summary>
    public int More { get; init; }

    /// <summary>Bytes of the further lines.</summary>
    public long MoreBytes { get; init; }

    /// <summary>All lines added up by the value in <c>by</c>, the largest first; empty without it.</summary>
    public required IReadOnlyList<SpaceSumInfo> Sums { get; init; }

    /// <summary>The obstacles to the rest, the largest first.</summary>
    public required IReadOnlyList<SpaceObstacleInfo> Obstacles { get; init; }
}

/// <summary>A dataset whose bytes can be freed.</summary>
public sealed record SpaceLineInfo
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    /// <summary>Full name of the dataset.</summary>
    public required string Name { get; init; }

    public required string Type { get; init; }

    /// <summary>Bytes that the disk gains from this line alone.</summary>
    public required long Bytes { get; init; }

    /// <summary>
    /// <c>trash</c>, <c>copies</c> at other sites, <c>reproduction</c> by a program, or <c>versions</c> that automatic ones replaced.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The visit that owns the dataset.</summary>
    public string? Visit { get; init; }

    /// <summary>The instrument of the visit.</summary>
    public string? Instrument { get; init; }

    /// <summary>The program whose runs made the dataset; absent for all other data.</summary>
    public string? Program { get; init; }

    /// <summary>Time of creation of the dataset.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Time at which it is freed without a request; absent if a request frees it with the next collection.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Command that frees it; absent if none is needed.</summary>
    public string? Command { get; init; }

    /// <summary>Sentences that say why nothing is lost.</summary>
    public required IReadOnlyList<string> Proofs { get; init; }
}

/// <summary>Lines with a value in common.</summary>
public sealed record SpaceSumInfo
{
    /// <summary>The value; empty for lines without one.</summary>
    public required string Of { get; init; }

    public required int Datasets { get; init; }

    /// <summary>Bytes that the disk gains from these lines.</summary>
    public required long Bytes { get; init; }
}

/// <summary>A reason that prevents datasets from being freed.</summary>
public sealed record SpaceObstacleInfo
{
    /// <summary>Code of the reason, such as <c>open</c>, <c>no-copies</c> or <c>versions</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The reason, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The remedy; absent if there is none.</summary>
    public string? Advice { get; init; }

    /// <summary>
    /// The role that has the remedy: <c>manager</c> of the datasets, <c>operator</c> of the site, or <c>home</c> of the datasets.
    /// <c>time</c> if the reason ends with time, <c>none</c> if it stays.
    /// </summary>
    public required string By { get; init; }

    public required int Datasets { get; init; }

    /// <summary>Stored bytes that stay for this reason; absent if that is not measured.</summary>
    public long? Bytes { get; init; }

    /// <summary>Total size of the files of these datasets.</summary>
    public required long LogicalBytes { get; init; }

    /// <summary>Full name of one of them.</summary>
    public required string Example { get; init; }
}
