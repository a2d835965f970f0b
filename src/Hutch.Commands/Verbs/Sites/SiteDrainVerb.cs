using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Sites;

/// <summary><c>hutch site drain</c>: empties a site, so that it can be removed.</summary>
internal sealed class SiteDrainVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "drain",
        "Empty a site: its data move to other sites first (administrators, and site-admins of the site). Shows the remainder.",
        "hutch site drain scratch",
        "hutch site drain scratch --json")
{
    private readonly Argument<string> _site = verb.Argument<string>("site", "The name of the site.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string site = context.Value(_site)!;
        await context.Server.ChangeSiteTermsAsync(site, new ChangeSiteTerms { Intake = "draining" }, cancellationToken);
        SiteLeftList left = await context.Server.GetSiteLeftAsync(site, ct: cancellationToken);
        if (context.Json)
        {
            context.PrintJson(left, HutchJson.Default.SiteLeftList);
            return ExitCode.Ok;
        }

        var table = new TextTable("DATASET", "HAS", "");
        foreach (SiteLeftInfo one in left.Items)
        {
            table.Add(one.Name, one.Kind, Advice(site, one));
        }

        context.Write(table, $"{site} is draining, and nothing is left: `hutch site remove {site}`.");
        if (left.Datasets > 0)
        {
            context.WriteNote(string.Create(CultureInfo.InvariantCulture, $"{site} is draining: {left.Datasets} left."));
        }

        return ExitCode.Ok;
    }

    private static string Advice(string site, SiteLeftInfo left) =>
        left.Kind == "home" ? $"hutch home {left.Name} --to SITE"
        : left.Only ? $"its home has ended it: push it anew elsewhere, or delete it at {site}"
        : "until another site has a copy";
}
