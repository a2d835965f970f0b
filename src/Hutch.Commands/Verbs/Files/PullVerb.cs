using Hutch.Client.Pull;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Files;

internal sealed class PullVerb(VerbDeclaration verb)
    : Verb(
        verb.With(WaitOption.Brief),
        "pull",
        "Update the working directory with the changes on the server. Your changes are kept; "
        + "if both sides changed a file, the server's version is saved as NAME.theirs, and `hutch resolve` decides.",
        "hutch pull && hutch push")
{
    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        Workspace workspace = context.RequireWorkspace();
        PullOutcome outcome = await new PullEngine(context.Server, workspace, context.Progress).RunAsync(cancellationToken);
        context.Progress.Dispose();
        context.Print(outcome, CliJson.Default.PullOutcome, Describe(outcome));
        int code = MissingFiles.Report(
            context, workspace.Config.Name, outcome.Missing, outcome.MadeRoom, MissingFiles.CodeOf(outcome.LeftOut));
        if (outcome.Conflicts.Count == 0)
        {
            return code;
        }

        foreach (PullConflict conflict in outcome.Conflicts)
        {
            context.WriteNote(ResolveVerb.Describe(conflict));
        }

        context.WriteNote("Decide each with `hutch resolve PATH --mine` or `hutch resolve PATH --theirs`, then push.");
        return ExitCode.Conflict;
    }

    private static string Describe(PullOutcome outcome) => outcome.UpToDate
        ? "Already up to date."
        : $"Now at @{outcome.Snapshot}: {outcome.Updated.Count} updated, {outcome.Removed.Count} removed, "
        + $"{outcome.Conflicts.Count} in conflict.";
}
