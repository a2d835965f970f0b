using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Model.Site;

namespace Hutch.Datasets.Analyses;

/// <summary>Between runs and the way in which the REST interface writes them.</summary>
internal static class RunInfos
{
    /// <summary><c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public static string StateOf(SiteRun run) => run.Outcome ?? "running";

    /// <summary>Writes a run, with those of its datasets that may be seen.</summary>
    public static RunInfo ToInfo(SiteRun run, IReadOnlySet<DatasetId> visible) => new()
    {
        Id = run.Id.ToString("N"),
        Program = run.Description.Program,
        Version = run.Description.Version,

        // The command names its inputs.
        Command = run.Inputs.All(input => visible.Contains(input.Dataset)) ? run.Description.Command : null,
        Parameters = run.Description.Parameters,
        Environment = run.Description.Environment,
        Inputs = [.. run.Inputs.Where(input => visible.Contains(input.Dataset)).Select(
            input => new RunInput { Dataset = input.Dataset, Snapshot = input.Snapshot })],
        Outputs = [.. run.Outputs.Where(visible.Contains)],
        User = run.Description.User,
        Token = run.Description.Token,
        State = StateOf(run),
        Message = run.Message,
        Started = DateTimeOffset.FromUnixTimeMilliseconds(run.Started),
        Finished = run.Finished is long end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
        Frames = run.Frames ?? 0,
        Failures = run.Failures ?? 0,
    };
}
