using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class CloseVerb(VerbDeclaration verb)
    : Verb(
        verb.With(Confirmation.Yes),
        "close",
        "Close a dataset: it becomes read-only for good, and others can be derived from it. This cannot be undone.",
        "hutch close lysozyme -m 'as measured'")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<string?> _message = verb.Option<string?>("--message -m TEXT", "The message of the final snapshot.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        if (dataset is { Files: 0, State: DatasetStates.Open } && !context.Value(Confirmation.Yes)
            && await IsEmptyAsync(context, dataset, cancellationToken))
        {
            throw (ErrorCode.Unprocessable with { Advice = "`hutch push` uploads its files first; with --yes it is closed without any." })
                .With($"{dataset.Name} is empty, and would stay empty for good.").ToException();
        }

        if (dataset.State == DatasetStates.Open)
        {
            string size = dataset.Files == 0 ? "" : $" ({Human.Count(dataset.Files, "entry", "entries")}, {Display.Bytes(dataset.Bytes)})";
            await Confirmation.RequireAsync(context, $"Close {dataset.Name}{size} for good", cancellationToken);
        }

        DatasetInfo closed = await context.Server.CloseDatasetAsync(
            dataset.Id, new CloseDataset { Message = context.Value(_message) }, cancellationToken);
        if (context.Workspace is { } workspace && workspace.Config.Dataset == closed.Id)
        {
            workspace.SetConfig(workspace.Config with { Closed = true });
        }

        context.Print(
            closed,
            HutchJson.Default.DatasetInfo,
            $"{closed.Name} is closed at @{closed.Snapshots}: {Human.Count(closed.Files, "entry", "entries")}, "
            + $"{Display.Bytes(closed.Bytes)}.");
        return ExitCode.Ok;
    }

    // The number of files is that of the last version; those that came one by one since then are not in it.
    private static async Task<bool> IsEmptyAsync(CliContext context, DatasetInfo dataset, CancellationToken ct) =>
        (await context.Server.ListTreeAsync(dataset.Id, null, null, null, null, limit: 1, ct: ct)).Items.Count == 0;
}
