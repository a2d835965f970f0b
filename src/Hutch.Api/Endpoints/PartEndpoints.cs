using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets;
using Hutch.Datasets.Programs;
using Hutch.Model.Records;

namespace Hutch.Api.Endpoints;

/// <summary>Parts of runs: many commands that write one dataset, each a folder of its own.</summary>
internal sealed class PartEndpoints(PartService parts) : IEndpoints
{
    private const string Tag = "Runs";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Runs.ListParts, "Parts of a run, in the order of their starts")
            .Query("state", "Only parts in this state: `running`, `done` or `failed`").Paged()
            .GivesPage(ListAsync, RunDocuments.From);
        table.Add(Tag, RestCalls.Runs.BeginPart, "Begin an attempt of a part; earlier attempts of it change nothing from now on")
            .Gives(BeginAsync, RunDocuments.From);
        table.Add(Tag, RestCalls.Runs.FailPart, "End an attempt of a part without a change of the results")
            .Gives(FailAsync, RunDocuments.From);
        table.Add(Tag, RestCalls.Pushes.CommitPart, "Replace the folder of a part by the files of a push, and end the part")
            .Takes(
                HutchMediaTypes.Lines, "First a line with the part and the number of files, then one file per line",
                HutchJson.Default.CommitChange)
            .Gives(CommitAsync, RunDocuments.From);
    }

    private async Task<Result<Batch<RunPart>>> ListAsync(ApiRequest request)
    {
        PartState? state = request.Query("state") switch
        {
            null => null,
            "running" => PartState.Running,
            "done" => PartState.Done,
            "failed" => PartState.Failed,
            { } other => throw ErrorCode.BadRequest.With($"'state' must be running, done or failed, not {Display.Quote(other)}.")
                .ToException(),
        };
        return await parts.ListAsync(request.Caller, Run(request), state, request.Query("cursor"), request.Limit, request.Aborted);
    }

    private async Task<Result<RunPart>> BeginAsync(ApiRequest request, BeginPart begin) =>
        await parts.BeginAsync(
            request.Caller, Run(request), begin.Part, begin.Claim, begin.UnlessDone == true, request.Aborted);

    private async Task<Result<RunPart>> FailAsync(ApiRequest request, FailPart end) =>
        await parts.FailAsync(request.Caller, Run(request), end.Part, end.Claim, end.Message, request.Aborted);

    private async Task<Result<RunPart>> CommitAsync(ApiRequest request)
    {
        await using var body = new CommitBody(request.Body, request.Api.Options.Limits);
        if (!(await body.ReadHeaderAsync(request.Aborted)).TryGet(out CommitHeader? header, out HutchError? refusal))
        {
            return refusal;
        }

        return header.Part is { } part
            ? await parts.CommitAsync(
                request.Caller, request.Route("sid"), (part.Run, part.Part, part.Claim),
                body.ReadPortionsAsync(header, request.Aborted), part.Message, request.Aborted)
            : ErrorCode.BadRequest.With("The first line needs 'part': the run, the name of the part, and the claim.");
    }

    private static Guid Run(ApiRequest request) => RunEndpoints.ParseRun(request.Route("run"));
}
