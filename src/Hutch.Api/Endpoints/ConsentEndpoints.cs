using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Logins;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Hutch.Api.Endpoints;

/// <summary>The consents of people to logins at sites: at the zone, and only with the session of a browser.</summary>
internal sealed class ConsentEndpoints(SiteConsents consents, SiteLoginAuthorizer logins) : IEndpoints
{
    private const string Tag = "Login";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Login.FindConsent, "At the zone: a site that asks to log you in, and what you allow it")
            .Query("site", "Name or id of the site")
            .Gives(
                async request => (await consents.FindAsync(request.Caller, request.Query("site") ?? "", request.Aborted))
                    .Then<ConsentOfferInfo>(static offer => ToInfo(offer)));
        table.Add(Tag, RestCalls.Login.GiveConsent, "At the zone: allow a site to log you in. Only the session of a browser can")
            .AwaitingSites().Gives(GiveAsync);
        table.Add(Tag, RestCalls.Profile.ListConsents, "Sites that you allow to log you in, oldest first")
            .Gives(
                async request => (await consents.ListAsync(request.Caller, request.Aborted)).Then<Page<SiteConsentInfo>>(
                    static given => new Page<SiteConsentInfo> { Items = [.. given.Select(ToInfo)] }));
        table.Add(Tag, RestCalls.Profile.EndConsent, "Allow a site no more logins, and end those that there are")
            .AwaitingSites().GivesNothing(
                request => consents.EndAsync(request.Caller, request.Route("site"), request.Aborted).AsTask());
    }

    /// <summary>Reads the request of a site for a login, from its query.</summary>
    public static Result<SiteLoginRequest> Read(Func<string, string?> query)
    {
        if (query("response_type") != "code" || query("code_challenge_method") != "S256")
        {
            return ErrorCode.LoginInvalid.With("The site asked for no code with the challenge S256.");
        }

        TokenScope? scope = null;
        return query("scope") is { } text && !TokenScope.Parse(text).TryGet(out scope, out _)
            ? ErrorCode.LoginInvalid.With("The site asked for scopes that there are not.")
            : new SiteLoginRequest(
                query("client_id") ?? "", query("redirect_uri") ?? "", query("state") ?? "", query("code_challenge") ?? "")
            {
                Scope = scope,
            };
    }

    private async Task<Result<GivenConsentInfo>> GiveAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        GiveConsent given = await request.ReadAsync(HutchJson.Default.GiveConsent, request.Aborted);
        SiteLoginRequest? waiting = null;
        if (given.Query is { } query)
        {
            Dictionary<string, StringValues> values = QueryHelpers.ParseQuery(query);
            if (!Read(name => values.GetValueOrDefault(name) is [{ Length: > 0 } value] ? value : null)
                    .TryGet(out waiting, out HutchError? refusal)
                || !(await logins.CheckAsync(request.Caller, waiting, request.Aborted)).TryGet(out SiteRecord? site, out refusal))
            {
                return refusal;
            }

            if (given.Site != site.Id && given.Site != site.Name)
            {
                return ErrorCode.LoginInvalid.With("The login that waits is for another site.");
            }

            // What the person has chosen, whatever the site asked for.
            waiting = waiting with { Scope = null };
        }

        if (!TokenScope.Parse(string.Join(' ', given.Scopes)).TryGet(out TokenScope? scope, out HutchError? wrong)
            || !(await consents.GiveAsync(request.Caller, given.Site, scope, request.Aborted)).TryGet(out _, out wrong))
        {
            return wrong;
        }

        return waiting is null
            ? new GivenConsentInfo()
            : (await logins.AuthorizeAsync(request.Caller, waiting, request.Aborted)).Then<GivenConsentInfo>(
                static address => new GivenConsentInfo { Location = address.AbsoluteUri });
    }

    private static ConsentOfferInfo ToInfo(ConsentOffer offer) => new()
    {
        Site = offer.Site.Name,
        Address = offer.Site.Portal!.Origin,
        RunBy = offer.Site.RunBy,
        Administrators = offer.Administrators,
        Joined = offer.Site.JoinedAt,
        Trusted = offer.Site.TrustedAt is not null,
        Suggested = Words(offer.Suggested),
        Allowed = offer.Given is { } given ? Words(given.Scope) : null,
    };

    private static SiteConsentInfo ToInfo(GivenConsent given) => new()
    {
        Site = given.Site.Name,
        Address = given.Consent.Portal.Origin,
        Scopes = Words(given.Consent.Scope),
        Given = given.Consent.GivenAt,
    };

    private static string[] Words(TokenScope scope) => scope.ToString().Split(' ');
}
