using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Federation.Summaries;

/// <summary>The zone, for the site beside it.</summary>
internal sealed class OwnSummaries(SiteRegistry sites, SummaryRegistry summaries) : ISummaryReports
{
    public async Task<Result<IReadOnlyList<DatasetId>>> ReportAsync(IReadOnlyList<DatasetSummary> told, CancellationToken ct) =>
        await summaries.ReceiveAsync(sites.OwnId, told, ct);
}
