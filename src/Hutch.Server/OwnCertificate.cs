using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Hutch.Server;

/// <summary>A self-signed certificate of the server: no authority vouches for it, so that clients compare its fingerprint.</summary>
internal static class OwnCertificate
{
    private const int Years = 10;
    private const string CertificateName = "tls.crt";
    private const string KeyName = "tls.key";

    /// <summary>Finds the one that was made before, or makes one; the key is readable by its owner only.</summary>
    public static (string Certificate, string Key) Ensure(IDisk disk, string dataFolder, IReadOnlyList<string> names, TimeProvider time)
    {
        string folder = Path.Combine(dataFolder, BackupWriter.KeyFolder);
        string certificate = Path.Combine(folder, CertificateName);
        string key = Path.Combine(folder, KeyName);
        if (!disk.FileExists(certificate) || !disk.FileExists(key))
        {
            disk.CreateFolder(folder);
            disk.SyncFolder(dataFolder);
            (string certificatePem, string keyPem) = Make(names, time.GetUtcNow());
            AtomicFile.Replace(disk, key, Encoding.ASCII.GetBytes(keyPem));
            AtomicFile.Replace(disk, certificate, Encoding.ASCII.GetBytes(certificatePem));
        }

        return (certificate, key);
    }

    private static (string Certificate, string Key) Make(IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hutch", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        return (made.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
