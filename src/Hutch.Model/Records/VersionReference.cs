namespace Hutch.Model.Records;

/// <summary>A version of a dataset that another was derived from, or that a run has read.</summary>
/// <param name="Snapshot">Number of the snapshot; null for an open dataset that is being followed.</param>
/// <param name="Root">Root page of that snapshot; null while followed.</param>
public sealed record VersionReference(DatasetId Dataset, long? Snapshot, BlobHash? Root);
