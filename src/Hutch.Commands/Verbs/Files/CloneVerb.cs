using Hutch.Client.Configuration;
using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

internal sealed class CloneVerb(VerbDeclaration verb)
    : Verb(
        verb.With(WaitOption.Brief),
        "clone",
        "Download a dataset and verify every file. After an interruption, run the same command again to resume.",
        "hutch clone alice/lysozyme",
        "hutch clone lysozyme@3 old-state --lazy",
        "hutch clone lysozyme --cache /data/shared/hutch-cache",
        "hutch clone study --recursive")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required("The dataset, or a version of it as DATASET@SNAPSHOT."));
    private readonly Argument<string?> _folder = verb.Argument<string?>(
        "directory", "The folder to create (default: named like the dataset).", ArgumentArity.ZeroOrOne);
    private readonly Option<bool> _lazy = verb.Option<bool>(
        "--lazy", "Create placeholders; `hutch get` downloads the files you need.");
    private readonly Option<string?> _cache = verb.Option<string?>(
        "--cache DIR",
        "A file cache for all your clones. A folder with mode 02750 is a group's: its owner fills it, the group reads it.");
    private readonly Option<bool> _git = verb.Option<bool>(
        "--git",
        "Bring the dataset's .git, too: git runs programs that it names. Without it, .git stays out of the directory.");
    private readonly Option<bool> _recursive = verb.Add(RecursiveOption.Make(
        "Clone the datasets inside it, too, at the versions that it names, into the folders where it has them."));
    private readonly Option<string?> _site = verb.Add(SiteOption.Make());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await context.ResolveWithDataAsync(
            context.Value(_dataset), context.Value(_site), cancellationToken);
        string folder = context.FullPath(context.Value(_folder) ?? dataset.Slug);
        WarnOfOuter(context, folder);
        var options = new CloneOptions
        {
            Lazy = context.Value(_lazy),
            Git = context.Value(_git),
            Cache = context.Value(_cache) is { } cache ? context.FullPath(cache) : null,
        };
        string? carried = context.Value(GlobalOptions.Token) ?? context.Host.Environment(Connection.TokenVariable);
        string? link = (context.Link ?? carried) is { } token && token.StartsWith(TokenText.Link, StringComparison.Ordinal) ? token : null;
        CloneOutcome? outcome = null;
        var said = new List<string>();
        NestedRun? run = null;
        run = new NestedRun(
            context, context.Value(_site), context.Value(_recursive),
            async (target, ct) =>
            {
                if (target.IsHere)
                {
                    return new NestedVisit(ExitCode.Ok, SnapshotOf(target.Folder!));
                }

                (DatasetInfo one, string? version) = await run!.ResolveAsync(target, ct);
                (CloneOutcome cloned, int visited) = await CloneAsync(context, one, version, target.Folder!, options, said, ct);
                outcome ??= cloned;
                return new NestedVisit(visited, cloned.Version);
            },
            nested => RecursiveOption.InFolder(context, "clone", nested));
        int code = await run.RunAsync(new NestedTarget(dataset.Id, at, "") { Info = dataset, Folder = folder }, cancellationToken);
        context.Progress.Dispose();
        if (link is not null)
        {
            context.RememberLink(dataset.Id, link);
        }

        context.Print(outcome! with { Nested = run.Found }, CliJson.Default.CloneOutcome, string.Join('\n', said));
        run.Report();
        return code;
    }

    /// <summary>The version of a dataset that is cloned already: the datasets inside it may not be.</summary>
    private static string? SnapshotOf(string folder)
    {
        using Workspace workspace = Workspace.TryOpen(folder)!;
        return workspace.BaseSnapshot?.ToString(CultureInfo.InvariantCulture);
    }

    private static void WarnOfOuter(CliContext context, string folder)
    {
        using Workspace? outer = Path.GetDirectoryName(folder) is { } parent ? Workspace.Find(parent, context.Host.Time) : null;
        if (outer?.IsSubdataset(folder) == false)
        {
            context.WriteNote(
                $"Warning: {Display.Quote(folder)} is inside the working directory {Display.Quote(outer.Path)}, "
                + "whose next push would include it.");
        }
    }

    /// <param name="said">Takes a sentence on the dataset.</param>
    internal static async Task<(CloneOutcome Outcome, int Code)> CloneAsync(
        CliContext context, DatasetInfo dataset, string? at, string folder, CloneOptions options, List<string> said,
        CancellationToken cancellationToken)
    {
        CloneOutcome outcome = await new CloneEngine(context.Server, context.Progress, context.Host.Time).RunAsync(
            dataset, at, folder, options, cancellationToken);
        string version = outcome.Snapshot is { } number ? $"@{number}" : " (empty)";
        said.Add(
            $"Cloned {dataset.Name}{version} into {outcome.Folder}: {Human.Count(outcome.Entries, "entry", "entries")}, "
            + $"{Display.Bytes(outcome.Bytes)}{(options.Lazy ? ", as placeholders" : "")}.");
        int code = MissingFiles.Report(context, dataset.Name, outcome.Missing, outcome.MadeRoom, MissingFiles.CodeOf(outcome.LeftOut));
        return (outcome, code);
    }
}
