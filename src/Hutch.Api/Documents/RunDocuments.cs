using Hutch.Datasets.Repositories;
using Hutch.Model.Records;

namespace Hutch.Api.Documents;

internal static class RunDocuments
{
    /// <summary>Reads a run that its caller carries out.</summary>
    public static ExternalRun Read(StartRun wanted) => new(
        wanted.Program, wanted.Version ?? "unknown", [.. wanted.Inputs.Select(Read)], wanted.Output)
    {
        Command = wanted.Command,
        Environment = wanted.Environment,
        Parts = wanted.Parts,
    };

    private static ExternalRunInput Read(RunInput input) => input.Snapshot is >= 1 and <= int.MaxValue and { } number
        ? new ExternalRunInput(input.Dataset, (int)number)
        : throw ErrorCode.BadRequest.With("Each input of a run needs 'snapshot', the number of the snapshot that it reads.").ToException();

    public static RunInfo From(VisibleRun visible) => new()
    {
        Id = visible.Run.Id.ToString("N"),
        Program = visible.Run.Description.Program,
        Version = visible.Run.Description.Version,
        Step = visible.Run.Description.Step,
        Command = visible.IsWhole ? visible.Run.Description.Command : null,
        Parameters = visible.IsWhole || visible.Run.Description.Task is null ? visible.Run.Description.Parameters : null,
        Environment = visible.IsMember ? visible.Run.Description.Environment : WithoutMachine(visible.Run.Description.Environment),
        Inputs =
        [
            .. visible.Run.Inputs.Zip(visible.InputNames, static (input, name) => new RunInput
            {
                Dataset = input.Dataset, Snapshot = input.Snapshot, Name = name,
            }),
        ],
        Outputs = visible.Run.Outputs,
        Names = visible.Names.Count == 0 ? null : visible.Names.ToDictionary(
            static one => one.Key.ToString(), static one => one.Value, StringComparer.Ordinal),
        User = visible.Run.Description.User,
        Token = visible.IsMember ? visible.Run.Description.Token : null,
        Namespace = visible.Run.Description.Namespace,
        State = visible.Run.State,
        Site = visible.Site,
        Repeats = visible.Run.Description.Repeats?.Run.ToString("N"),
        Same = visible.Same is { } same
            ? new SameResultInfo { Run = same.Run.ToString("N"), Dataset = same.Dataset, Name = same.Name, Snapshot = same.Snapshot }
            : null,
        Attempt = visible.Run is { Attempt: { } attempt, Description.Task: { } task }
            ? new RunAttemptInfo
            {
                Number = attempt.Number,
                Ahead = visible.Ahead,
                Engine = attempt.Engine,
                Node = visible.IsMember ? attempt.Node : null,
                Reason = visible.UsedUp ?? attempt.Reason,
                NotBefore = attempt.NotBefore is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null,
                Digest = task.Digest,
                CoreSeconds = visible.Run.CoreMilliseconds / 1000.0,
            }
            : null,
        Parts = visible.Parts is { } parts
            ? new PartCountsInfo
            {
                Running = parts.Running,
                Done = parts.Done,
                Failed = parts.Failed,
                Expected = visible.Run.Description.Parts is > 0 and { } expected ? expected : null,
            }
            : null,
        Message = visible.Run.Message,
        Started = DateTimeOffset.FromUnixTimeMilliseconds(visible.Run.Started),
        Finished = visible.Run.Finished is long end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
        Frames = visible.Run.Frames ?? 0,
        Failures = visible.Run.Failures ?? 0,
        Skipped = visible.Run.Skipped ?? (visible.Live?.Progress.Skipped is { Frames: > 0 } skipped ? skipped : null),
        Live = visible.Live is { } live ? From(live) : null,
    };

    public static PartInfo From(RunPart part) => new()
    {
        Part = part.Name,
        Attempt = part.Attempt,
        State = part.State,
        Message = part.Message,
        Files = part.Files,
        Bytes = part.Bytes,
        Started = DateTimeOffset.FromUnixTimeMilliseconds(part.Started),
        Finished = part.Finished is long end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
    };

    private static RunLive From(LiveRun live) => new()
    {
        Waiting = live.Waiting,
        InWork = live.Progress.InWork,
        LagMilliseconds = live.Lag is { } lag ? Rounded(Math.Max(0, lag.TotalMilliseconds)) : null,
        Measured = live.Progress.Measured,
        MillisecondsMedian = Rounded(live.Progress.MillisecondsMedian),
        Milliseconds99 = Rounded(live.Progress.Milliseconds99),
        Callback = live.Progress.Callback is { } callback
            ? new RunCallbackInfo { Rows = callback.Rows, Trouble = callback.Trouble }
            : null,
    };

    private static double? Rounded(double? milliseconds) => milliseconds is { } known ? Math.Round(known, 3) : null;

    private static Dictionary<string, string>? WithoutMachine(IReadOnlyDictionary<string, string>? environment) =>
        environment?.Where(pair => pair.Key != RunEnvironment.Machine).ToDictionary(StringComparer.Ordinal);

    public static ClaimedRunInfo From(ClaimedRun claimed) => new()
    {
        Commit = claimed.Commit,
        Author = claimed.Author,
        Time = claimed.Time,
        Message = claimed.Message,
        Command = claimed.Command,
        Inputs = claimed.Inputs,
        Outputs = claimed.Outputs,
        Rerun = $"datalad rerun {claimed.Commit}",
    };

    public static Lineage From(VisibleLineage lineage) => new()
    {
        Ancestors = [.. lineage.Ancestors.Select(DatasetDocuments.From)],
        Descendants = [.. lineage.Descendants.Select(DatasetDocuments.From)],
        Runs = [.. lineage.Runs.Select(From)],
        Truncated = lineage.IsTruncated ? true : null,
    };
}
