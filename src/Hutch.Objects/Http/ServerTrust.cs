using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Hutch.Model.Sites;

namespace Hutch.Objects.Http;

/// <summary>
/// Certificates to trust in addition to the machine's authorities: a private authority, or one certificate whose fingerprint a person
/// compared.
/// </summary>
/// <param name="Fingerprint">The SHA-256 of the server's certificate; null for none. If set, no other certificate is trusted.</param>
public sealed record ServerTrust(string? CaFile = null, string? Fingerprint = null)
{
    /// <summary>Advice for errors about an untrusted certificate; null for a Hutch server, where the advice is to log in again.</summary>
    public string? Advice { get; init; }

    public SslClientAuthenticationOptions For(Uri remote)
    {
        X509Certificate2Collection? authorities = CaFile is null ? null : ReadAuthorities(CaFile);
        return new SslClientAuthenticationOptions
        {
            TargetHost = remote.Host,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                Check(remote, (X509Certificate2?)certificate, chain, errors, authorities),
        };
    }

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw ErrorCode.BadRequest.With($"Cannot read CA certificates from {Display.Quote(file)}: {e.Message}").ToException();
        }

        return authorities.Count > 0
            ? authorities
            : throw ErrorCode.BadRequest.With($"{Display.Quote(file)} has no PEM certificate.").ToException();
    }

    private bool Check(
        Uri remote, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection? authorities)
    {
        if (certificate is null)
        {
            return false;
        }

        string shown = CertificateFingerprint.Format(SHA256.HashData(certificate.RawData));
        if (Fingerprint is not null)
        {
            return shown == Fingerprint
                ? true
                : throw ErrorCode.BadRequest.With(
                    $"{remote.Authority} presents a different certificate than the one you trust: {shown}, not {Fingerprint}. "
                    + "The connection may be intercepted. "
                    + (Advice ?? "If the operator confirms the new certificate, log in again with --trust and the new fingerprint."))
                    .ToException();
        }

        if (errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors
                && authorities is not null
                && IsVouchedFor(certificate, chain, authorities)))
        {
            return true;
        }

        throw ErrorCode.BadRequest.With(
            $"The certificate of {remote.Authority} is not trusted ({Describe(errors)}); nothing was sent. "
            + $"Its fingerprint is {shown}. "
            + (Advice ?? $"If the server printed the same at startup, log in with `hutch login {remote.GetLeftPart(UriPartial.Authority)} "
                + $"--trust {shown}`; if your institute has its own CA, use `--ca FILE`.")).ToException();
    }

    private static bool IsVouchedFor(X509Certificate2 certificate, X509Chain? shown, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (shown is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(shown.ChainElements.Select(static element => element.Certificate).ToArray());
        }

        return chain.Build(certificate);
    }

    private static string Describe(SslPolicyErrors errors) => errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
        ? "it is for another host"
        : "its issuer is not known here, or it has expired";
}
