using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Sites;

internal sealed class SiteAcceptVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "accept",
        "Choose the datasets of which a site takes copies (administrators, and site-admins of the site). Existing copies stay.",
        "hutch site accept archive where 'type=mx/rotation & bytes<2000000000000'",
        "hutch site accept archive where 'owner in (anna, beamline-3)'",
        "hutch site accept archive all")
{
    private const string All = "all";
    private const string Where = "where";

    private readonly Argument<string> _site = verb.Argument<string>("site", "The name of the site.");
    private readonly Argument<string[]> _which = verb.Argument<string[]>(
        "which",
        "`where` and an expression over the owner, name, type and bytes of a dataset; or `all`.",
        ArgumentArity.OneOrMore);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string text = string.Join(' ', context.Value(_which)!).Trim();
        string accepts = text == All ? ""
            : text.StartsWith(Where + " ", StringComparison.Ordinal) ? text[Where.Length..].Trim()
            : throw ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} does not say which datasets: use `where` and an expression, such as where 'type=mx/rotation', "
                + "or `all`.").ToException();
        SiteTermsInfo terms = await context.Server.ChangeSiteTermsAsync(
            context.Value(_site)!, new ChangeSiteTerms { Accepts = accepts }, cancellationToken);
        context.Print(terms, HutchJson.Default.SiteTermsInfo, SiteTermsText.From(context.Value(_site)!, terms));
        return ExitCode.Ok;
    }
}

internal sealed class SiteStateVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "state",
        "Say whether a site takes anything (administrators, and site-admins of the site).",
        "hutch site state archive nothing-new",
        "hutch site state archive read-only",
        "hutch site state archive open")
{
    private readonly Argument<string> _site = verb.Argument<string>("site", "The name of the site.");
    private readonly Argument<string> _state = verb.Argument<string>(
        "state", "open; nothing-new (no new datasets and copies; existing ones continue); read-only (nothing is changed).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        SiteTermsInfo terms = await context.Server.ChangeSiteTermsAsync(
            context.Value(_site)!, new ChangeSiteTerms { Intake = context.Value(_state) }, cancellationToken);
        context.Print(terms, HutchJson.Default.SiteTermsInfo, SiteTermsText.From(context.Value(_site)!, terms));
        return ExitCode.Ok;
    }
}

internal static class SiteTermsText
{
    private const string Open = "open";

    internal static string From(string site, SiteTermsInfo terms)
    {
        string which = terms.Accepts is { } where ? "datasets where " + where : "all datasets";
        return terms.Intake == Open
            ? $"{site} is {Open}, and takes copies of {which}."
            : $"{site} is {terms.Intake}, and takes no new copies; when it is {Open}, of {which}.";
    }

    /// <summary>In a column; empty for everything.</summary>
    internal static string From(string? intake, string? accepts, long? left = null)
    {
        string?[] parts =
        [
            intake == Open ? null : intake,
            left is null ? null : string.Create(CultureInfo.InvariantCulture, $"{left} left"),
            accepts is null ? null : "where " + accepts,
        ];
        return string.Join(", ", parts.Where(static part => part is not null));
    }
}
