using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class TitleVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required();

    private readonly Argument<string?> _title = new("title")
    {
        Description = "The new title; empty to remove it (default: print the title).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal TitleVerb(CliHost host)
        : base(host, "title", "Show or set the title of a dataset.", "hutch title lysozyme", "hutch title lysozyme 'Lysozyme at 100 K'")
    {
        Add(_dataset);
        Add(_title);
    }

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
