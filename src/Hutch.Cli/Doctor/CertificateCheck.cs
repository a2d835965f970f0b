using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hutch.Commands.Output;
using Hutch.Datasets.Backups;

namespace Hutch.Cli.Doctor;

/// <summary>The certificate for HTTPS: whether it can be used, until when, and for which name.</summary>
internal static class CertificateCheck
{
    private const int MaxFileBytes = 1 << 20;
    private static readonly TimeSpan Soon = TimeSpan.FromDays(21);

    internal static void Run(Installation installation, DoctorReport report)
    {
        string? given = installation.Options.Tls.CertificateFile;
        (string file, string key) = Files(installation);
        bool isServed = installation.Options.Server.Https is not null || installation.Options.S3.Https is not null;
        if (!isServed || (given is null && !installation.Disk.FileExists(file)))
        {
            // No certificate is served, or the server makes its own at its start.
            return;
        }

        foreach (string missing in new[] { file, key }.Distinct().Where(path => !installation.Disk.FileExists(path)))
        {
            report.Problem(
                $"The file '{missing}' does not exist.",
                "Put the certificate and its key there, or remove 'tls.certificateFile' to let the server create its own.");
            return;
        }

        if (FileFacts.Read(key) is { IsOpenToOthers: true, Mode: var mode } && (mode & UnixFileMode.OtherRead) != 0)
        {
            report.Problem(
                $"Every user of this machine can read the private key '{key}'.",
                $"chmod 600 '{key}', and replace the certificate if others may have read the key.");
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Read(installation, file), Read(installation, key));
            CheckCertificate(certificate, file, isOwn: given is null, installation, report);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            report.Problem(
                $"'{file}' and '{key}' are not a PEM certificate and its private key: {e.Message}",
                "Install a matching pair: the server does not start with this one.");
        }
    }

    /// <summary>The certificate that the server should show; null when there is none that can be read.</summary>
    internal static byte[]? Find(Installation installation)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Read(installation, Files(installation).Certificate));
            return certificate.RawData;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            // The check of the certificates reports the reason.
            return null;
        }
    }

    private static (string Certificate, string Key) Files(Installation installation) =>
        installation.Options.Tls.CertificateFile is { } given
        ? (given, installation.Options.Tls.KeyFile ?? given)
        : (installation.File(BackupWriter.KeyFolder, "tls.crt"), installation.File(BackupWriter.KeyFolder, "tls.key"));

    private static void CheckCertificate(
        X509Certificate2 certificate, string file, bool isOwn, Installation installation, DoctorReport report)
    {
        DateTimeOffset now = installation.Host.Time.GetUtcNow();
        var begins = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        var ends = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        const string Renew = "Renew it; the server reloads it automatically.";
        if (ends < now)
        {
            report.Problem($"The certificate '{file}' expired on {Human.Time(ends)}: clients reject it.", Renew);
        }
        else if (ends - now < Soon)
        {
            report.Problem($"The certificate '{file}' expires on {Human.Time(ends)}, in {(ends - now).Days} days.", Renew);
        }

        if (begins > now)
        {
            report.Problem($"The certificate '{file}' is not valid before {Human.Time(begins)}.", "Check the clock of this machine.");
        }

        if (!isOwn && installation.Options.Server.PublicUrl is { Scheme: "https", Host: var host } && !certificate.MatchesHostname(host))
        {
            report.Problem(
                $"The certificate '{file}' is not for {host}, the host of 'server.publicUrl'.",
                "Get one with this host among its subject alternative names.");
        }
    }

    private static string Read(Installation installation, string path) =>
        Encoding.UTF8.GetString(installation.Disk.ReadAllBytes(path, MaxFileBytes));
}
