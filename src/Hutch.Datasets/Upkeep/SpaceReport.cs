namespace Hutch.Datasets.Upkeep;

/// <param name="Lines">The largest first.</param>
/// <param name="Rest">The lines that are not listed.</param>
/// <param name="Together">Bytes that several lines share: they are freed with the last of them.</param>
/// <param name="IsExact">True if the bytes of every dataset of the site count as needed; false if only those of the caller do.</param>
/// <param name="IsWhole">False if the caller has more datasets than one answer examines.</param>
public sealed record SpaceReport(
    IReadOnlyList<SpaceLine> Lines, (int Count, long Bytes) Rest, long Together, IReadOnlyList<SpaceObstacle> Obstacles, bool IsExact,
    bool IsWhole);

/// <param name="Bytes">The bytes that the disk gains after the next collection.</param>
/// <param name="Until">The time at which it is freed automatically; null if it waits for a request.</param>
/// <param name="Proofs">Where the bytes are, or why they are not needed; in sentences.</param>
public sealed record SpaceLine(NameRecord Name, string Type, long Bytes, SpaceWay Way, DateTimeOffset? Until, IReadOnlyList<string> Proofs)
{
    /// <summary>The files that stay, since no rerun makes them equal.</summary>
    public IReadOnlyList<BlobHash> Retained { get; init; } = [];
}

/// <param name="LogicalBytes">The size of these datasets.</param>
/// <param name="Example">One of them.</param>
public sealed record SpaceObstacle(string Reason, int Datasets, long LogicalBytes, string Example);

public enum SpaceWay
{
    /// <summary>In the trash.</summary>
    Trash,

    /// <summary>Other sites have complete copies.</summary>
    Copies,

    /// <summary>A program computes the bytes again.</summary>
    Reproduction,
}
