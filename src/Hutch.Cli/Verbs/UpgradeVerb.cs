using System.CommandLine;
using Hutch.Api.Hosting;
using Hutch.Cli.Configuration;
using Hutch.Cli.Hosting;
using Hutch.Datasets.Upgrades;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch upgrade</c>.</summary>
internal sealed class UpgradeVerb : Verb
{
    private readonly ServerOptionSet _server;
    private readonly Option<bool> _back = new("--back")
    {
        Description =
            "Take the last upgrade back, so that the older program can open the folder again. "
            + "Accounts, rights and records are what they were before it.",
    };

    internal UpgradeVerb(CliHost host)
        : base(
            host,
            "upgrade",
            "Bring a data folder to the format of this program, after a copy, as a start of the server does; "
            + "or take the last upgrade back. The server is stopped.",
            "hutch upgrade --data /srv/hutch",
            "hutch upgrade --back --data /srv/hutch")
    {
        _server = new ServerOptionSet(this);
        Add(_back);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        ServeOptions options = ServeVerb.ToServeOptions(context, _server.ReadValid(context), portal: null);
        if (!context.Value(_back))
        {
            int format = await FolderUpgrade.RunAsync(options, cancellationToken);
            context.Note($"{options.DataFolder} has format {format}.");
            return ExitCode.Ok;
        }

        string[] folders = Directory.Exists(options.DataFolder)
            ? [.. Directory.EnumerateDirectories(options.DataFolder).Select(static path => Path.GetFileName(path))]
            : [];
        UpgradeCopy copy = await FolderUpgrade.GoBackAsync(options, folders, cancellationToken);
        context.Note(
            $"{options.DataFolder} has format {copy.From} again, as it was at {Output.Human.Time(copy.Time)}. "
            + "The databases of after the upgrade are beside the others, as *.before-back. "
            + "Install the older program and start it; this one would upgrade the folder again.");
        return ExitCode.Ok;
    }
}
