using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class RenameVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "rename",
        "Rename a dataset. Its id stays, and with it every working directory.",
        "hutch rename lysozyme lysozyme-100K")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Argument<string> _name = verb.Argument<string>("new-name", "The new name, without the owner.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        DatasetInfo renamed = await context.Server.PatchDatasetAsync(
            dataset.Id, new PatchDataset { Slug = context.Value(_name) }, cancellationToken);
        if (context.Workspace is { } workspace && workspace.Config.Dataset == renamed.Id)
        {
            workspace.SetConfig(workspace.Config with { Name = renamed.Name });
        }

        context.Print(renamed, HutchJson.Default.DatasetInfo, $"{dataset.Name} is {renamed.Name} now.");
        return ExitCode.Ok;
    }
}
