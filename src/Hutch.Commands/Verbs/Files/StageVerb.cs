using Hutch.Client.Fetch;
using Hutch.Commands.Hosting;
using Hutch.Commands.Jobs;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

internal sealed class StageVerb(VerbDeclaration verb)
    : Verb(
        verb.With(WaitOption.Brief),
        "stage",
        "Download plain files into a folder, verified. This makes no working directory; use `hutch clone` for that. Files that exist "
        + "already are compared, not downloaded again: the same command resumes after an interruption.",
        "hutch stage alice/lysozyme /scratch/lysozyme",
        "hutch stage lysozyme@3 $TMPDIR/data --include 'frames/*.cbf' --include /mask.cbf")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required("The dataset, or a version of it as DATASET@SNAPSHOT."));
    private readonly Argument<string> _folder = verb.Argument<string>("directory", "The folder; it is made if need be.");
    private readonly Option<string[]> _include = verb.Option<string[]>(
        "--include PATTERN", "Bring only what matches this pattern, written as in .hutchignore; give it again for more.");
    private readonly Option<bool> _recursive = verb.Add(RecursiveOption.Make(
        "Stage the datasets inside it, too, at the versions that it names, in the folders where it has them."));
    private readonly Option<string?> _site = verb.Add(SiteOption.Make());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await context.ResolveWithDataAsync(
            context.Value(_dataset), context.Value(_site), cancellationToken);
        string[] include = context.Value(_include) ?? [];
        if (include.Length > 0 && context.Value(_recursive))
        {
            throw ErrorCode.BadRequest.With("Leave out --include or --recursive: patterns are for the paths of one dataset.").ToException();
        }

        CloneOutcome? outcome = null;
        var said = new List<string>();
        NestedRun? run = null;
        run = new NestedRun(
            context, context.Value(_site), context.Value(_recursive),
            async (target, ct) =>
            {
                (DatasetInfo one, string? version) = await run!.ResolveAsync(target, ct);
                (CloneOutcome staged, int visited) = await StageAsync(context, one, version, target.Folder!, include, said, ct);
                outcome ??= staged;
                return new NestedVisit(visited, staged.Version);
            },
            nested => RecursiveOption.InFolder(context, "stage", nested));
        string folder = context.FullPath(context.Value(_folder)!);
        int code = await run.RunAsync(new NestedTarget(dataset.Id, at, "") { Info = dataset, Folder = folder }, cancellationToken);
        context.Print(outcome! with { Nested = run.Found }, CliJson.Default.CloneOutcome, string.Join('\n', said));
        run.Report();
        return code;
    }

    /// <param name="said">Takes a sentence on the dataset.</param>
    private static async Task<(CloneOutcome Outcome, int Code)> StageAsync(
        CliContext context, DatasetInfo dataset, string? at, string folder, string[] include, List<string> said,
        CancellationToken cancellationToken)
    {
        CloneOutcome outcome = await Staging.RunAsync(context, dataset, at, folder, include, cancellationToken);
        string version = outcome.Snapshot is { } number ? $"@{number}" : " (empty)";
        said.Add(
            $"Staged {dataset.Name}{version} in {outcome.Folder}: {Human.Count(outcome.Entries, "entry", "entries")}, "
            + $"{Display.Bytes(outcome.Bytes)}{(outcome.Kept > 0 ? $"; {Human.Count(outcome.Kept, "was", "were")} there already" : "")}.");
        return (outcome, MissingFiles.ReportLeftOut(context, outcome));
    }
}
