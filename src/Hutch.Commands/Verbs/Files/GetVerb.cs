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
        "hutch get --recursive",
        "hutch get --site archive")
{
    private readonly Argument<string[]> _paths = verb.Argument<string[]>(
        "path", "The files and folders (default: all).", ArgumentArity.ZeroOrMore);
    private readonly Option<bool> _recursive = verb.Add(RecursiveOption.Make(
        "Get those of the datasets inside it, too, and clone what is not here, at the versions that it names."));
    private readonly Option<string?> _site = verb.Add(SiteOption.Make());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string[] paths = [.. (context.Value(_paths) ?? []).Select(context.FullPath)];
        Workspace workspace = context.RequireWorkspace();
        string[] wanted = [.. paths.Select(path => PathSelection.Relative(workspace, path))];
        NestedRun? run = null;
        run = new NestedRun(
            context, context.Value(_site), context.Value(_recursive),
            async (target, ct) =>
            {
                if (!target.IsHere)
                {
                    return await CloneAsync(context, run!, target, workspace.Config, ct);
                }

                if (target.Path.Length == 0)
                {
                    return await GetAsync(context, workspace, paths, ct);
                }

                using Workspace inside = Workspace.TryOpen(target.Folder!, context.Host.Time)!;
                return await GetAsync(context, inside, [], ct);
            },
            nested => RecursiveOption.InFolder(context, "clone", nested))
        {
            Filter = path => wanted.Length == 0 || wanted.Any(one => PathSelection.IsAtOrBelow(path, one)),
        };
        int code = await run.RunAsync(
            new NestedTarget(workspace.Config.Dataset, null, "") { Folder = workspace.Path, IsHere = true }, cancellationToken);
        run.Report();
        return code;
    }

    private async Task<NestedVisit> GetAsync(CliContext context, Workspace workspace, string[] paths, CancellationToken cancellationToken)
    {
        GetOutcome outcome = await new GetEngine(ConnectAsync, workspace, context.Progress).RunAsync(paths, cancellationToken);
        context.Progress.Dispose();
        bool isOutermost = workspace.Path == context.Workspace?.Path;
        if (isOutermost || outcome.Files + outcome.Missing.Count > 0)
        {
            context.Print(
                outcome,
                CliJson.Default.GetOutcome,
                (isOutermost ? "" : $"{Display.Name(workspace.Path)}: ") + (outcome.Files == 0
                    ? outcome.Missing.Count == 0 ? "Nothing to download." : "Nothing was downloaded."
                    : $"Downloaded {Human.Count(outcome.Files, "file")} ({Display.Bytes(outcome.Bytes)})."));
        }

        int code = MissingFiles.Report(context, workspace.Config.Name, outcome.Missing, outcome.MadeRoom, ExitCode.Ok);
        return new NestedVisit(code, workspace.BaseSnapshot?.ToString(CultureInfo.InvariantCulture));

        async Task<HutchClient> ConnectAsync(CancellationToken ct)
        {
            _ = await context.UseSiteAsync(workspace.Config.Dataset, workspace.Config.Name, context.Value(_site), ct);
            return context.Server;
        }
    }

    /// <summary>Clones a nested dataset as the one around it was cloned.</summary>
    private static async Task<NestedVisit> CloneAsync(
        CliContext context, NestedRun run, NestedTarget target, WorkspaceConfig outermost, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await run.ResolveAsync(target, cancellationToken);
        var options = new CloneOptions { Cache = outermost.Cache, Git = outermost.Git is null };
        var said = new List<string>();
        (CloneOutcome outcome, int code) = await CloneVerb.CloneAsync(
            context, dataset, at, target.Folder!, options, said, cancellationToken);
        context.Progress.Dispose();
        context.Print(outcome, CliJson.Default.CloneOutcome, string.Join('\n', said));
        return new NestedVisit(code, outcome.Version);
    }
}
