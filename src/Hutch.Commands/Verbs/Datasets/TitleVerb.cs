using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class TitleVerb(VerbDeclaration verb)
    : Verb(verb, "title", "Show or set the title of a dataset.", "hutch title lysozyme", "hutch title lysozyme 'Lysozyme at 100 K'")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Argument<string?> _title = verb.Argument<string?>(
        "title", "The new title; empty to remove it (default: print the title).", ArgumentArity.ZeroOrOne);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        if (context.Value(_title) is { } title)
        {
            dataset = await context.Server.PatchDatasetAsync(dataset.Id, new PatchDataset { Title = title }, cancellationToken);
        }

        context.Print(
            dataset,
            HutchJson.Default.DatasetInfo,
            string.IsNullOrEmpty(dataset.Title) ? $"{dataset.Name} has no title." : Display.Name(dataset.Title));
        return ExitCode.Ok;
    }
}
