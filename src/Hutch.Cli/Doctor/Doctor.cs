using Hutch.Model;

namespace Hutch.Cli.Doctor;

/// <summary>Looks at an installation from all sides. Nothing is changed; a server that runs is asked.</summary>
internal static class Doctor
{
    private static readonly (string Name, bool NeedsFolder, Func<Installation, DoctorReport, CancellationToken, Task> Look)[] Checks =
    [
        ("configuration", false, Now(ConfigurationCheck.Look)),
        ("libraries", false, Now(LibraryCheck.Look)),
        ("data folder", false, Now(FolderCheck.Look)),
        ("format", true, Now(FormatCheck.Look)),
        ("file system", true, Now(FileSystemCheck.Look)),
        ("clock", true, Now(ClockCheck.Look)),
        ("databases", true, Now(DatabaseCheck.Look)),
        ("segments", true, Now(SegmentCheck.Look)),
        ("engine", false, EngineCheck.LookAsync),
        ("server", false, ServerCheck.LookAsync),
        ("certificate", false, Now(CertificateCheck.Look)),
        ("proxies", false, Now(ProxyCheck.Look)),
        ("backups", false, Now(BackupCheck.Look)),
        ("mail", false, MailCheck.LookAsync),
        ("message broker", false, BusCheck.LookAsync),
        ("login providers", false, ProviderCheck.LookAsync),
        ("open files", false, Now(OpenFileCheck.Look)),
    ];

    /// <summary>Makes every check, one after the other. What cannot be looked at is a finding too.</summary>
    internal static async Task<DoctorReport> ExamineAsync(Installation installation, CancellationToken cancellationToken)
    {
        var report = new DoctorReport();
        foreach ((string name, bool needsFolder, Func<Installation, DoctorReport, CancellationToken, Task> look) in Checks)
        {
            if (needsFolder && !installation.Exists)
            {
                continue;
            }

            report.Begin(name);
            try
            {
                await look(installation, report, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or HutchException)
            {
                report.Problem(
                    $"This check failed: {e.Message}",
                    "Run the command as the user of the server: `sudo -u hutch hutch doctor`.");
            }
        }

        return report;
    }

    private static Func<Installation, DoctorReport, CancellationToken, Task> Now(Action<Installation, DoctorReport> look) =>
        (installation, report, _) =>
        {
            look(installation, report);
            return Task.CompletedTask;
        };
}
