using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch purge</c>: ends the bytes of a dataset now.</summary>
internal sealed class PurgeVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required();

    private readonly Option<string> _reason = new("--reason")
    {
        Description = "The reason, kept in the audit log and in the record of the dataset.",
        HelpName = "TEXT",
        Required = true,
    };

    internal PurgeVerb(CliHost host)
        : base(
            host,
            "purge",
            "Delete the files of a dataset permanently and at once. Only its record is kept. This cannot be undone.",
            "hutch purge consent-withdrawn --reason 'consent withdrawn on 2026-11-20'")
    {
        Add(_dataset);
        Add(_reason);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        DatasetInfo purged = await context.Server.PurgeDatasetAsync(
            dataset.Id, new PurgeDataset { Reason = context.Value(_reason)! }, cancellationToken);
        context.Print(purged, HutchJson.Default.DatasetInfo, $"Purged {dataset.Name} ({dataset.Id}); only its record is kept.");
        return ExitCode.Ok;
    }
}
