using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Accounts;
using Hutch.Zone.OpenId;

namespace Hutch.Api.Endpoints;

/// <summary>Logging in with OpenID providers: a browser is sent there and comes back; the command line waits.</summary>
internal sealed class OpenIdEndpoints(OidcLogins openId) : IEndpoints
{
    private const string Tag = "Login";
    private const string Callback = "/login/oidc/callback";

    /// <summary>Ties a login under way to the browser that began it.</summary>
    private const string BindingCookie = "hutch_login";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/login/oidc/{provider}", "Redirect a browser to an OpenID provider to log in", EndpointDescription.Anonymous)
            .Query("return", "The portal page to return to: a path on this server")
            .Answering(StatusCodes.Status302Found, null, "To the provider; to `/login?error=CODE` when that is not possible")
            .Does(BeginAsync);
        table.Add(
            Tag, "GET", Callback, "The redirect address for providers; sets the cookie `hutch_session`", EndpointDescription.Anonymous)
            .Query("state", "The login that this answers").Query("code", "The code").Query("iss", "The issuer")
            .Query("error", "Why the provider refused")
            .Answering(StatusCodes.Status302Found, null, "To the page that the login was for; to `/login?error=CODE` if the login failed")
            .Does(FinishAsync);
        table.Add(
            Tag, "POST", "/login/device", "Start a login of the command line through an OpenID provider", EndpointDescription.Anonymous)
            .Takes(HutchJson.Default.StartDeviceLogin)
            .Gives(HutchJson.Default.DeviceLoginInfo, BeginDeviceAsync);
        table.Add(
            Tag, "POST", "/login/device/token",
            "State of a login of the command line; returns the token once", EndpointDescription.Anonymous)
            .Takes(HutchJson.Default.PollDeviceLogin)
            .Answering(StatusCodes.Status202Accepted, null, "Not confirmed yet: poll again after the interval")
            .Answering(StatusCodes.Status200OK, "application/json", "Done", HutchJson.Default.DeviceLoginResult)
            .Does(PollDeviceAsync);
    }

    private async Task BeginAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        string redirect = PortalAddress.For(request, EndpointTable.Root.TrimStart('/') + Callback);
        Result<StartedLogin> begun = await openId.BeginAsync(
            request.Route("provider"), redirect, request.Query("return"), request.Origin, request.Aborted);
        if (!begun.IsOk)
        {
            Reject(request, begun.Error);
            return;
        }

        request.Http.Response.Cookies.Append(BindingCookie, begun.Value.Binding.Reveal(), CookieOptions(request, begun.Value.EndsAt));
        Go(request, begun.Value.Address.AbsoluteUri);
    }

    private async Task FinishAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        string? binding = request.Http.Request.Cookies.TryGetValue(BindingCookie, out string? value) ? value : null;
        var returned = new ReturnedLogin(
            request.Query("state"), request.Query("code"), request.Query("iss"), request.Query("error"), binding);
        Result<FinishedLogin> finished = await openId.FinishAsync(returned, request.Origin, request.Aborted);
        request.Http.Response.Cookies.Delete(BindingCookie, CookieOptions(request, null));
        if (!finished.IsOk)
        {
            Reject(request, finished.Error);
            return;
        }

        SessionCookie.Set(request, finished.Value.Session);
        Go(request, PortalAddress.For(request, finished.Value.ReturnPath.TrimStart('/')));
    }

    private async Task<Result<DeviceLoginInfo>> BeginDeviceAsync(ApiRequest request)
    {
        StartDeviceLogin start = await request.ReadAsync(HutchJson.Default.StartDeviceLogin, request.Aborted);
        return (await openId.BeginDeviceAsync(start.Provider, request.Origin, request.Aborted))
            .Then<DeviceLoginInfo>(begun => new DeviceLoginInfo
            {
                Handle = begun.Handle.Reveal(),
                UserCode = begun.UserCode,
                VerificationUri = begun.VerificationAddress,
                VerificationUriComplete = begun.CompleteAddress,
                Interval = begun.IntervalSeconds,
                Expires = begun.EndsAt,
            });
    }

    private async Task PollDeviceAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        PollDeviceLogin poll = await request.ReadAsync(HutchJson.Default.PollDeviceLogin, request.Aborted);
        Result<CreatedAccount?> polled = await openId.PollDeviceAsync(poll.Handle, request.Origin, request.Aborted);
        if (polled is { IsOk: true, Value: null })
        {
            request.Http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        Result<DeviceLoginResult> result = polled.Then<DeviceLoginResult>(made => new DeviceLoginResult
        {
            User = made!.User.Name,
            Token = made.Token.Secret.Reveal(),
            Expires = made.Token.Token.ExpiresAt,
        });
        await JsonAnswer.SendAsync(request, result, HutchJson.Default.DeviceLoginResult, StatusCodes.Status200OK);
    }

    /// <summary>
    /// Back to the page for logging in, which says what the code means. What the provider said stays in the log and the audit.
    /// </summary>
    private static void Reject(ApiRequest request, HutchError error) =>
        Go(request, PortalAddress.For(request, "login?error=" + error.Code.Name));

    private static void Go(ApiRequest request, string address)
    {
        request.Http.Response.Headers.CacheControl = "no-store";
        request.Http.Response.Headers["Referrer-Policy"] = "no-referrer";
        request.Http.Response.Redirect(address);
    }

    /// <summary>Sent with the provider's redirect (a navigation, hence Lax), and only to these two addresses.</summary>
    private static CookieOptions CookieOptions(ApiRequest request, DateTimeOffset? end) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = SessionCookie.IsSecure(request.Http, request.Api),
        Path = request.Http.Request.PathBase + EndpointTable.Root + "/login/oidc",
        Expires = end,
    };
}
