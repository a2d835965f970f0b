using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class DeleteVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "delete",
        "Move a dataset to the trash. `hutch restore` restores it within 30 days.",
        "hutch delete lysozyme-test")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        DatasetInfo deleted = await context.Server.DeleteDatasetAsync(dataset.Id, cancellationToken);
        string until = deleted.TrashedUntil is { } end ? $" until {Human.Time(end)}" : "";
        context.Print(
            deleted, HutchJson.Default.DatasetInfo, $"{deleted.Name} is in the trash{until}. `hutch restore {deleted.Id}` restores it.");
        return ExitCode.Ok;
    }
}
