using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Datasets.Upgrades;
using Hutch.Server;

namespace Hutch.Cli.Verbs.Servers;

internal sealed class UpgradeVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "upgrade",
        "Upgrade a data folder to the format of this version, after copying its databases, as the server does at startup; "
        + "or undo the last upgrade. Stop the server first.",
        "hutch upgrade --data /srv/hutch",
        "hutch upgrade --back --data /srv/hutch")
{
    private readonly ServerOptionSet _server = new(verb);
    private readonly Option<bool> _back = verb.Option<bool>(
        "--back",
        "Undo the last upgrade, so that the older version can open the folder again. "
        + "Accounts, rights and records return to their state before it.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        ServeOptions options = ServeVerb.ToServeOptions(context, _server.ReadValid(context));
        if (!context.Value(_back))
        {
            int format = await FolderUpgrade.RunAsync(options, cancellationToken);
            context.WriteNote($"{options.DataFolder} has format {format}.");
            return ExitCode.Ok;
        }

        string[] folders = Directory.Exists(options.DataFolder)
            ? [.. Directory.EnumerateDirectories(options.DataFolder).Select(static path => Path.GetFileName(path))]
            : [];
        UpgradeCopy copy = await FolderUpgrade.GoBackAsync(options, folders, cancellationToken);
        context.WriteNote(
            $"{options.DataFolder} has format {copy.From} again, as of {Human.Time(copy.Time)}. "
            + "The upgraded databases are kept as *.before-back. "
            + "Install the older version and start it; this version would upgrade the folder again.");
        return ExitCode.Ok;
    }
}
