using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Agents;

/// <summary><c>hutch adopt folder</c>: makes an existing folder of the server one or more datasets, in place.</summary>
internal sealed class AdoptFolderVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "folder",
        "Make an existing folder of the server one or more private datasets, in place. The folder must be in one of 'adopt.roots' of "
        + "the configuration. Again, it takes new folders and changed files.",
        "hutch adopt folder /data/old --dry-run",
        "hutch adopt folder /data/old --each '*' --owner anna")
{
    private readonly Argument<string> _folder = verb.Argument<string>("folder", AgentFolder.Description);
    private readonly Option<string?> _owner = verb.Option<string?>(
        "--owner OWNER", "The user or group that will own new datasets (default: you).");
    private readonly Option<string?> _each = verb.Option<string?>(
        "--each PATTERN",
        "Make a dataset of each folder in it that matches, such as '*' or '*/raw'; '*', '?' and '[a-z]' match within a name (default: "
        + "one dataset of all files).");
    private readonly Option<bool> _dryRun = verb.Option<bool>("--dry-run", "Only show the plan. Nothing is changed.");

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var adopt = new AdoptFolder
        {
            Folder = AgentFolder.PathOf(context, _folder),
            Owner = context.Value(_owner),
            Each = context.Value(_each),
            DryRun = context.Value(_dryRun),
        };
        return AdoptionReport.AdoptAsync(context, adopt, cancellationToken);
    }
}
