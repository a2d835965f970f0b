using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class RestoreVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "restore",
        "Restore a dataset from the trash. `hutch list --state trash` lists the trash.",
        "hutch restore lysozyme-test")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetId dataset = await context.ResolveIdAsync(context.Value(_dataset), cancellationToken);
        DatasetInfo restored = await context.Server.RestoreDatasetAsync(dataset, cancellationToken);
        context.Print(restored, HutchJson.Default.DatasetInfo, $"Restored {restored.Name}; it is {restored.State}.");
        return ExitCode.Ok;
    }
}
