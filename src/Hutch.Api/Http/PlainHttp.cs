using System.Net;

namespace Hutch.Api.Http;

/// <summary>
/// Secrets do not travel in the open: over plain HTTP they are taken from this machine only, or behind a proxy that ends TLS.
/// </summary>
internal static class PlainHttp
{
    /// <summary>Returns true if others can read the client's requests.</summary>
    public static bool IsOpen(HttpContext http, ApiContext api) =>
        !http.Request.IsHttps && !api.Options.AllowTokensOverHttp
        && http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address);

    /// <summary>Refuses to take a password or a code in the open.</summary>
    public static void RejectSecrets(ApiRequest request)
    {
        if (IsOpen(request.Http, request.Api))
        {
            throw ErrorCode.Forbidden.With(
                "Login over plain HTTP from another machine is refused, because others on the network could read your secret. "
                + "Use HTTPS.").ToException();
        }
    }
}
