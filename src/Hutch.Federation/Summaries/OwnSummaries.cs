using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Federation.Summaries;

/// <summary>The zone, for the site beside it.</summary>
internal sealed class OwnSummaries(SiteRegistry sites, SummaryRegistry summaries) : ISummaryLedger
{
    public async Task<Result<IReadOnlyList<DatasetId>>> TellAsync(IReadOnlyList<DatasetSummary> told, CancellationToken ct) =>
        await summaries.TakeAsync(sites.OwnId, told, ct);
}
