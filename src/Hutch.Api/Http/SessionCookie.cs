using Hutch.Zone.Logins;

namespace Hutch.Api.Http;

internal static class SessionCookie
{
    public const string Name = "hutch_session";

    /// <summary>The prefix of cookies that browsers accept only from this host, by HTTPS, for all paths: no other can plant one.</summary>
    public const string HostPrefix = "__Host-";

    public static string? Read(HttpContext http, ApiContext api) =>
        http.Request.Cookies.TryGetValue(NameOf(http, api), out string? value) && value.Length > 0 ? value : null;

    public static void Set(ApiRequest request, StartedSession started)
    {
        CookieOptions options = Options(request.Http, request.Api);
        options.Expires = started.Session.ExpiresAt;
        request.Http.Response.Cookies.Append(NameOf(request.Http, request.Api), started.Secret.Reveal(), options);
    }

    /// <summary>Takes the cookie back with the answer, whatever it will be.</summary>
    public static void Clear(HttpContext http, ApiContext api) => http.Response.OnStarting(() =>
    {
        http.Response.Cookies.Delete(NameOf(http, api), Options(http, api));
        return Task.CompletedTask;
    });

    /// <summary>Returns true if the browser reaches the server encrypted, so that cookies are never sent in the clear.</summary>
    public static bool IsSecure(HttpContext http, ApiContext api) =>
        http.Request.IsHttps || api.Options.PublicUrl?.Scheme == Uri.UriSchemeHttps;

    /// <summary>Under a path prefix the cookie is for that path only, which the prefix of names does not allow.</summary>
    private static string NameOf(HttpContext http, ApiContext api) =>
        IsSecure(http, api) && !http.Request.PathBase.HasValue ? HostPrefix + Name : Name;

    private static CookieOptions Options(HttpContext http, ApiContext api) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = IsSecure(http, api),
        Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
    };
}
