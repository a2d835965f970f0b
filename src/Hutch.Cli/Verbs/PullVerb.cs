using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Client.Pull;
using Hutch.Client.Workspaces;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch pull</c>: brings what changed on the server.</summary>
internal sealed class PullVerb : Verb
{
    internal PullVerb(CliHost host)
        : base(
            host,
            "pull",
            "Bring what changed on the server into the working directory. Your own changes stay; "
            + "what changed on both sides is put beside yours as NAME.theirs.",
            "hutch pull && hutch push")
    {
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        Workspace workspace = context.RequireWorkspace();
        PullOutcome outcome = await new PullEngine(context.Server, workspace, context.Progress).RunAsync(cancellationToken);
        context.Progress.Dispose();
        context.Print(outcome, CliJson.Default.PullOutcome, Describe(outcome));
        foreach (PullConflict conflict in outcome.Conflicts.Where(c => c.Theirs is not null))
        {
            context.Note(
                $"{conflict.Path} changed on both sides: yours stays, theirs is {conflict.Theirs}. "
                + $"Keep what you want under {conflict.Path}, delete {conflict.Theirs}, and push.");
        }

        return outcome.Conflicts.Count > 0 ? ExitCode.Conflict : ExitCode.Ok;
    }

    private static string Describe(PullOutcome outcome) => outcome.UpToDate
        ? "Nothing new."
        : $"Now at @{outcome.Snapshot}: {outcome.Updated.Count} updated, {outcome.Removed.Count} removed, "
        + $"{outcome.Conflicts.Count} changed on both sides.";
}
