using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Sites;

/// <summary><c>hutch site trust SITE</c>: marks a site whose operator the zone trusts with all rights of people who log in there.</summary>
internal sealed class SiteTrustVerb(VerbDeclaration verb)
    : Verb(
        verb, "trust",
        "Trust the operator of a site: the page that asks for a login there selects all rights first (administrators).",
        "hutch site trust archive",
        "hutch site trust archive --none")
{
    private readonly Argument<string> _site = verb.Argument<string>("site", "The name of the site.");
    private readonly Option<bool> _none = verb.Option<bool>(
        "--none", "Remove the mark: logins there end, and people are asked again.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var trust = new TrustSite { Trusted = !context.Value(_none) };
        ZoneSiteInfo site = await context.Server.TrustSiteAsync(context.Value(_site)!, trust, cancellationToken);
        context.Print(
            site, HutchJson.Default.ZoneSiteInfo,
            site.Trusted is null
                ? $"{site.Name} is not trusted: logins there have ended, and people are offered to read what the site has."
                : $"{site.Name} is trusted: people who are asked for a login there are offered all rights.");
        return ExitCode.Ok;
    }
}
