using Hutch.Client.Fetch;
using Hutch.Commands.Hosting;
using Hutch.Commands.Jobs;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

internal sealed class StageVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required("The dataset, or a version of it as DATASET@SNAPSHOT.");

    private readonly Argument<string> _folder = new("directory") { Description = "The folder; it is made if need be." };

    private readonly Option<string[]> _include = new("--include")
    {
        Description = "Bring only what matches this pattern, written as in .hutchignore; give it again for more.",
        HelpName = "PATTERN",
    };

    private readonly Option<string?> _site = SiteOption.Make();

    internal StageVerb(CliHost host)
        : base(
            host,
            "stage",
            "Download plain files into a folder, verified. This makes no working directory; use `hutch clone` for that. Files that exist "
            + "already are compared, not downloaded again: the same command resumes after an interruption.",
            "hutch stage alice/lysozyme /scratch/lysozyme",
            "hutch stage lysozyme@3 $TMPDIR/data --include 'frames/*.cbf' --include /mask.cbf")
    {
        Add(_dataset);
        Add(_folder);
        Add(_include);
        Add(_site);
        Add(WaitOption.Brief);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await context.ResolveWithDataAsync(
            context.Value(_dataset), context.Value(_site), cancellationToken);
        string[] include = context.Value(_include) ?? [];
        CloneOutcome outcome = await Staging.RunAsync(
            context, dataset, at, context.FullPath(context.Value(_folder)!), include, cancellationToken);
        string version = outcome.Snapshot is { } number ? $"@{number}" : " (empty)";
        context.Print(
            outcome,
            CliJson.Default.CloneOutcome,
            $"Staged {dataset.Name}{version} in {outcome.Folder}: {Human.Count(outcome.Entries, "entry", "entries")}, "
            + $"{Display.Bytes(outcome.Bytes)}{(outcome.Kept > 0 ? $"; {Human.Count(outcome.Kept, "was", "were")} there already" : "")}.");
        NestedDatasets.Report(
            context, await NestedDatasets.FindAsync(context.Server, dataset.Id, outcome, cancellationToken), "stage", "");
        return MissingFiles.ReportLeftOut(context, outcome);
    }
}
