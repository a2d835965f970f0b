using System.IO.Pipelines;
using Hutch.Model.Analyses;
using Hutch.Processing.Dispatch;

namespace Hutch.Datasets.Analyses;

/// <summary>Frame leases for remote workers. A token is for one namespace; leases define the data that it may read and write.</summary>
public sealed class WorkerService
{
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private const int MaxNameLength = 100;

    /// <summary>A server that has just started hands out work before this is over.</summary>
    private static readonly TimeSpan BeginLimit = TimeSpan.FromSeconds(1);

    internal static readonly HutchError WrongServer = (ErrorCode.Unavailable with
    {
        Advice = "Ask again: a proxy that asks the next server after a 503 finds it. Nothing was taken and nothing changed.",
    }).With("Another server of this site hands out work, or this one begins to in a moment.");

    private readonly RunDispatcher? _dispatcher;
    private readonly StepCatalog _steps;

    internal WorkerService(RunDispatcher? dispatcher, StepCatalog steps)
    {
        _dispatcher = dispatcher;
        _steps = steps;
    }

    /// <summary>Leases frames; waits for them as long as the request says.</summary>
    public async Task<Result<FrameLeaseAnswer>> LeaseAsync(Caller caller, WorkerRequest wanted, CancellationToken ct)
    {
        if (!Authorizer.AuthorizeWork(caller).TryGet(out string? ns, out HutchError? refusal)
            || !Check(wanted, ns).TryGet(out _, out refusal))
        {
            return refusal;
        }

        await (_dispatcher?.AwaitWorkAsync(BeginLimit, ct) ?? Task.CompletedTask);
        if (!Find().TryGet(out RunDispatcher? dispatcher, out refusal))
        {
            return refusal;
        }

        var request = new FrameLeaseRequest
        {
            Worker = new WorkerName(caller.CredentialId!, wanted.Worker),
            Namespace = ns,
            Run = wanted.Run,
            Except = wanted.Except,
            Programs = wanted.Programs.ToHashSet(StringComparer.Ordinal),
            Steps = wanted.Steps,
            MaxFrames = wanted.MaxFrames,
        };
        return await dispatcher.LeaseAsync(request, wanted.Wait < MaxWait ? wanted.Wait : MaxWait, ct);
    }

    /// <summary>Returns a lease whose worker disconnected before it received the answer.</summary>
    public void Return(Caller caller, FrameLease lease)
    {
        _dispatcher?.Return(lease.Id, Holder(caller));
    }

    /// <summary>Makes leases last for their whole life from now on.</summary>
    public Result<IReadOnlyList<Guid>> Extend(Caller caller, IReadOnlyList<Guid> leases) => Allow(caller).Then<IReadOnlyList<Guid>>(
        dispatcher => leases.Where(lease => !dispatcher.Extend(lease, Holder(caller))).ToList());

    /// <summary>The stored bytes of a file next to the frames of a lease.</summary>
    public async Task<Result<BlobContent>> OpenEntryAsync(Caller caller, Guid lease, string path, CancellationToken ct)
    {
        if (!Allow(caller).TryGet(out RunDispatcher? dispatcher, out HutchError? refusal))
        {
            return refusal;
        }

        Result<BlobContent?> opened = await dispatcher.OpenFileAsync(lease, Holder(caller), path, ct);
        return !opened.IsOk ? opened.Error
            : opened.Value is { } content ? content
            : ErrorCode.NotFound.With($"There is no entry {Display.Quote(path)} beside the frames.", "missing", "entry");
    }

    /// <summary>The stored bytes of a frame of a lease.</summary>
    public async Task<Result<BlobContent>> OpenFrameAsync(Caller caller, Guid lease, int frame, CancellationToken ct) =>
        Allow(caller).TryGet(out RunDispatcher? dispatcher, out HutchError? refusal)
            ? await dispatcher.OpenFrameAsync(lease, Holder(caller), frame, ct)
            : refusal;

    /// <summary>Stores a file made from a leased frame next to the rows; it is durable on return.</summary>
    /// <param name="path">The path in the dataset of the results: it names the frame.</param>
    /// <param name="length">The length of the body in bytes; null when not announced, which is refused.</param>
    public async Task<Result<Done>> PutFileAsync(
        Caller caller, Guid lease, string path, string mediaType, PipeReader body, long? length, CancellationToken ct)
    {
        if (!Allow(caller).TryGet(out RunDispatcher? dispatcher, out HutchError? refusal)
            || !DatasetPath.Parse(path).TryGet(out DatasetPath parsed, out refusal)
            || !EntryRules.CheckNew(parsed, Entry.File(default, 0) with { ContentType = mediaType }).TryGet(out _, out refusal))
        {
            return refusal;
        }

        return length is long known
            ? await dispatcher.PutFileAsync(lease, Holder(caller), parsed, mediaType, body, known, ct)
            : ErrorCode.BadRequest.With("Say how long the file is: 'Content-Length' is missing.");
    }

    /// <summary>Takes rows of a lease; when it answers, they are durable.</summary>
    public async Task<Result<Done>> GiveAsync(Caller caller, Guid lease, IReadOnlyList<JsonElement> rows, CancellationToken ct)
    {
        if (!Allow(caller).TryGet(out RunDispatcher? dispatcher, out HutchError? refusal)
            || !dispatcher.Find(lease, Holder(caller)).TryGet(out FrameLease? held, out refusal))
        {
            return refusal;
        }

        IReadOnlyList<ResultColumn>? columns = (held.Step ?? _steps.Steps.FirstOrDefault(step => step.Program == held.Program))?.Columns;
        var results = new List<FrameResult>(rows.Count);
        foreach (JsonElement row in rows)
        {
            if (!CheckRow(row, columns ?? []).TryGet(out long frame, out refusal))
            {
                return refusal;
            }

            results.Add(new FrameResult(frame, row));
        }

        return await dispatcher.GiveAsync(lease, Holder(caller), results, durable: true, ct);
    }

    /// <summary>Removes a worker that reports its end; its leased frames without a row go to others.</summary>
    public Result<Done> Leave(Caller caller, string name) => Allow(caller).Then<Done>(dispatcher =>
    {
        dispatcher.Leave(new WorkerName(caller.CredentialId!, name));
        return Done.Value;
    });

    /// <summary>Takes back the frames of a lease that have no row.</summary>
    public Result<Done> Return(Caller caller, Guid lease) => Allow(caller).Then<Done>(dispatcher =>
    {
        dispatcher.Return(lease, Holder(caller));
        return Done.Value;
    });

    /// <summary>Ends the run of a lease as failed: none of its frames can be analysed.</summary>
    public Result<Done> FailRun(Caller caller, Guid lease, string reason) => Allow(caller).Then(dispatcher =>
        dispatcher.FailRun(lease, Holder(caller), ErrorCode.Unprocessable.With(reason)));

    private Result<RunDispatcher> Allow(Caller caller)
    {
        Result<string> allowed = Authorizer.AuthorizeWork(caller);
        return allowed.IsOk ? Find() : allowed.Error;
    }

    private Result<RunDispatcher> Find() =>
        _dispatcher is null ? ErrorCode.Unavailable.With("This server hands out no work.")
        : !_dispatcher.IsAtWork ? WrongServer
        : _dispatcher;

    private Result<Done> Check(WorkerRequest wanted, string ns)
    {
        if (wanted.Worker.Length is 0 or > MaxNameLength || wanted.Worker.Any(char.IsControl))
        {
            return ErrorCode.BadRequest.With($"'worker' must be a name of 1 to {MaxNameLength} characters without control characters.");
        }

        if (wanted.Namespace is { } asked && asked != ns)
        {
            return ErrorCode.ScopeMissing.With(
                $"This token is for the namespace '{ns}', not {Display.Quote(asked)}. Create one for that.", "missingScope",
                "namespace:" + asked);
        }

        if (wanted.Steps.Count > ForeignStepRules.MaxSteps)
        {
            return ErrorCode.BadRequest.With($"A worker may have {ForeignStepRules.MaxSteps} foreign steps.");
        }

        if (wanted.Steps.Select(step => ForeignStepRules.FindRefusal(step, _steps)).FirstOrDefault(static wrong => wrong is not null)
            is { } refusal)
        {
            return refusal;
        }

        string[] own = [.. _steps.Steps.Where(step => wanted.Programs.Contains(step.Program)).Select(step => step.Version).Distinct()];
        return own.Length == 0 || own.Contains(wanted.Version)
            ? Done.Value
            : (ErrorCode.Conflict with { Title = "The versions differ", Advice = "Install the version of the server." }).With(
                $"The worker is version {Display.Quote(wanted.Version)}, and the server {own[0]}: their rows could differ.");
    }

    private static Result<long> CheckRow(JsonElement row, IReadOnlyList<ResultColumn> columns)
    {
        if (row.ValueKind != JsonValueKind.Object
            || !row.TryGetProperty("file-number", out JsonElement number)
            || number.ValueKind != JsonValueKind.Number
            || !number.TryGetInt64(out long frame))
        {
            return ErrorCode.InvalidBody.With("Each row must be an object with the number of its frame, 'file-number'.");
        }

        string[] names = [.. row.EnumerateObject().Select(member => member.Name).Where(name => name != "file-number")];
        bool isError = names is ["error"] && row.GetProperty("error").ValueKind == JsonValueKind.String;
        IEnumerable<string> expected = columns.Where(c => !c.IsOptional || names.Contains(c.Name)).Select(c => c.Name);
        return isError || names.SequenceEqual(expected, StringComparer.Ordinal)
            ? frame
            : ErrorCode.InvalidBody.With(string.Create(
                CultureInfo.InvariantCulture,
                $"The row of frame {frame} must have 'error', or the columns of the step in their order: ")
                + string.Join(", ", columns.Select(column => column.Name)) + ".");
    }

    private static WorkerName Holder(Caller caller) => new(caller.CredentialId!, "");
}
