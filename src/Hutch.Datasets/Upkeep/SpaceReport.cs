namespace Hutch.Datasets.Upkeep;

/// <param name="Lines">The largest first.</param>
/// <param name="Rest">The lines that are not listed.</param>
/// <param name="Together">Bytes that several lines share: they are freed with the last of them.</param>
/// <param name="Sums">All lines added up, the largest sum first; empty if that was not requested.</param>
/// <param name="IsExact">True if the bytes of every dataset of the site count as needed; false if only those of the caller do.</param>
/// <param name="IsWhole">False if the caller has more datasets than one answer examines.</param>
public sealed record SpaceReport(
    IReadOnlyList<SpaceLine> Lines, (int Count, long Bytes) Rest, long Together, IReadOnlyList<SpaceSum> Sums,
    IReadOnlyList<SpaceObstacle> Obstacles, bool IsExact, bool IsWhole);

/// <param name="Bytes">The bytes that the disk gains after the next collection.</param>
/// <param name="Until">The time at which it is freed automatically; null if it waits for a request.</param>
/// <param name="Proofs">Where the bytes are, or why they are not needed; in sentences.</param>
public sealed record SpaceLine(NameRecord Name, string Type, long Bytes, SpaceWay Way, DateTimeOffset? Until, IReadOnlyList<string> Proofs)
{
    /// <summary>The files that stay, since no rerun makes them equal.</summary>
    public IReadOnlyList<BlobHash> Retained { get; init; } = [];

    public required DateTimeOffset Created { get; init; }

    /// <summary>The program whose run made the dataset; null for all other data.</summary>
    public string? Program { get; init; }

    /// <summary>The visit that owns the dataset; null for none.</summary>
    public VisitRecord? Visit { get; init; }
}

/// <param name="Of">The value that the lines have in common; empty if they have none.</param>
public sealed record SpaceSum(string Of, int Datasets, long Bytes);

/// <param name="Reason">The code of the reason.</param>
/// <param name="Bytes">The stored bytes that are kept from going, where they are known: those of old versions.</param>
/// <param name="LogicalBytes">The size of these datasets.</param>
/// <param name="Example">The full name of one of them.</param>
public sealed record SpaceObstacle(SpaceReason Reason, int Datasets, long? Bytes, long LogicalBytes, string Example);

public enum SpaceWay
{
    /// <summary>In the trash.</summary>
    Trash,

    /// <summary>Other sites have complete copies.</summary>
    Copies,

    /// <summary>A program computes the bytes again.</summary>
    Reproduction,

    /// <summary>Only automatic versions before the newest one have the bytes.</summary>
    Versions,
}
