using Hutch.Datasets.Accounts;
using Microsoft.AspNetCore.Http;

namespace Hutch.Api.Http;

/// <summary>The cookie that carries a browser's session.</summary>
internal static class SessionCookie
{
    public const string Name = "hutch_session";

    /// <summary>The value of the cookie; null when there is none.</summary>
    public static string? Read(HttpContext http) => http.Request.Cookies.TryGetValue(Name, out string? value) && value.Length > 0 ? value : null;

    /// <summary>Gives the browser a session.</summary>
    public static void Set(ApiRequest request, StartedSession started)
    {
        CookieOptions options = Options(request.Http, request.Api);
        options.Expires = started.Session.ExpiresAt;
        request.Http.Response.Cookies.Append(Name, started.Secret.Reveal(), options);
    }

    /// <summary>Takes the cookie back with the answer, whatever it will be.</summary>
    public static void Clear(HttpContext http, ApiContext api) => http.Response.OnStarting(() =>
    {
        http.Response.Cookies.Delete(Name, Options(http, api));
        return Task.CompletedTask;
    });

    /// <summary>Whether the browser reaches the server encrypted, so that cookies go no other way.</summary>
    public static bool IsSecure(HttpContext http, ApiContext api) =>
        http.Request.IsHttps || api.Options.Zone.PublicUrl?.Scheme == Uri.UriSchemeHttps;

    private static CookieOptions Options(HttpContext http, ApiContext api) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = IsSecure(http, api),
        Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
    };
}
