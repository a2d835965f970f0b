using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Logins;

namespace Hutch.Api.Endpoints;

/// <summary>One login for all sites of a zone: a browser goes from a site to the zone and back; a program exchanges its token.</summary>
internal sealed class ZoneLoginEndpoints(ZoneLoginService client, SiteLoginAuthorizer authorizer) : IEndpoints
{
    private const string Tag = "Login";

    private static string CookiePath => RestCalls.Login.StartZone.Pattern;

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Login.StartZone, "At a site: redirect a browser to the zone to log in")
            .Query("return", "The portal page to return to: a path on this server")
            .Query("scope", "What the login must carry, such as `read write`; the zone then asks again if you allow less")
            .Answering(StatusCodes.Status302Found, null, "To the zone; to `/login?error=CODE` when that is not possible")
            .Does(BeginAsync);
        table.Add(Tag, RestCalls.Login.FinishZone, "At a site: the redirect address for the zone; sets the cookie `hutch_session`")
            .Query("state", "The login that this answers").Query("code", "The code").Query("iss", "The issuer")
            .Query("error", "Why the zone refused")
            .Answering(StatusCodes.Status302Found, null, "To the page that the login was for; to `/login?error=CODE` if the login failed")
            .Does(FinishAsync);
        table.Add(Tag, RestCalls.Login.Authorize, "At the zone: authorize a login at a site (OAuth 2.1, code with PKCE)")
            .Query("response_type", "`code`").Query("client_id", "The id of the site").Query("redirect_uri", "The site's redirect address")
            .Query("state", "Returned unchanged").Query("code_challenge", "SHA-256 of the verifier, base64url")
            .Query("code_challenge_method", "`S256`").Query("scope", "What the login must carry; default: what the person allows")
            .Answering(
                StatusCodes.Status302Found, null,
                "To the site with a code; without a session to the login page, which returns here; without a consent to the page for it")
            .Does(AuthorizeAsync);
        table.Add(Tag, RestCalls.Tokens.Exchange, "Exchange the token of the request for one of a site (RFC 8693)")
            .AwaitingSites().Gives(ExchangeAsync, ToInfo, StatusCodes.Status201Created);
    }

    private async Task BeginAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        Result<StartedLogin> begun = await client.BeginAsync(
            request.Query("return"), request.Query("scope"), request.Aborted);
        LoginRedirect.Begin(request, begun, CookiePath);
    }

    private async Task FinishAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        Result<FinishedLogin> finished = await client.FinishAsync(
            LoginRedirect.Read(request, CookiePath), request.Origin, request.Aborted);
        LoginRedirect.Finish(request, finished);
    }

    private async Task AuthorizeAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        if (!ConsentEndpoints.Read(request.Query).TryGet(out SiteLoginRequest? wanted, out HutchError? refusal))
        {
            LoginRedirect.Reject(request, refusal);
            return;
        }

        if (request.Caller.Session?.UserId is null)
        {
            string back = request.Http.Request.Path + request.Http.Request.QueryString;
            LoginRedirect.Go(request, PortalAddress.For(request, "login?return=" + Uri.EscapeDataString(back)));
            return;
        }

        Result<Uri> address = await authorizer.AuthorizeAsync(request.Caller, wanted, request.Aborted);
        if (address.IsOk)
        {
            LoginRedirect.Go(request, address.Value.AbsoluteUri);
        }
        else if (address.Error.Code == ErrorCode.ConsentRequired)
        {
            LoginRedirect.Go(request, PortalAddress.For(request, SiteConsents.Page + request.Http.Request.QueryString));
        }
        else
        {
            LoginRedirect.Reject(request, address.Error);
        }
    }

    private async Task<Result<ExchangedToken>> ExchangeAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        ExchangeToken wanted = await request.ReadAsync(HutchJson.Default.ExchangeToken, request.Aborted);
        TokenScope? scope = null;
        return wanted.Scopes is { } scopes && !TokenScope.Parse(string.Join(' ', scopes)).TryGet(out scope, out HutchError? refusal)
            ? refusal
            : await authorizer.ExchangeAsync(request.Caller, wanted.Site, scope, request.Aborted);
    }

    private static ExchangedTokenInfo ToInfo(ExchangedToken made) => new()
    {
        Site = made.Site,
        Address = made.Portal.Origin,
        Certificate = made.Portal.Certificate,
        Id = made.Token.Token.Id,
        Token = made.Token.Secret.Reveal(),
        Expires = made.Token.Token.ExpiresAt!.Value,
    };
}
