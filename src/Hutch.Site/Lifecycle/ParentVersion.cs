using Hutch.Model;

namespace Hutch.Site.Lifecycle;

/// <param name="Dataset">The parent.</param>
/// <param name="At">The version; null for the newest snapshot.</param>
public sealed record ParentVersion(DatasetId Dataset, SnapshotRef? At);
