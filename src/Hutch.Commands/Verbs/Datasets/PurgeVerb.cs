using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

/// <summary><c>hutch purge</c>: ends the bytes of a dataset now.</summary>
internal sealed class PurgeVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "purge",
        "Delete the files of a dataset permanently and at once. Only its record is kept. This cannot be undone.",
        "hutch purge consent-withdrawn --reason 'consent withdrawn on 2026-11-20'",
        "hutch purge consent-withdrawn --everywhere --reason 'consent withdrawn on 2026-11-20'")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Option<string> _reason = verb.Required<string>(
        "--reason TEXT", "The reason, kept in the audit log and in the record of the dataset.");
    private readonly Option<bool> _everywhere = verb.Option<bool>(
        "--everywhere", "At every site of the zone, at once, and past the trash of the sites (administrators).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_everywhere))
        {
            return await OrderAsync(context, cancellationToken);
        }

        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        DatasetInfo purged = await context.Server.PurgeDatasetAsync(
            dataset.Id, new PurgeDataset { Reason = context.Value(_reason)! }, cancellationToken);
        context.Print(purged, HutchJson.Default.DatasetInfo, $"Purged {dataset.Name} ({dataset.Id}); only its record is kept.");
        return ExitCode.Ok;
    }

    private async Task<int> OrderAsync(CliContext context, CancellationToken cancellationToken)
    {
        PurgeInfo purge = await context.Server.OrderPurgeAsync(
            new OrderPurge
            {
                Dataset = await context.ResolveIdAsync(context.Value(_dataset), cancellationToken),
                Reason = context.Value(_reason)!,
            },
            cancellationToken);
        context.Print(
            purge, HutchJson.Default.PurgeInfo,
            $"Every site purges {purge.Name ?? purge.Dataset.ToString()} ({purge.Dataset}). `hutch purges` shows which have done so.");
        return ExitCode.Ok;
    }
}
