using Hutch.Commands.Output;
using Hutch.Datasets.Backups;

namespace Hutch.Cli.Doctor;

internal static class BackupCheck
{
    internal static void Run(Installation installation, DoctorReport report)
    {
        BackupOptions options = installation.Options.Backup;
        if (options.Folder is not { } folder)
        {
            report.Record(
                "The server makes no automatic backups.",
                "Set 'backup.folder' to a folder on another disk, or schedule `hutch backup create`.");
            return;
        }

        if (!new BackupFolder(installation.Disk, folder).Manifest(null).TryGet(out BackupManifest? newest, out HutchError? none))
        {
            report.Problem(
                $"There is no backup: {none.Message}", $"Run `hutch backup create '{folder}'`: it makes one, or says what prevents it.");
            return;
        }

        TimeSpan age = installation.Host.Time.GetUtcNow() - newest.Time;
        if (age > 2 * TimeSpan.FromHours(options.EveryHours))
        {
            report.Problem(
                $"The newest backup is from {Human.Time(newest.Time)}, but one is due every {options.EveryHours} hours.",
                "Check the backup jobs, in the portal or with `GET /api/v1/jobs`: they give the reason.");
        }

        // The data folder of one of several servers has nothing that is not elsewhere.
        if (!installation.IsServer && MountFacts.Read(folder)?.Point is { } there && there == MountFacts.Read(installation.Folder)?.Point)
        {
            report.Record(
                "Backups are on the same file system as the data: a failed disk destroys both.",
                "Use a folder on another disk, or copy them elsewhere with `rsync -aH`.");
        }
    }
}
