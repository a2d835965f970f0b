using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Federation.Summaries;

/// <summary>Where a home says what its datasets are like: the zone, over the network or beside it.</summary>
internal interface ISummaryReports
{
    /// <summary>Tells it.</summary>
    /// <param name="told">At most <see cref="Wire.SiteProtocol.MaxSummaries"/>.</param>
    /// <returns>The datasets of which nothing was taken in.</returns>
    Task<Result<IReadOnlyList<DatasetId>>> ReportAsync(IReadOnlyList<DatasetSummary> told, CancellationToken ct);
}
