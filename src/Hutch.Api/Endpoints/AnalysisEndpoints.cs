using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Model.Analyses;

namespace Hutch.Api.Endpoints;

internal sealed class AnalysisEndpoints(AnalysisService analyses, SelectionService selections) : IEndpoints
{
    private const string Tag = "Analyses";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Analyses.ListSteps, "List the analysis steps with their parameters and result columns")
            .Query("namespace", "The namespace whose workers' steps are listed, too; default: default")
            .Gives(request => Task.FromResult(
                analyses.ListSteps(request.Caller, request.Query("namespace"))
                    .Then<Page<StepDeclaration>>(steps => new Page<StepDeclaration> { Items = steps })));
        table.Add(Tag, RestCalls.Analyses.Start, "Run an analysis step on every frame; the results go to a separate dataset")
            .Answering(StatusCodes.Status201Created, "A run was started")
            .Answering(StatusCodes.Status200OK, "There is a run of the same work: it is done or under way, and nothing was started")
            .Does(StartAsync);
        table.Add(Tag, RestCalls.Analyses.Try, "Try an analysis step on one frame; no run is made, and nothing is stored")
            .At()
            .Gives(TryAsync);
        table.Add(Tag, RestCalls.Analyses.Select, "Make a dataset of the frames whose rows match a condition, by reference")
            .Gives(SelectAsync, AnalysisDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Analyses.FollowResults, "Result rows of a dataset, in order of arrival")
            .Query("run", "Only rows of this run").Query("frame", "Only the row of this frame, of the run that is named", "integer")
            .Query("most", "Only the row with the largest number in this column, of the run that is named")
            .Query("after", "Skip this number of rows; their order never changes", "integer")
            .Query("follow", "Keep streaming until the run ends", "boolean")
            .AnsweringLines("One row a line; the last line is the status of the run")
            .Does(ResultsAsync);
    }

    private async Task StartAsync(ApiRequest request, StartAnalysis wanted)
    {
        DatasetId id = request.Dataset;
        Result<StartedAnalysis> started = await analyses.StartAsync(
            request.Caller, id, AnalysisDocuments.Read(wanted), request.Aborted);
        await JsonAnswer.SendAsync(
            request, started.Then<AnalysisInfo>(run => AnalysisDocuments.From(run)), HutchJson.Default.AnalysisInfo,
            started is { IsOk: true, Value.IsNew: false } ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private async Task<Result<SelectedFrames>> SelectAsync(ApiRequest request, SelectFrames wanted) =>
        await selections.SelectAsync(
            request.Caller, RunEndpoints.ParseRun(request.Route("run")), wanted.Where, wanted.Name, request.Aborted);

    private static async Task<Result<AnalysisTrial>> TryAsync(ApiRequest request, TryAnalysis wanted)
    {
        if (!DatasetPath.Parse(wanted.Frame).TryGet(out DatasetPath path, out HutchError? refusal))
        {
            return refusal;
        }

        Result<FrameTrial> trial = await request.Reader.Frames.TryAsync(
            request.Caller, request.Dataset, path, request.At, wanted.Step, AnalysisDocuments.Parameters(wanted), request.Aborted);
        return trial.Then<AnalysisTrial>(found => AnalysisDocuments.From(found));
    }

    private static async Task ResultsAsync(ApiRequest request)
    {
        Guid? run = request.Query("run") is { } text ? RunEndpoints.ParseRun(text) : null;
        long frame = request.Number("frame", 0, 1);
        string? column = request.Query("most");
        if (run is null && (frame > 0 || column is not null))
        {
            throw ErrorCode.BadRequest.With(
                $"'{(frame > 0 ? "frame" : "most")}' needs 'run': a frame can have a row in each run.").ToException();
        }

        Result<ResultStream> results = await request.Reader.Results.OpenAsync(
            request.Caller, request.Dataset, run, request.Number("after", 0, 0),
            column is null && request.Flag("follow"), request.Aborted);
        if (!results.IsOk)
        {
            await Problems.WriteAsync(request.Http, results.Error, request.Aborted);
            return;
        }

        if (!await LiveAnswer.WriteAsync(
            request, ct => LineAnswer.SendAsync(request.Http, lines => frame > 0
                ? WriteOneAsync(lines, results.Value, results.Value.FindAsync(frame, ct), ct)
                : column is not null ? WriteOneAsync(lines, results.Value, results.Value.FindMostAsync(column, ct), ct)
                : WriteAsync(lines, results.Value, ct))))
        {
            // Without its last line the answer is seen to be cut, and the reader comes back.
            request.Http.Abort();
        }
    }

    private static async Task WriteOneAsync(LineAnswer lines, ResultStream results, Task<string?> finding, CancellationToken ct)
    {
        if (await finding is { } row)
        {
            await lines.WriteAsync(row, ct);
        }

        lines.Write(AnalysisDocuments.End(await results.EndAsync(ct), lines.Count), HutchJson.Default.ResultsEnd);
    }

    private static async Task WriteAsync(LineAnswer lines, ResultStream results, CancellationToken ct)
    {
        await using IAsyncEnumerator<string> rows = results.ReadAsync(ct).GetAsyncEnumerator(ct);
        while (true)
        {
            ValueTask<bool> next = rows.MoveNextAsync();
            if (!next.IsCompleted)
            {
                // No more rows now: the buffered ones are sent before the wait.
                await lines.FlushAsync(ct);
            }

            if (!await next)
            {
                break;
            }

            await lines.WriteAsync(rows.Current, ct);
        }

        lines.Write(AnalysisDocuments.End(await results.EndAsync(ct), lines.Count), HutchJson.Default.ResultsEnd);
    }
}
