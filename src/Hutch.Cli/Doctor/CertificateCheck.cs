using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Hutch.Cli.Output;
using Hutch.Datasets.Backups;
using Hutch.Disk;

namespace Hutch.Cli.Doctor;

/// <summary>The certificate for HTTPS: whether it can be used, until when, and for which name.</summary>
internal static class CertificateCheck
{
    private const int MaxFileBytes = 1 << 20;
    private static readonly TimeSpan Soon = TimeSpan.FromDays(21);

    internal static void Look(Patient patient, DoctorReport report)
    {
        string? given = patient.Options.Tls.CertificateFile;
        (string file, string key) = Files(patient);
        bool isServed = patient.Options.Server.Https is not null || patient.Options.S3.Https is not null;
        if (!isServed || (given is null && !patient.Disk.FileExists(file)))
        {
            // Nobody sees one, or the server makes one of its own at its start.
            return;
        }

        foreach (string missing in new[] { file, key }.Distinct().Where(path => !patient.Disk.FileExists(path)))
        {
            report.Problem(
                $"There is no file '{missing}'.",
                "Put the certificate and its key there, or take 'tls.certificateFile' out: then the server makes one of its own.");
            return;
        }

        if (FileFacts.Of(key) is { IsOpenToOthers: true, Mode: var mode } && (mode & UnixFileMode.OtherRead) != 0)
        {
            report.Problem(
                $"Everybody on this machine can read the private key '{key}'.",
                $"chmod 600 '{key}', and get a new certificate if others were there.");
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Read(patient, file), Read(patient, key));
            LookAt(certificate, file, isOwn: given is null, patient, report);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            report.Problem(
                $"'{file}' and '{key}' are no certificate with its private key in PEM: {e.Message}",
                "Put the right pair there: the server does not start with this one.");
        }
    }

    /// <summary>The certificate that the server should show; null when there is none that can be read.</summary>
    internal static byte[]? Find(Patient patient)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Read(patient, Files(patient).Certificate));
            return certificate.RawData;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            // Why is told where certificates are looked at.
            return null;
        }
    }

    private static (string Certificate, string Key) Files(Patient patient) => patient.Options.Tls.CertificateFile is { } given
        ? (given, patient.Options.Tls.KeyFile ?? given)
        : (patient.File(BackupWriter.KeyFolder, "tls.crt"), patient.File(BackupWriter.KeyFolder, "tls.key"));

    private static void LookAt(X509Certificate2 certificate, string file, bool isOwn, Patient patient, DoctorReport report)
    {
        DateTimeOffset now = patient.Host.Time.GetUtcNow();
        var begins = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        var ends = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        const string Renew = "Renew it; the server reads it again by itself.";
        if (ends < now)
        {
            report.Problem($"The certificate '{file}' ended at {Human.Time(ends)}: nobody's client takes it.", Renew);
        }
        else if (ends - now < Soon)
        {
            report.Problem($"The certificate '{file}' ends at {Human.Time(ends)}, in {(ends - now).Days} days.", Renew);
        }

        if (begins > now)
        {
            report.Problem($"The certificate '{file}' is good from {Human.Time(begins)} on only.", "Perhaps the clock is wrong.");
        }

        if (!isOwn && patient.Options.Server.PublicUrl is { Scheme: "https", Host: var host } && !certificate.MatchesHostname(host))
        {
            report.Problem(
                $"The certificate '{file}' is not for {host}, which 'server.publicUrl' names.",
                "Get one that has this name among its alternative names.");
        }
    }

    private static string Read(Patient patient, string path) => Encoding.UTF8.GetString(patient.Disk.ReadAllBytes(path, MaxFileBytes));
}
