using Hutch.Datasets.Registry;

namespace Hutch.Datasets.Analyses;

/// <summary>Where a dataset comes from and what was made of it, as far as a caller may know.</summary>
/// <param name="Ancestors">What it was made from, directly or not.</param>
/// <param name="Descendants">What was made from it, directly or not.</param>
/// <param name="Runs">The runs between them.</param>
/// <param name="IsTruncated">Whether there is more than fits.</param>
public sealed record VisibleLineage(
    IReadOnlyList<DatasetDescription> Ancestors, IReadOnlyList<DatasetDescription> Descendants, IReadOnlyList<VisibleRun> Runs,
    bool IsTruncated);
