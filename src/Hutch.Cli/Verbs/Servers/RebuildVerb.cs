using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Server;
using Hutch.Site.Engines.Segments;

namespace Hutch.Cli.Verbs.Servers;

/// <summary><c>hutch rebuild</c>: makes the records of a site anew from its segments.</summary>
internal sealed class RebuildVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "rebuild",
        "Rebuild the site's database from its segments. Stop the server first; "
        + "the old database is kept beside the new one.",
        "hutch rebuild --data /srv/hutch",
        "hutch rebuild --from-bucket --config /etc/hutch/hutch.yaml")
{
    private readonly ServerOptionSet _server = new(verb);
    private readonly Option<bool> _fromBucket = verb.Option<bool>(
        "--from-bucket", "Make a new data folder from the bucket of 'storage.bucket' alone, after its machine was lost.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        ServeOptions options = ServeVerb.ToServeOptions(context, _server.ReadValid(context));
        string folder = options.DataFolder;
        if (context.Value(_fromBucket))
        {
            return await RunFromBucketAsync(context, options, cancellationToken);
        }

        long records = await SiteRebuild.RunAsync(options, cancellationToken);
        context.Print(
            new RebuildLine(folder, records),
            FullJson.Default.RebuildLine,
            $"{folder}: rebuilt site.db from {Human.Count(records, "journal record")}; "
            + $"the old one is kept as site.db{SiteRebuild.OldSuffix}.");
        return ExitCode.Ok;
    }

    private static async Task<int> RunFromBucketAsync(CliContext context, ServeOptions options, CancellationToken cancellationToken)
    {
        (RebuiltFolder folder, long records) = (await SiteRebuild.FromBucketAsync(options, cancellationToken)).Value;
        context.Print(
            new RebuildLine(options.DataFolder, records),
            FullJson.Default.RebuildLine,
            $"{options.DataFolder}: rebuilt from the bucket: {Human.Count(folder.Segments, "segment")}, "
            + $"{Display.Bytes(folder.Bytes)}, {Human.Count(records, "journal record")}. Restore the "
            + "keys and hutch.yaml from your copies, and start the server.");
        if (folder.Accounts is null)
        {
            context.WriteNote("The bucket has no copy of the accounts (zone.db): restore it from a backup before the first start.");
        }

        foreach (string missing in folder.Missing)
        {
            context.WriteNote($"The bucket lacks {missing}: `hutch verify DATASET` names the files that were in it.");
        }

        return folder.Missing.Count > 0 ? ExitCode.Incomplete : ExitCode.Ok;
    }
}

/// <summary>The output of <c>hutch rebuild --json</c>.</summary>
internal sealed record RebuildLine(string Data, long Records);
