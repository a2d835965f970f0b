using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Programs;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Api.Endpoints;

/// <summary>Programs of the site, their runs, and the requests of the nodes that execute them.</summary>
internal sealed class ProgramEndpoints(
    ProgramService programs, ProgramStarter starter, ProgramSwitches switches, AttemptService attempts, RunService runs) : IEndpoints
{
    private const string Tag = "Programs";
    private const string Node = "the token of the attempt";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Programs.List, "Programs that the server starts on behalf of users")
            .Query("dataset", "A dataset, by id: each program says why it does not fit it")
            .Gives(ListAsync);
        table.Add(Tag, RestCalls.Programs.Find, "One program, with its document")
            .Gives(FindAsync);
        table.Add(Tag, RestCalls.Programs.Start, "Start a run of a program; an engine executes it, and its results are a new dataset")
            .Gives(StartAsync, RunDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Programs.Enable, "Switch a program on, so that its rule starts it on behalf of the caller")
            .GivesNothing(EnableAsync);
        table.Add(Tag, RestCalls.Programs.Disable, "Switch a program off; its runs continue")
            .GivesNothing(DisableAsync);
        table.Add(Tag, RestCalls.Programs.Retry, "Return a failed or cancelled run of a program to the queue")
            .Gives(
                request => programs.RetryAsync(request.Caller, RunEndpoints.ParseRun(request.Route("run")), request.Aborted),
                RunDocuments.From);
        table.Add(Tag, RestCalls.Programs.ReadLog, "The last lines of a program's output, while its run is in progress")
            .AnswersHereIf(request => RunEndpoints.IsKnownAsync(runs, request))
            .Answering(StatusCodes.Status200OK, "text/plain", $"At most {ProgramQueue.MaxLogBytes} bytes")
            .Does(LogAsync);
        table.Add(Tag, RestCalls.Programs.ClaimAttempt, "Claim an attempt for a node, before anything is staged")
            .Gives(ClaimAsync, ProgramDocuments.From);
        table.Add(Tag, RestCalls.Programs.NoteAttempt, "Show that an attempt is executed; a refusal means that it is not current any more")
            .GivesNothing(NoteAsync);
        table.Add(Tag, RestCalls.Programs.FinishAttempt, "End a run whose attempt has no results to push")
            .Gives(FinishAsync, RunDocuments.From);
    }

    private async Task<Result<Page<ProgramInfo>>> ListAsync(ApiRequest request)
    {
        Result<IReadOnlyList<OfferedProgram>> all = programs.List(request.Caller);
        IReadOnlyDictionary<string, string>? waits = null;
        if (request.QueriedDataset() is { } dataset)
        {
            all = await programs.ListForAsync(request.Caller, dataset, request.Aborted);
            waits = await starter.FindWaitsAsync(request.Caller, dataset, request.Aborted);
        }

        IReadOnlyList<ProgramSwitch> own = await switches.ListAsync(request.Caller, request.Aborted);
        IReadOnlyList<string> leftOut = [.. programs.Warnings().Select(static warning => warning.Message)];
        return all.Then<Page<ProgramInfo>>(listed => new Page<ProgramInfo>
        {
            Notes = leftOut.Count > 0 ? leftOut : null,
            Items =
            [
                .. listed.Select(one => ProgramDocuments.Short(one with { Waits = waits?.GetValueOrDefault(one.Program.Name) }, own)),
            ],
        });
    }

    private async Task<Result<ProgramInfo>> FindAsync(ApiRequest request)
    {
        Result<OfferedProgram> found = programs.Find(request.Caller, request.Route("name"));
        IReadOnlyList<ProgramSwitch> own = await switches.ListAsync(request.Caller, request.Aborted);
        return found.Then<ProgramInfo>(offered => ProgramDocuments.From(offered, own));
    }

    private async Task<Result<Done>> EnableAsync(ApiRequest request, EnableProgram wanted) =>
        await switches.EnableAsync(
            request.Caller, request.Route("name"), wanted.Dataset, wanted.Parameters ?? new Dictionary<string, JsonElement>(),
            request.Aborted);

    private async Task<Result<Done>> DisableAsync(ApiRequest request, DisableProgram wanted) =>
        await switches.DisableAsync(request.Caller, request.Route("name"), wanted.Dataset, request.Aborted);

    private async Task<Result<VisibleRun>> StartAsync(ApiRequest request, StartProgram wanted) =>
        await starter.StartAsync(
            request.Caller, request.Route("name"),
            new ProgramStart(
                new ProgramStartInput(wanted.Input, ApiRequest.ParseSnapshot(wanted.At)),
                wanted.Parameters ?? new Dictionary<string, JsonElement>())
            {
                Output = wanted.Output,
                Title = wanted.Title,
                Inputs = wanted.Inputs ?? new Dictionary<string, DatasetId>(),
                IfSame = ParseIfSame(wanted.IfSame),
                Site = wanted.Site,
            },
            request.Aborted);

    private async Task LogAsync(ApiRequest request)
    {
        Result<ReadOnlyMemory<byte>> log = await attempts.ReadLogAsync(
            request.Caller, RunEndpoints.ParseRun(request.Route("run")), request.Aborted);
        if (!log.IsOk)
        {
            await Problems.WriteAsync(request.Http, log.Error, request.Aborted);
            return;
        }

        // The text of a program: no browser may take it for a page.
        request.Http.Response.ContentType = "text/plain; charset=utf-8";
        request.Http.Response.Headers.XContentTypeOptions = "nosniff";
        request.Http.Response.ContentLength = log.Value.Length;
        await request.Http.Response.Body.WriteAsync(log.Value, request.Aborted);
    }

    private async Task<Result<ClaimedAttempt>> ClaimAsync(ApiRequest request, ClaimAttempt claim) =>
        await attempts.ClaimAsync(request.Caller, ParseAttempt(request), claim.Claim, claim.Node, request.Aborted);

    private async Task<Result<Done>> NoteAsync(ApiRequest request, NoteAttempt note) =>
        await attempts.NoteAsync(request.Caller, ParseAttempt(request), note.Claim, note.Log, request.Aborted);

    private async Task<Result<VisibleRun>> FinishAsync(ApiRequest request, FinishAttempt end) =>
        await attempts.FinishAsync(
            request.Caller, ProgramDocuments.Read(ParseAttempt(request), end), request.Aborted);

    private static IfSame ParseIfSame(string? text) => text switch
    {
        null or "start" => IfSame.Start,
        "refuse" => IfSame.Refuse,
        "reuse" => IfSame.Reuse,
        _ => throw ErrorCode.BadRequest.With($"'ifSame' must be start, refuse or reuse, but is {Display.Quote(text)}.").ToException(),
    };

    private static AttemptKey ParseAttempt(ApiRequest request) =>
        int.TryParse(request.Route("attempt"), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? new AttemptKey(RunEndpoints.ParseRun(request.Route("run")), number)
            : throw ErrorCode.InvalidName.With($"{Display.Quote(request.Route("attempt"))} is not the number of an attempt.").ToException();
}
