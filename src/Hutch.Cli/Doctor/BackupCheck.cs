using Hutch.Cli.Output;
using Hutch.Datasets.Backups;
using Hutch.Disk;
using Hutch.Model;

namespace Hutch.Cli.Doctor;

/// <summary>Whether there is a backup, and how old it is.</summary>
internal static class BackupCheck
{
    internal static void Look(Patient patient, DoctorReport report)
    {
        BackupOptions options = patient.Options.Backup;
        if (options.Folder is not { } folder)
        {
            report.Note(
                "The server makes no backups by itself.",
                "Set 'backup.folder' to a folder on another disk, or run `hutch backup create` by the clock.");
            return;
        }

        if (!new BackupFolder(patient.Disk, folder).Manifest(null).TryGet(out BackupManifest? newest, out HutchError? none))
        {
            report.Problem(
                $"There is no backup: {none.Message}", $"`hutch backup create '{folder}'` makes one and says what is in the way.");
            return;
        }

        TimeSpan age = patient.Host.Time.GetUtcNow() - newest.Time;
        if (age > 2 * TimeSpan.FromHours(options.EveryHours))
        {
            report.Problem(
                $"The newest backup is of {Human.Time(newest.Time)}, and one is due every {options.EveryHours} hours.",
                "Look at the jobs of kind 'backup' (portal, or `GET /api/v1/jobs`): they say why there is no newer one.");
        }

        if (MountFacts.Of(folder)?.Point is { } there && there == MountFacts.Of(patient.Folder)?.Point)
        {
            report.Note(
                "Backups are on the same file system as the data: they do not help when its disk dies.",
                "Name a folder on another disk, or copy them away with `rsync -aH`.");
        }
    }
}
