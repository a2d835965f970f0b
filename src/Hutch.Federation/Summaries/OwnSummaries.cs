namespace Hutch.Federation.Summaries;

internal sealed class OwnSummaries(SiteRegistry sites, SummaryRegistry summaries) : ISummaryReports
{
    public async Task<Result<IReadOnlyList<DatasetId>>> ReportAsync(IReadOnlyList<DatasetSummary> batch, CancellationToken ct) =>
        await summaries.ReceiveAsync(sites.OwnId, batch, ct);
}
