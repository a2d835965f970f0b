using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hutch.Federation.Keys;

/// <summary>The P-256 key that identifies a site. TLS shows it in a certificate whose name, dates and issuer do not count.</summary>
internal sealed class SiteKey : IDisposable
{
    private const string Curve = "1.2.840.10045.3.1.7";

    private static readonly DateTimeOffset From = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private SiteKey(X509Certificate2 certificate)
    {
        Certificate = certificate;
        Fingerprint = FingerprintOf(certificate);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>The SHA-256 of the public key.</summary>
    public BlobHash Fingerprint { get; }

    /// <summary>A new key, PKCS #8 in PEM.</summary>
    public static string Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <exception cref="CryptographicException">It is no such key.</exception>
    /// <exception cref="ArgumentException">It is no PEM.</exception>
    public static SiteKey Read(string pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        var request = new CertificateRequest("CN=hutch-site", key, HashAlgorithmName.SHA256);
        X509Certificate2 certificate = request.CreateSelfSigned(From, Until);
        if (IsOne(certificate))
        {
            return new SiteKey(certificate);
        }

        certificate.Dispose();
        throw new CryptographicException("it is not a P-256 key");
    }

    /// <summary>Returns true if a certificate has a P-256 key.</summary>
    public static bool IsOne(X509Certificate certificate)
    {
        using ECDsa? key = ((X509Certificate2)certificate).GetECDsaPublicKey();
        return key?.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == Curve;
    }

    public static BlobHash FingerprintOf(X509Certificate2 certificate) =>
        BlobHash.Compute(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>The public key, SubjectPublicKeyInfo: its SHA-256 is the fingerprint.</summary>
    public byte[] PublicKey => Certificate.PublicKey.ExportSubjectPublicKeyInfo();

    /// <summary>Signs bytes that state their purpose.</summary>
    public byte[] Sign(ReadOnlySpan<byte> statement)
    {
        using ECDsa key = Certificate.GetECDsaPrivateKey()!;
        return key.SignData(statement, HashAlgorithmName.SHA256);
    }

    public void Dispose() => Certificate.Dispose();
}
