using Hutch.Cli.Configuration;
using Hutch.Datasets.Backups;
using Hutch.Zone.Accounts;

namespace Hutch.Cli.Doctor;

/// <summary>Checks the data folder: its existence, its owner, and the users that can read its content.</summary>
internal static class FolderCheck
{
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    internal static void Run(Installation installation, DoctorReport report)
    {
        string folder = installation.Folder;
        if (!installation.Exists)
        {
            report.Problem(
                installation.Facts is null ? $"The data folder '{folder}' does not exist." : $"'{folder}' is not a folder.",
                "`hutch serve` creates it; choose another with --data or 'server.data'. "
                + "To check your login to a server elsewhere: `hutch whoami`.");
            return;
        }

        if (installation.IsHidden)
        {
            report.Problem(
                $"The current user may not look into '{folder}': neither its content nor a server that has it open was checked.",
                ServiceUnit.HowToRun);
            return;
        }

        FileFacts facts = installation.Facts!.Value;
        if ((facts.Mode & OfOthers) != 0)
        {
            report.Problem($"Other users of this machine can enter '{folder}' (mode {Octal(facts.Mode)}).", $"chmod 700 '{folder}'");
        }

        if (!installation.IsOwn)
        {
            report.Record(
                $"The folder belongs to user {facts.Owner}, but this command runs as user {FileFacts.CurrentUser}: "
                + "the databases were not checked.",
                "Run it as the owner: `sudo -u hutch hutch doctor`.");
        }

        CheckContents(installation, facts.Owner, report);
        if (installation.Disk.FileExists(installation.File(BackupRestorer.UnfinishedName)))
        {
            report.Problem("A restore into this folder did not finish: the folder is unusable.", "Delete it and restore the backup again.");
        }

        if (installation.Disk.FileExists(installation.File(AdminAccount.TokenFileName)))
        {
            report.Problem(
                $"The first administrator's token is still in {AdminAccount.TokenFileName}: anyone who reads it is the administrator.",
                $"Log in with it (`hutch login URL < {installation.File(AdminAccount.TokenFileName)}`), then delete the file.");
        }
    }

    private static void CheckContents(Installation installation, uint owner, DoctorReport report)
    {
        foreach (string folder in new[] { installation.Folder, installation.File(BackupWriter.KeyFolder), installation.File("segments") })
        {
            (string Name, FileFacts Facts)[] files =
            [
                .. installation.Disk.ListFiles(folder)
                    .Select(name => (name, FileFacts.Read(Path.Combine(folder, name))))
                    .Where(file => file.Item2 is not null)
                    .Select(file => (file.name, file.Item2!.Value)),
            ];
            string[] strange = [.. files.Where(file => file.Facts.Owner != owner).Select(file => file.Name)];
            if (strange.Length > 0)
            {
                report.Problem(
                    $"{Some(strange)} in '{folder}' {(strange.Length == 1 ? "belongs" : "belong")} to another user than the data folder: "
                    + "the server may be unable to write there.",
                    $"chown -R --reference='{installation.Folder}' '{installation.Folder}'");
            }

            string[] open =
                [.. files.Where(file => file.Facts.IsOpenToOthers && IsSecret(folder, installation, file.Name)).Select(file => file.Name)];
            if (open.Length > 0)
            {
                report.Problem(
                    $"Other users of this machine can read secrets: {Some(open)} in '{folder}'.",
                    $"chmod 600 {string.Join(' ', open.Select(name => $"'{Path.Combine(folder, name)}'"))}");
            }
        }
    }

    /// <summary>Everything in the folder of keys but certificates; of the data folder what holds keys, tokens or accounts.</summary>
    private static bool IsSecret(string folder, Installation installation, string name) =>
        folder == installation.File(BackupWriter.KeyFolder)
        ? !name.EndsWith(".crt", StringComparison.Ordinal)
        : folder == installation.Folder && (name.StartsWith("zone.db", StringComparison.Ordinal)
            || name.EndsWith(".token", StringComparison.Ordinal)
            || name.EndsWith(".key", StringComparison.Ordinal));

    private static string Some(string[] names) =>
        names.Length <= 3
            ? string.Join(", ", names)
            : string.Create(CultureInfo.InvariantCulture, $"{names[0]}, {names[1]} and {names.Length - 2} more");

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}
