using Hutch.Cli.Configuration;

namespace Hutch.Cli.Doctor;

/// <summary>Looks at an installation from all sides. Nothing is changed; a server that runs is asked.</summary>
internal static class Doctor
{
    private static readonly (string Name, bool NeedsFolder, Func<Installation, DoctorReport, CancellationToken, Task> Look)[] Checks =
    [
        ("configuration", false, Now(ConfigurationCheck.Run)),
        ("libraries", false, Now(LibraryCheck.Run)),
        ("data folder", false, Now(FolderCheck.Run)),
        ("format", true, Now(FormatCheck.Run)),
        ("file system", true, Now(FileSystemCheck.Run)),
        ("clock", true, Now(ClockCheck.Run)),
        ("databases", true, Now(DatabaseCheck.Run)),
        ("segments", true, Now(SegmentCheck.Run)),
        ("engine", false, EngineCheck.RunAsync),
        ("bucket", true, BucketCheck.RunAsync),
        ("server", false, ServerCheck.RunAsync),
        ("programs", false, Now(ProgramCheck.Run)),
        ("certificate", false, Now(CertificateCheck.Run)),
        ("proxies", false, Now(ProxyCheck.Run)),
        ("backups", false, Now(BackupCheck.Run)),
        ("mail", false, MailCheck.RunAsync),
        ("message broker", false, BusCheck.RunAsync),
        ("login providers", false, ProviderCheck.RunAsync),
        ("watched folders", false, Now(WatchedFolderCheck.Run)),
        ("open files", false, Now(OpenFileCheck.Run)),
    ];

    /// <summary>Makes every check, one after the other. What cannot be looked at is a finding too.</summary>
    internal static async Task<DoctorReport> ExamineAsync(Installation installation, CancellationToken cancellationToken)
    {
        var report = new DoctorReport();
        foreach ((string name, bool needsFolder, Func<Installation, DoctorReport, CancellationToken, Task> look) in Checks)
        {
            if (needsFolder && (!installation.Exists || installation.IsHidden))
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
                report.Problem($"This check failed: {e.Message}", ServiceUnit.HowToRun);
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
