using Hutch.Datasets.Registry;

namespace Hutch.Datasets.Analyses;

/// <summary>The lineage of a dataset that a caller may see.</summary>
/// <param name="Ancestors">Its sources, direct or not.</param>
/// <param name="Descendants">The datasets made from it, directly or not.</param>
public sealed record VisibleLineage(
    IReadOnlyList<DatasetDescription> Ancestors, IReadOnlyList<DatasetDescription> Descendants, IReadOnlyList<VisibleRun> Runs,
    bool IsTruncated);
