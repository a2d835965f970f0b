using System.Text;
using Hutch.Doors.Requests;
using Hutch.Model.NarrowedTokens;
using Hutch.Zone.Credentials;

namespace Hutch.Doors;

/// <summary>
/// The credential of clients that know HTTP Basic only (RFC 7617), such as git and WebDAV clients. The password is a token of Hutch, and
/// the user name is ignored. <c>Bearer TOKEN</c> is accepted too.
/// </summary>
public static class BasicCredential
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    /// <summary>Returns the caller with the token of a request; the anonymous one without a token.</summary>
    public static async ValueTask<Result<Caller>> AuthenticateAsync(
        HttpContext http, TokenDoors door, Authenticator authenticator, bool allowsTokensOverHttp)
    {
        if (!Read(http.Request).TryGet(out string? token, out HutchError? refusal))
        {
            return refusal;
        }

        if (token is null)
        {
            return Caller.Anonymous;
        }

        return PlainHttp.IsOpen(http, allowsTokensOverHttp)
            ? PlainHttp.TokenRefused
            : await authenticator.AuthenticateAsync(token, door, http.Connection.RemoteIpAddress, http.RequestAborted);
    }

    /// <summary>Returns true if a request has no credential at all.</summary>
    public static bool IsAbsent(HttpRequest request) => request.Headers.Authorization.ToString().Length == 0;

    private static Result<string?> Read(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return Result<string?>.Ok(null);
        }

        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return header[Bearer.Length..].Trim();
        }

        byte[] bytes = new byte[header.Length];
        return header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out int length)
            && Encoding.UTF8.GetString(bytes, 0, length) is { } pair
            && pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
            ? pair[(colon + 1)..]
            : ErrorCode.Unauthenticated.With(
                "The header Authorization cannot be read. Use any name as the user and a token as the password: `hutch token create`.");
    }
}
