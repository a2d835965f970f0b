using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class RemoveVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required();

    private readonly Argument<string[]> _paths = new("path")
    {
        Description = "The files, and the folders with all below them.",
        Arity = new ArgumentArity(1, 10_000),
    };

    private readonly Option<string?> _message = new("--message", "-m")
    {
        Description = "The message of the new snapshot.",
        HelpName = "TEXT",
    };

    internal RemoveVerb(CliHost host)
        : base(
            host,
            "remove",
            "Remove files and folders of a dataset, all in one change. Older snapshots keep them.",
            "hutch remove lysozyme notes.txt run1/")
    {
        Add(_dataset);
        Add(_paths);
        Add(_message);
    }

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
