namespace Hutch.Model.Sites;

/// <summary>The address at which people use a site, as an administrator of the zone approved it.</summary>
/// <param name="Origin">Scheme, host and port, such as <c>https://archive.example.org</c> (RFC 6454).</param>
/// <param name="Certificate">The SHA-256 of its certificate, for a site without a public authority; null for none.</param>
public sealed record SitePortal(string Origin, string? Certificate)
{
    /// <summary>Parses an address and the fingerprint of its certificate, <c>SHA256:</c> and 64 hexadecimal digits.</summary>
    public static Result<SitePortal> Parse(string address, string? certificate)
    {
        string? fingerprint = null;
        return !ParseOrigin(address).TryGet(out string? origin, out HutchError? refusal)
            || (certificate is not null && !CertificateFingerprint.Parse(certificate).TryGet(out fingerprint, out refusal))
            ? refusal
            : new SitePortal(origin, fingerprint);
    }

    /// <summary>Parses an origin: HTTPS, or HTTP on this machine, with no path and no user.</summary>
    public static Result<string> ParseOrigin(string text)
    {
        bool isOrigin = Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            && uri.UserInfo.Length == 0 && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.Host.Length > 0;
        return isOrigin
            ? uri!.GetLeftPart(UriPartial.Authority).ToLowerInvariant()
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not the address of a portal: use https://HOST or https://HOST:PORT, without a path.");
    }
}
