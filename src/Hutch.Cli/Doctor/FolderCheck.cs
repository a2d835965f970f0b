using System.Globalization;
using Hutch.Datasets.Backups;
using Hutch.Disk;
using Hutch.Zone.Accounts;

namespace Hutch.Cli.Doctor;

/// <summary>The data folder: whether it is there, whose it is, who can read what is in it.</summary>
internal static class FolderCheck
{
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    internal static void Look(Patient patient, DoctorReport report)
    {
        string folder = patient.Folder;
        if (!patient.Exists)
        {
            report.Problem(
                patient.Facts is null ? $"There is no data folder '{folder}'." : $"'{folder}' is no folder.",
                "`hutch serve` makes one; name another with --data, or in the configuration as 'server.data'.");
            return;
        }

        FileFacts facts = patient.Facts!.Value;
        if ((facts.Mode & OfOthers) != 0)
        {
            report.Problem($"Others on this machine can enter '{folder}' (mode {Octal(facts.Mode)}).", $"chmod 700 '{folder}'");
        }

        if (!patient.IsOwn)
        {
            report.Note(
                $"The folder belongs to user {facts.Owner}, and this command runs as user {FileFacts.CurrentUser}: "
                + "the databases were not opened.",
                "Run it as the owner, such as `sudo -u hutch hutch doctor`.");
        }

        LookInside(patient, facts.Owner, report);
        if (patient.Disk.FileExists(patient.File(BackupRestorer.UnfinishedName)))
        {
            report.Problem("A restore into this folder was not finished: it is no data folder.", "Remove it and restore the backup again.");
        }

        if (patient.Disk.FileExists(patient.File(AdminAccount.TokenFileName)))
        {
            report.Problem(
                $"The first administrator's token still lies in {AdminAccount.TokenFileName}: whoever reads it is the administrator.",
                $"Log in with it (`hutch login URL < {patient.File(AdminAccount.TokenFileName)}`), then remove the file.");
        }
    }

    private static void LookInside(Patient patient, uint owner, DoctorReport report)
    {
        foreach (string folder in new[] { patient.Folder, patient.File(BackupWriter.KeyFolder), patient.File("segments") })
        {
            (string Name, FileFacts Facts)[] files =
            [
                .. patient.Disk.ListFiles(folder)
                    .Select(name => (name, FileFacts.Of(Path.Combine(folder, name))))
                    .Where(file => file.Item2 is not null)
                    .Select(file => (file.name, file.Item2!.Value)),
            ];
            string[] strange = [.. files.Where(file => file.Facts.Owner != owner).Select(file => file.Name)];
            if (strange.Length > 0)
            {
                report.Problem(
                    $"{Some(strange)} in '{folder}' {(strange.Length == 1 ? "belongs" : "belong")} to another user than the data folder: "
                    + "the server may not be able to write there.",
                    $"chown -R --reference='{patient.Folder}' '{patient.Folder}'");
            }

            string[] open =
                [.. files.Where(file => file.Facts.IsOpenToOthers && IsSecret(folder, patient, file.Name)).Select(file => file.Name)];
            if (open.Length > 0)
            {
                report.Problem(
                    $"Others on this machine can read secrets: {Some(open)} in '{folder}'.",
                    $"chmod 600 {string.Join(' ', open.Select(name => $"'{Path.Combine(folder, name)}'"))}");
            }
        }
    }

    /// <summary>Everything in the folder of keys but certificates; of the data folder what holds keys, tokens or accounts.</summary>
    private static bool IsSecret(string folder, Patient patient, string name) => folder == patient.File(BackupWriter.KeyFolder)
        ? !name.EndsWith(".crt", StringComparison.Ordinal)
        : folder == patient.Folder && (name.StartsWith("zone.db", StringComparison.Ordinal)
            || name.EndsWith(".token", StringComparison.Ordinal)
            || name.EndsWith(".key", StringComparison.Ordinal));

    private static string Some(string[] names) =>
        names.Length <= 3
            ? string.Join(", ", names)
            : string.Create(CultureInfo.InvariantCulture, $"{names[0]}, {names[1]} and {names.Length - 2} more");

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}
