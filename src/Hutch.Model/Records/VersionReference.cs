namespace Hutch.Model.Records;

/// <summary>A version of a dataset from which another was derived, or that a run read.</summary>
/// <param name="Snapshot">The number of the snapshot; null for an open dataset that is followed.</param>
/// <param name="Root">The root page of the snapshot; null while followed.</param>
public sealed record VersionReference(DatasetId Dataset, long? Snapshot, BlobHash? Root);
