namespace Hutch.Model.Records;

/// <summary>A parent of a dataset, at the version it was read.</summary>
/// <param name="Dataset">The parent.</param>
/// <param name="Snapshot">Number of the snapshot; null for an open parent that is being followed.</param>
/// <param name="Root">Root page of that snapshot; null while followed.</param>
public sealed record ParentReference(DatasetId Dataset, long? Snapshot, BlobHash? Root);
