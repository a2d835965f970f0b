namespace Hutch.Datasets.Versions;

/// <summary>A snapshot and the tree of the one before it.</summary>
/// <param name="Parent">The root of the one before it; null for the first.</param>
public sealed record SnapshotDescription(SiteSnapshot Snapshot, BlobHash? Parent);
