using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class RenameVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required();
    private readonly Argument<string> _name = new("new-name") { Description = "The new name, without the owner." };

    internal RenameVerb(CliHost host)
        : base(
            host,
            "rename",
            "Rename a dataset. Its id stays, and with it every working directory.",
            "hutch rename lysozyme lysozyme-100K")
    {
        Add(_dataset);
        Add(_name);
    }

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
