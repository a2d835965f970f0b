namespace Hutch.Datasets.Analyses;

/// <summary>Records runs that their callers carry out, such as jobs of a cluster: what began, on what, and how it ended.</summary>
public sealed class ExternalRunService(Authorizer authorizer, HeadReader heads, RunRegistry runs, RunParts parts)
{
    private const int MaxInputs = 100;

    /// <summary>Records the start of a run, for a caller with rights to its inputs and output. Read snapshots are never thinned.</summary>
    public async Task<Result<VisibleRun>> StartAsync(Caller caller, ExternalRun wanted, CancellationToken ct)
    {
        if (!ExternalRunTexts.Check(wanted).TryGet(out _, out HutchError? refusal)
            || !(await InputsAsync(caller, wanted.Inputs, ct)).TryGet(out IReadOnlyList<VersionReference>? inputs, out refusal)
            || !(await authorizer.AuthorizeAsync(caller, wanted.Output, Operation.EntryWrite, ct)).TryGet(out Access _, out refusal)
            || !(await heads.DatasetAsync(wanted.Output, ct)).Then(DatasetState.RequireOpen).TryGet(out SiteDataset? _, out refusal))
        {
            return refusal;
        }

        var description = new RunDescription(
            wanted.Program, wanted.Version, wanted.Command, null, wanted.Environment, caller.Name, caller.CredentialId)
        {
            IsExternal = true,
            Parts = wanted.Parts,
        };
        var run = new NewRun { Id = runs.NewId(), Description = description, Inputs = inputs, Outputs = [wanted.Output] };
        Result<SiteRun> started = wanted.Parts is null ? await runs.StartAsync(run, ct) : await parts.JoinAsync(run, ct);
        return started.Then<VisibleRun>(begun => ToVisible(begun));
    }

    /// <summary>Records the end of a run, for the caller that started it. An ended run stays unchanged.</summary>
    public async Task<Result<VisibleRun>> FinishAsync(Caller caller, Guid id, RunOutcome outcome, string? message, CancellationToken ct)
    {
        if (!Authorizer.Authorize(caller, Operation.RunStopOwn).TryGet(out _, out HutchError? refusal)
            || !ExternalRunTexts.CheckMessage(message).TryGet(out _, out refusal))
        {
            return refusal;
        }

        bool isOwn = (await runs.GetAsync(id, ct)).TryGet(out SiteRun? run, out _)
            && run.Description is { IsExternal: true, Task: null } && caller.IsUser && run.Description.User == caller.Name;
        return isOwn
            ? (await runs.FinishAsync(id, outcome, message, null, null, ct)).Then<VisibleRun>(ended => ToVisible(ended))
            : ErrorCode.NotFound.With($"There is no run {id:N} that you started and carry out yourself.");
    }

    private async Task<Result<IReadOnlyList<VersionReference>>> InputsAsync(
        Caller caller, IReadOnlyList<ExternalRunInput> wanted, CancellationToken ct)
    {
        if (wanted.Count is 0 or > MaxInputs)
        {
            return ErrorCode.BadRequest.With($"A run has 1 to {MaxInputs} inputs, not {wanted.Count}.");
        }

        var inputs = new List<VersionReference>();
        foreach (ExternalRunInput input in wanted)
        {
            if (!(await authorizer.AuthorizeAsync(caller, input.Dataset, Operation.EntryRead, ct))
                    .TryGet(out Access _, out HutchError? refusal)
                || !(await heads.ResolveAsync(input.Dataset, SnapshotRef.OfNumber(input.Snapshot), ct)).TryGet(
                    out TreeView? view, out refusal))
            {
                return refusal;
            }

            inputs.Add(new VersionReference(input.Dataset, view.Snapshot!.Number, view.Root.Page));
        }

        return inputs;
    }

    private static VisibleRun ToVisible(SiteRun run) => new(run, IsWhole: true, IsMember: true);
}

/// <summary>A run that its caller carries out.</summary>
public sealed record ExternalRun(string Program, string Version, IReadOnlyList<ExternalRunInput> Inputs, DatasetId Output)
{
    public string? Command { get; init; }

    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The number of its parts; 0 if it is not known, and null for a run without parts.</summary>
    public int? Parts { get; init; }
}

public sealed record ExternalRunInput(DatasetId Dataset, int Snapshot);

internal static class ExternalRunTexts
{
    private const int MaxName = 200;
    private const int MaxCommand = 10_000;
    private const int MaxMessage = 2000;
    private const int MaxVariables = 100;
    private const int MaxValue = 1000;
    private const int MaxEnvironment = 16 << 10;

    internal static Result<Done> Check(ExternalRun run) =>
        CheckText("program", run.Program, 1, MaxName)
            .Then(_ => CheckText("version", run.Version, 1, MaxName))
            .Then(_ => CheckText("command", run.Command ?? "", 0, MaxCommand))
            .Then(_ => run.Parts is < 0 or > RunParts.MaxParts
                ? ErrorCode.BadRequest.With($"'parts' must be a number from 0 to {RunParts.MaxParts}; 0 for a number that is not known.")
                : (Result<Done>)Done.Value)
            .Then(_ => CheckEnvironment(run.Environment ?? new Dictionary<string, string>()));

    internal static Result<Done> CheckMessage(string? message) => CheckText("message", message ?? "", 0, MaxMessage);

    private static Result<Done> CheckEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        if (environment.Count > MaxVariables)
        {
            return ErrorCode.TooLarge.With($"'environment' has {environment.Count} names; at most {MaxVariables} are kept.");
        }

        int characters = environment.Sum(static one => one.Key.Length + one.Value.Length);
        if (characters > MaxEnvironment)
        {
            return ErrorCode.TooLarge.With($"'environment' has {characters} characters; at most {MaxEnvironment} are kept.");
        }

        foreach ((string name, string value) in environment)
        {
            Result<Done> known = CheckText("a name in 'environment'", name, 1, MaxName)
                .Then(_ => CheckText($"{Display.Quote(name)} in 'environment'", value, 0, MaxValue));
            if (!known.IsOk)
            {
                return known;
            }
        }

        return Done.Value;
    }

    private static Result<Done> CheckText(string what, string text, int least, int most) => text.Length >= least && text.Length <= most
        ? Done.Value
        : ErrorCode.BadRequest.With($"{what} has {text.Length} characters; it must have {least} to {most}.");
}
