using Hutch.Model;

namespace Hutch.Site.Lifecycle;

/// <summary>A parent, at a version.</summary>
/// <param name="Dataset">The parent.</param>
/// <param name="At">The version; null for the newest snapshot.</param>
public sealed record ParentVersion(DatasetId Dataset, SnapshotRef? At);
