using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class LogVerb(VerbDeclaration verb)
    : Verb(verb, "log", "List the snapshots of a dataset, newest first.", "hutch log", "hutch log lysozyme -n 5")
{
    private const int ShownHashDigits = 12;

    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<int?> _limit = verb.Option<int?>("--limit -n N", "Show at most N snapshots.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        int limit = context.Value(_limit) is { } most ? InRange(most, "--limit", int.MaxValue) : int.MaxValue;
        var table = new TextTable("SNAPSHOT", "ROOT", "TIME", "KIND", "AUTHOR", "FILES", "SIZE", "MESSAGE");
        await context.AddAsync(
            table, context.Server.ListSnapshotsAsync(dataset.Id, cancellationToken).Take(limit), HutchJson.Default.SnapshotInfo,
            snapshot =>
            [
                "@" + snapshot.Number + string.Concat(snapshot.Tags.Select(t => " @" + t)),
                snapshot.Root.ToString()[..ShownHashDigits],
                Human.Time(snapshot.Time),
                snapshot.Kind,
                snapshot.Author,
                Human.Count(snapshot.Files),
                Display.Bytes(snapshot.Bytes),
                snapshot.Message,
            ]);

        context.Write(table, $"{dataset.Name} has no snapshots yet.");
        return ExitCode.Ok;
    }
}
