using System.Net;
using System.Security.Cryptography;

namespace Hutch.Api.Portal;

/// <summary>
/// The start page of the portal: its base address, the nonce of its styles and the identity of the server are written into it for every
/// request. The page need not ask for them.
/// </summary>
internal sealed class PortalPage
{
    private const string Base = "<base href=\"/\"";
    private const string Nonce = "name=\"csp-nonce\" content=\"\"";
    private const string Server = "name=\"server\" content=\"\"";
    private const int NonceBytes = 18;

    private readonly string _html;

    public PortalPage(byte[] html)
    {
        _html = Encoding.UTF8.GetString(html);
        if (!((string[])[Base, Nonce, Server]).All(placeholder => _html.Contains(placeholder, StringComparison.Ordinal)))
        {
            throw new InvalidOperationException(
                "The portal's index.html has no place for its base address, the number of its styles or its server.");
        }
    }

    /// <summary>A number that cannot be guessed.</summary>
    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));

    /// <summary>The page for a portal under <paramref name="prefix"/>, which is empty or begins with a slash.</summary>
    public byte[] Write(string prefix, string nonce, ServerInfo? server) => Encoding.UTF8.GetBytes(_html
        .Replace(Base, $"<base href=\"{WebUtility.HtmlEncode(prefix)}/\"", StringComparison.Ordinal)
        .Replace(Nonce, $"name=\"csp-nonce\" content=\"{nonce}\"", StringComparison.Ordinal)
        .Replace(Server, $"name=\"server\" content=\"{Encode(server)}\"", StringComparison.Ordinal));

    private static string Encode(ServerInfo? server) =>
        server is null ? "" : WebUtility.HtmlEncode(JsonSerializer.Serialize(server, HutchJson.Default.ServerInfo));
}
