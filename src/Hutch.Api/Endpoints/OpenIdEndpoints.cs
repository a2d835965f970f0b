using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Logins;
using Hutch.Zone.OpenId;

namespace Hutch.Api.Endpoints;

/// <summary>Logins with OpenID providers: a browser goes there and comes back.</summary>
internal sealed class OpenIdEndpoints(OidcLogins openId) : IEndpoints
{
    private const string Tag = "Login";

    private static string CookiePath => Path.GetDirectoryName(RestCalls.Login.FinishOidc.Pattern)!;

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Login.StartOidc, "Redirect a browser to an OpenID provider to log in")
            .Query("return", "The portal page to return to: a path on this server")
            .Answering(StatusCodes.Status302Found, null, "To the provider; to `/login?error=CODE` when that is not possible")
            .Does(BeginAsync);
        table.Add(Tag, RestCalls.Login.FinishOidc, "The redirect address for providers; sets the cookie `hutch_session`")
            .Query("state", "The login that this answers").Query("code", "The code").Query("iss", "The issuer")
            .Query("error", "Why the provider refused")
            .Answering(StatusCodes.Status302Found, null, "To the page that the login was for; to `/login?error=CODE` if the login failed")
            .Does(FinishAsync);
    }

    private async Task BeginAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        string redirect = PortalAddress.For(request, RestCalls.Login.FinishOidc.At().Path);
        Result<StartedLogin> begun = await openId.BeginAsync(
            request.Route("provider"), redirect, request.Query("return"), request.Origin, request.Aborted);
        LoginRedirect.Begin(request, begun, CookiePath);
    }

    private async Task FinishAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        ReturnedLogin returned = LoginRedirect.Read(request, CookiePath);
        Result<FinishedLogin> finished = await openId.FinishAsync(returned, request.Origin, request.Aborted);
        LoginRedirect.Finish(request, finished);
    }
}
