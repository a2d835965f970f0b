using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Agents;

/// <summary><c>hutch adopt ria</c>: makes the datasets of a RIA store of the server datasets, in place.</summary>
internal sealed class AdoptRiaVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "ria",
        "Make the datasets of a RIA store of the server private datasets, in place, with their ids, commits and keys. The store must be in "
        + "one of 'adopt.roots' of the configuration. Again, it takes new datasets, keys and commits. For a store of another machine, use "
        + "'hutch import-ria'.",
        "hutch adopt ria /data/ria-store --dry-run",
        "hutch adopt ria /data/ria-store --owner anna")
{
    private readonly Argument<string> _store = verb.Argument<string>("store", "The folder of the store, a path of the server.");
    private readonly Option<string?> _owner = verb.Option<string?>(
        "--owner OWNER", "The user or group that will own new datasets (default: you).");
    private readonly Option<bool> _dryRun = verb.Option<bool>("--dry-run", "Only show the plan. Nothing is changed.");

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var adopt = new AdoptFolder
        {
            Folder = AgentFolder.PathOf(context, _store),
            Owner = context.Value(_owner),
            Store = true,
            DryRun = context.Value(_dryRun),
        };
        return AdoptionReport.AdoptAsync(context, adopt, cancellationToken);
    }
}
