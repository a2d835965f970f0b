using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Sites;

internal sealed class SiteCheckVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "check",
        "Compare what a site has with what the zone believes (operators and auditors). Exit code 12 when they differ.",
        "hutch site check",
        "hutch site check archive --json")
{
    private readonly Argument<string?> _site = verb.Argument<string?>(
        "site",
        "The name of the site, which is that of the server that you are logged in to (default).",
        ArgumentArity.ZeroOrOne);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string site = context.Value(_site) ?? (await context.Server.GetSitesAsync(cancellationToken)).Here.Name;
        long compared = 0;
        long lost = 0;
        long dark = 0;
        string? after = null;
        do
        {
            SiteDifferenceList page = await context.Server.GetSiteDifferencesAsync(site, after, 1000, cancellationToken);
            foreach (SiteDifferenceInfo one in page.Items)
            {
                Write(context, one);
            }

            compared += page.Compared;
            lost += page.Items.Count(static one => one.Kind == "lost");
            dark += page.Items.Count(static one => one.Kind == "dark");
            after = page.Next;
        }
        while (after is not null);

        context.WriteNote(lost + dark == 0
            ? $"{site} has what the zone believes: {Human.Count(compared, "dataset")} compared."
            : $"{site}: {Human.Count(compared, "dataset")} compared, {lost} lost, {dark} dark (unknown to the zone).");
        return lost + dark == 0 ? ExitCode.Ok : ExitCode.Differs;
    }

    /// <summary>A line each, as they come: there may be many.</summary>
    private static void Write(CliContext context, SiteDifferenceInfo one)
    {
        if (context.Json)
        {
            context.PrintJson(one, HutchJson.Default.SiteDifferenceInfo);
        }
        else
        {
            string size = one.Bytes is long bytes ? $" ({Display.Bytes(bytes)})" : "";
            context.Host.Out.WriteLine($"{one.Kind}  {one.Name}  {one.Dataset}{size}: {one.Problem}");
        }
    }
}
