using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Site.Runs;

/// <summary>Where a dataset comes from and what was made of it.</summary>
/// <param name="Ancestors">All it was made from, the nearest first.</param>
/// <param name="Descendants">All that was made from it, the nearest first.</param>
/// <param name="Runs">Runs that read or wrote it, the newest first.</param>
/// <param name="IsTruncated">Whether there is more than is listed.</param>
public sealed record SiteLineage(
    IReadOnlyList<DatasetId> Ancestors, IReadOnlyList<DatasetId> Descendants, IReadOnlyList<SiteRun> Runs, bool IsTruncated);
