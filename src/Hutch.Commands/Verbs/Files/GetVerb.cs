using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

internal sealed class GetVerb(VerbDeclaration verb)
    : Verb(
        verb.With(WaitOption.Brief),
        "get",
        "Download and verify files that are placeholders.",
        "hutch get run1/",
        "hutch get",
        "hutch get --site archive")
{
    private readonly Argument<string[]> _paths = verb.Argument<string[]>(
        "path", "The files and folders (default: all).", ArgumentArity.ZeroOrMore);
    private readonly Option<string?> _site = verb.Add(SiteOption.Make());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string[] paths = [.. (context.Value(_paths) ?? []).Select(context.FullPath)];
        Workspace workspace = context.RequireWorkspace();
        _ = await context.UseSiteAsync(workspace.Config.Dataset, workspace.Config.Name, context.Value(_site), cancellationToken);
        GetOutcome outcome = await new GetEngine(context.Server, workspace, context.Progress).RunAsync(paths, cancellationToken);
        context.Progress.Dispose();
        context.Print(
            outcome,
            CliJson.Default.GetOutcome,
            outcome.Files == 0
                ? outcome.Missing.Count == 0 ? "Nothing to download." : "Nothing was downloaded."
                : $"Downloaded {Human.Count(outcome.Files, "file")} ({Display.Bytes(outcome.Bytes)}).");
        return MissingFiles.Report(context, workspace.Config.Name, outcome.Missing, outcome.MadeRoom, ExitCode.Ok);
    }
}
