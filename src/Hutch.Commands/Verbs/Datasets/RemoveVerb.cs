using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class RemoveVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "remove",
        "Remove files and folders of a dataset, all in one change. Older snapshots keep them.",
        "hutch remove lysozyme notes.txt run1/")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Argument<string[]> _paths = verb.Argument<string[]>(
        "path", "The files, and the folders with all below them.", new ArgumentArity(1, 10_000));
    private readonly Option<string?> _message = verb.Option<string?>("--message -m TEXT", "The message of the new snapshot.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        SnapshotInfo made = await context.Server.RemoveAsync(
            dataset.Id, new RemoveFiles { Paths = context.Value(_paths)!, Message = context.Value(_message) }, cancellationToken);
        context.Print(
            made, HutchJson.Default.SnapshotInfo,
            $"{made.Message}: {dataset.Name} is now @{made.Number}. `hutch pull` brings it to a working directory.");
        return ExitCode.Ok;
    }
}
