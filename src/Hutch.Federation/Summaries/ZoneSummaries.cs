using Hutch.Federation.Links;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Summaries;

internal sealed class ZoneSummaries(SiteClient client, TimeProvider time) : ISummaryReports
{
    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(15), time);

    public async Task<Result<IReadOnlyList<DatasetId>>> ReportAsync(IReadOnlyList<DatasetSummary> batch, CancellationToken ct) =>
        (await _timeout.CallAsync(client, client.Address, PeerCalls.Summaries, new SummariesUpdate { Summaries = batch }, ct))
            .Then(static answer => Result<IReadOnlyList<DatasetId>>.Ok(answer.NotTaken));
}
