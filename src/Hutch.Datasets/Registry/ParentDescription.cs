namespace Hutch.Datasets.Registry;

/// <param name="Name">Its name; null when the caller may not see it.</param>
/// <param name="Snapshot">Number of the version; null when it is not fixed yet.</param>
public sealed record ParentDescription(DatasetId Id, string? Name, long? Snapshot, BlobHash? Root);
