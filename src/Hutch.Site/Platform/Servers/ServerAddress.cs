namespace Hutch.Site.Platform.Servers;

/// <param name="Uri">Scheme, host and port, and the path before that of a request, if any.</param>
/// <param name="Fingerprint">The SHA-256 of the one certificate that is trusted there; null to trust the machine's authorities.</param>
public sealed record ServerAddress(Uri Uri, string? Fingerprint)
{
    /// <summary>Parses an address; only a host, and the path of a proxy, are allowed in it.</summary>
    public static Result<Uri> Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            ? uri
            : ErrorCode.BadConfiguration.With(
                $"{Display.Quote(text)} is no address of a server: use https://HOST:PORT, or http://HOST:PORT in a network of its own");
}
