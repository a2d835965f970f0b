using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Server;

namespace Hutch.Cli.Verbs.Servers;

/// <summary><c>hutch rebuild</c>: makes the records of a site anew from its segments.</summary>
internal sealed class RebuildVerb : Verb
{
    private readonly ServerOptionSet _server;

    internal RebuildVerb(CliHost host)
        : base(
            host,
            "rebuild",
            "Rebuild the site's database from its segments. Stop the server first; "
            + "the old database is kept beside the new one.",
            "hutch rebuild --data /srv/hutch") => _server = new ServerOptionSet(this);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        ServeOptions options = ServeVerb.ToServeOptions(context, _server.ReadValid(context));
        string folder = options.DataFolder;
        long records = await SiteRebuild.RunAsync(options, cancellationToken);
        context.Print(
            new RebuildLine(folder, records),
            FullJson.Default.RebuildLine,
            $"{folder}: rebuilt site.db from {Human.Count(records, "journal record", "journal records")}; "
            + $"the old one is kept as site.db{SiteRebuild.OldSuffix}.");
        return ExitCode.Ok;
    }
}

/// <summary>The output of <c>hutch rebuild --json</c>.</summary>
internal sealed record RebuildLine(string Data, long Records);
