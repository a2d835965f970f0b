using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Hutch.Federation.Keys;

/// <summary>TLS between sites, where both sides show their keys and nothing else of a certificate counts.</summary>
internal static class SiteTls
{
    public static SslClientAuthenticationOptions Client(SiteKey own, RemoteCertificateValidationCallback check) => new()
    {
        TargetHost = "hutch-site",
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        ClientCertificates = [own.Certificate],
        LocalCertificateSelectionCallback = (_, _, _, _, _) => own.Certificate,
        RemoteCertificateValidationCallback = check,
    };

    public static SslServerAuthenticationOptions Server(SslStreamCertificateContext shown, List<SslApplicationProtocol> protocols) => new()
    {
        ServerCertificateContext = shown,
        EnabledSslProtocols = SslProtocols.Tls13,

        // A resumed session would not show its key again.
        AllowTlsResume = false,
        ClientCertificateRequired = true,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null && SiteKey.IsOne(certificate),
        ApplicationProtocols = protocols,
    };

    /// <summary>The fingerprint of the key that was shown; null for a certificate that is none of a handshake.</summary>
    public static BlobHash? KeyOf(X509Certificate? certificate) =>
        certificate is X509Certificate2 known ? SiteKey.FingerprintOf(known) : null;
}
