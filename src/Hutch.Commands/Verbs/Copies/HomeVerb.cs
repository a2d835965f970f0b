using System.CommandLine.Parsing;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Copies;

internal sealed class HomeVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "home",
        "Show or move the home of a dataset, the only site at which it is written. A move pauses writes for a few seconds, while "
        + "the last changes follow.",
        "hutch home sample-42",
        "hutch home sample-42 --to archive",
        "hutch home sample-42 --to archive --lost")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<string?> _to = verb.Option<string?>(
        "--to SITE", "The site that is to be the home, and has a complete copy. Without it, only shows the home.");
    private readonly Option<bool> _lost = verb.Option<bool>(
        "--lost",
        "The home is lost: the site continues with its copy without waiting for the home. For administrators. Later changes "
        + "that the lost home had accepted become a separate dataset when it comes back.");
    private readonly Option<bool> _force = verb.Option<bool>(
        "--force", "Move even if copies at other sites are cut off, as neither they nor the new home have an address.");

    protected override void CheckOptions(CommandResult result)
    {
        if (result.GetValue(_lost) && result.GetValue(_to) is null)
        {
            result.AddError("--lost needs --to: the new home.");
        }
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetId dataset = await context.ResolveIdAsync(context.Value(_dataset), cancellationToken);
        CopyList sites = context.Value(_to) is { } site
            ? await context.Server.MoveHomeAsync(
                dataset, new MoveHome { Site = site, Lost = context.Value(_lost), Force = context.Value(_force) }, cancellationToken)
            : await context.Server.GetCopiesAsync(dataset, cancellationToken);
        context.Print(sites, HutchJson.Default.CopyList, sites.Home);
        if (Record(sites) is { } note)
        {
            context.WriteNote(note);
        }

        return ExitCode.Ok;
    }

    private static string? Record(CopyList sites) => sites switch
    {
        { MovingTo: { } next, Paused: true } => $"It moves to {next}, which fetches the last changes. Until then nothing can be written.",
        { MovingTo: { } next } => $"Moving to {next}; waiting for {sites.Home}.",
        { MoveProblem: { } problem } => $"It did not move: {problem}",
        { Epoch: > 1 } => sites.Epoch == 2
            ? "The home has moved once."
            : string.Create(CultureInfo.InvariantCulture, $"The home has moved {sites.Epoch - 1} times."),
        _ => null,
    };
}
