using System.Net;

namespace Hutch.Doors.Requests;

/// <summary>
/// Secrets do not travel in the open: over plain HTTP they are taken from this machine only, or behind a proxy that ends TLS.
/// </summary>
public static class PlainHttp
{
    /// <summary>The refusal of a token that others may have read.</summary>
    public static HutchError TokenRefused { get; } = ErrorCode.Unauthenticated.With(
        "This token was sent over plain HTTP from another machine, so others may have read it. It was refused: "
        + "revoke it, and use HTTPS.");

    /// <summary>Returns true if others can read the client's requests.</summary>
    public static bool IsOpen(HttpContext http, DoorContext door) => IsOpen(http, door.AllowsTokensOverHttp);

    /// <inheritdoc cref="IsOpen(HttpContext, DoorContext)"/>
    public static bool IsOpen(HttpContext http, bool allowsTokens) =>
        !http.Request.IsHttps && !allowsTokens
        && http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address);

    /// <summary>Refuses to take a password or a code in the open.</summary>
    public static void RejectSecrets(DoorRequest request)
    {
        if (IsOpen(request.Http, request.Door))
        {
            throw ErrorCode.Forbidden.With(
                "Login over plain HTTP from another machine is refused, because others on the network could read your secret. "
                + "Use HTTPS.").ToException();
        }
    }
}
