using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Logins;

namespace Hutch.Api.Endpoints;

/// <summary>Redirects of a browser that logs in elsewhere, and the cookie that ties the login to that browser.</summary>
internal static class LoginRedirect
{
    private const string BindingCookie = "hutch_login";

    /// <summary>Sends the browser to the other server, with a cookie; to the login page when that is not possible.</summary>
    /// <param name="path">The endpoints that get the cookie.</param>
    public static void Begin(ApiRequest request, Result<StartedLogin> begun, string path)
    {
        if (!begun.TryGet(out StartedLogin? login, out HutchError? refusal))
        {
            Reject(request, refusal);
            return;
        }

        request.Http.Response.Cookies.Append(BindingCookie, login.Binding.Reveal(), CookieOptions(request, path, login.EndsAt));
        Go(request, login.Address.AbsoluteUri);
    }

    /// <summary>Sends the browser with its new session to the page that the login was for; to the login page if it failed.</summary>
    public static void Finish(ApiRequest request, Result<FinishedLogin> finished)
    {
        if (!finished.TryGet(out FinishedLogin? login, out HutchError? refusal))
        {
            Reject(request, refusal);
            return;
        }

        SessionCookie.Set(request, login.Session);
        Go(request, PortalAddress.For(request, login.ReturnPath.TrimStart('/')));
    }

    /// <summary>Reads the query and the cookie of a browser that returned, and deletes the cookie.</summary>
    public static ReturnedLogin Read(ApiRequest request, string path)
    {
        string? binding = request.Http.Request.Cookies.TryGetValue(BindingCookie, out string? value) ? value : null;
        request.Http.Response.Cookies.Delete(BindingCookie, CookieOptions(request, path, null));
        return new ReturnedLogin(request.Query("state"), request.Query("code"), request.Query("iss"), request.Query("error"), binding);
    }

    /// <summary>
    /// Back to the login page, which explains the code. The words of the provider stay in the log and the audit.
    /// </summary>
    public static void Reject(ApiRequest request, HutchError error) =>
        Go(request, PortalAddress.For(request, "login?error=" + error.Code.Name));

    public static void Go(ApiRequest request, string address)
    {
        request.Http.Response.Headers.CacheControl = "no-store";
        request.Http.Response.Headers["Referrer-Policy"] = "no-referrer";
        request.Http.Response.Redirect(address);
    }

    /// <summary>Sent with the redirect of the other server (a navigation, hence Lax), and only to these endpoints.</summary>
    private static CookieOptions CookieOptions(ApiRequest request, string path, DateTimeOffset? end) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = SessionCookie.IsSecure(request.Http, request.Api),
        Path = request.Http.Request.PathBase + RestCall.Root + path,
        Expires = end,
    };
}
