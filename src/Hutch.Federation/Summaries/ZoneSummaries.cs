using Hutch.Federation.Links;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Summaries;

internal sealed class ZoneSummaries(SiteClient client, TimeProvider time) : ISummaryReports
{
    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(15), time);

    public async Task<Result<IReadOnlyList<DatasetId>>> ReportAsync(IReadOnlyList<DatasetSummary> told, CancellationToken ct) =>
        (await _timeout.RequestAsync(
            client.Address,
            either => client.PostAsync(
                SiteProtocol.Summaries, new SummariesUpdate { Summaries = told }, SiteJson.Default.SummariesUpdate,
                SiteJson.Default.SummariesAnswer, either),
            ct)).Then(static answer => Result<IReadOnlyList<DatasetId>>.Ok(answer.NotTaken));
}
