using System.Buffers.Text;

namespace Hutch.Zone.Logins;

/// <summary>Random secrets of logins in progress. Each is stored under its SHA-256.</summary>
internal static class OneTimeSecret
{
    private const int SecretBytes = 32;
    private const int MaxReturnPathCharacters = 2000;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Returns a key derived from a secret, without revealing it.</summary>
    public static string Key(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Returns true if a secret has a key; the time does not depend on the position of a difference.</summary>
    public static bool Matches(string? secret, string key) =>
        secret is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Key(secret)), Encoding.ASCII.GetBytes(key));

    /// <summary>The challenge of a verifier, method <c>S256</c> (RFC 7636, section 4.2).</summary>
    public static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>Reads back an account that was noted with a login in progress.</summary>
    public static PrincipalId User(string text) =>
        PrincipalId.TryParse(text, out PrincipalId user) ? user : throw new InvalidDataException("A login in progress names no account.");

    /// <summary>Returns a path of this server, never one that a browser would take for another host.</summary>
    public static string LocalPath(string? path) =>
        path is { Length: > 0 and <= MaxReturnPathCharacters } && path[0] == '/' && (path.Length == 1 || path[1] is not ('/' or '\\'))
            && !path.Any(c => char.IsControl(c) || c == '\\')
            ? path
            : "/";
}
