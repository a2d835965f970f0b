using Hutch.Model;

namespace Hutch.Datasets.Registry;

/// <summary>A dataset that another was made from.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name; null when the caller may not see it.</param>
/// <param name="Snapshot">Number of the version; null when it is not fixed yet.</param>
/// <param name="Root">Its tree.</param>
public sealed record ParentDescription(DatasetId Id, string? Name, long? Snapshot, BlobHash? Root);
