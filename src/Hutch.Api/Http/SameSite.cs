namespace Hutch.Api.Http;

/// <summary>
/// Checks that a request with a session cookie, or one that would begin a session, comes from this server's own pages. Another site can
/// make a browser send requests, but it cannot forge these headers. To add a header of its own it must ask first, which is never granted.
/// </summary>
internal static class SameSite
{
    public const string Header = "X-Hutch-Request";

    private const string Value = "portal";

    /// <summary>The refusal of a request with a session that may not come from the portal; null when it may go on.</summary>
    public static HutchError? CheckSession(HttpContext http, ApiContext api)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            return null;
        }

        return IsPortal(http.Request) && Origin(http, api) == true
            ? null
            : ErrorCode.Csrf.With(
                $"With a session, {http.Request.Method} needs the header '{Header}: {Value}' and this server's origin: "
                + "another site may have sent it.");
    }

    /// <summary>Returns true if a request has the header of the portal, which no other site can send.</summary>
    public static bool IsPortal(HttpRequest request) => request.Headers[Header] == Value;

    /// <summary>
    /// The refusal of a request that would begin a session, when a browser says that another site sent it. Programs say nothing.
    /// </summary>
    public static void RejectForeign(ApiRequest request)
    {
        if (Origin(request.Http, request.Api) == false)
        {
            throw ErrorCode.Csrf.With("Another site sent this request. Nothing was done.").ToException();
        }
    }

    /// <summary>True if the browser reports that the request is from the same origin; null when it reports none.</summary>
    private static bool? Origin(HttpContext http, ApiContext api)
    {
        string? site = http.Request.Headers["Sec-Fetch-Site"];
        if (!string.IsNullOrEmpty(site))
        {
            return site == "same-origin";
        }

        string? origin = http.Request.Headers.Origin;
        if (string.IsNullOrEmpty(origin))
        {
            return null;
        }

        // Behind a proxy that ends TLS the scheme differs from the browser's: the host decides.
        return Uri.TryCreate(origin, UriKind.Absolute, out Uri? from)
            && (from.Authority.Equals(http.Request.Host.Value, StringComparison.OrdinalIgnoreCase)
                || from.Authority.Equals(api.Options.PublicUrl?.Authority, StringComparison.OrdinalIgnoreCase));
    }
}
