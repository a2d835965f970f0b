using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Repositories;
using Hutch.Model.Site;

namespace Hutch.Api.Endpoints;

internal sealed class RunEndpoints(
    RunService runs, ExternalRunService externalRuns, ProgramStarter starter, ClaimedRunService claims) : IEndpoints
{
    private const string Tag = "Runs";

    /// <summary>The cursor of the runs that were handed over. Other cursors are numbers.</summary>
    private const string HandedCursor = "handed-over";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Runs.List, "Runs of programs, newest first")
            .Query("dataset", "Only runs that read or wrote this dataset, by id")
            .Query("owner", "Only runs that read or wrote a dataset of this user or group").Paged()
            .GivesPage(ListAsync, RunDocuments.From);
        table.Add(Tag, RestCalls.Runs.Find, "One run: program, inputs, outputs and outcome")
            .AnswersHereIf(request => IsKnownAsync(runs, request))
            .Gives(FindAsync, RunDocuments.From);
        table.Add(Tag, RestCalls.Runs.Stop, "Stop a run; written results stay")
            .GivesNothing(request => runs.StopAsync(request.Caller, ParseRun(request.Route("run")), request.Aborted));
        table.Add(Tag, RestCalls.Runs.Start, "Record the start of a run that the caller executes, such as a job of a cluster")
            .Gives(StartAsync, RunDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Runs.Finish, "Record the end of such a run; a finished run stays unchanged")
            .Gives(FinishAsync, RunDocuments.From);
        table.Add(Tag, RestCalls.Runs.FindLineage, "Ancestors and descendants of a dataset, and the runs between them")
            .Gives(FindLineageAsync, static lineage => lineage);
    }

    public static Guid ParseRun(string text) => Guid.TryParse(text, out Guid run)
        ? run
        : throw ErrorCode.InvalidName.With($"{Display.Quote(text)} is not a run id, which has 32 hex digits.").ToException();

    /// <summary>Returns true unless the run of a request was handed over to another site, which then answers.</summary>
    public static ValueTask<bool> IsKnownAsync(RunService runs, ApiRequest request) =>
        runs.IsKnownAsync(ParseRun(request.Route("run")), request.Aborted);

    private async Task<Result<Lineage>> FindLineageAsync(ApiRequest request)
    {
        if (!(await request.Reader.Runs.LineageAsync(request.Caller, request.Dataset, request.Aborted))
                .TryGet(out VisibleLineage? visible, out HutchError? refusal))
        {
            return refusal;
        }

        IReadOnlyList<ClaimedRun> claimed = await claims.ListAsync(request.Caller, request.Dataset, request.Aborted);
        return RunDocuments.From(visible) with { Claimed = claimed.Count > 0 ? [.. claimed.Select(RunDocuments.From)] : null };
    }

    private async Task<Result<VisibleRun>> FindAsync(ApiRequest request)
    {
        Result<VisibleRun> found = await runs.GetAsync(request.Caller, ParseRun(request.Route("run")), request.Aborted);
        return request.Caller.PassedOnBy is null ? found : found.Then<VisibleRun>(run => run with { Site = starter.SiteName });
    }

    private async Task<Result<Batch<VisibleRun>>> ListAsync(ApiRequest request)
    {
        RunReader here = request.Reader.Runs;
        var filter = new RunFilter(request.QueriedDataset(), request.Query("owner"));
        if (filter.Dataset is { } id && await request.ReadFromAsync(id, request.Aborted) is { } refusal)
        {
            return refusal;
        }

        return request.Reader.Runs is var there && there != here
            ? await there.ListAsync(request.Caller, filter, here, request.Query("cursor"), request.Limit, request.Aborted)
            : await ListHereAsync(request, here, filter);
    }

    /// <summary>Lists the runs of this site, then those that it has handed over: on a page of their own if the last one is full.</summary>
    private async Task<Result<Batch<VisibleRun>>> ListHereAsync(ApiRequest request, RunReader here, RunFilter filter)
    {
        string? cursor = request.Query("cursor");
        Result<Batch<VisibleRun>> listed = cursor == HandedCursor
            ? new Batch<VisibleRun>([], null)
            : await here.ListAsync(request.Caller, filter, cursor, request.Limit, request.Aborted);
        if (!listed.TryGet(out Batch<VisibleRun>? batch, out _) || batch.Next is not null || filter.Dataset is not { } dataset)
        {
            return listed;
        }

        IReadOnlyList<VisibleRun> handed = await runs.ListHandedAsync(request.Caller, dataset, request.Limit, request.Aborted);
        return batch.Items.Count + handed.Count <= request.Limit
            ? batch with { Items = [.. batch.Items, .. handed] }
            : batch with { Next = HandedCursor };
    }

    private async Task<Result<VisibleRun>> StartAsync(ApiRequest request, StartRun wanted) =>
        await externalRuns.StartAsync(request.Caller, RunDocuments.Read(wanted), request.Aborted);

    private async Task<Result<VisibleRun>> FinishAsync(ApiRequest request, FinishRun end) =>
        await externalRuns.FinishAsync(
            request.Caller, ParseRun(request.Route("run")), end.State, end.Message, request.Aborted);
}
