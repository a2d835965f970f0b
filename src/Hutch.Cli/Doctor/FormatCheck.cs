using Hutch.Server;

namespace Hutch.Cli.Doctor;

internal static class FormatCheck
{
    internal static void Run(Installation installation, DoctorReport report)
    {
        try
        {
            if (DataVersion.Read(installation.Disk, installation.Folder) is not { } version)
            {
                report.Problem(
                    $"'{installation.Folder}' has no file {DataVersion.FileName}: it is not a data folder, or it is incomplete.",
                    "Pass the right folder with --data; if this is the right one, restore the file from a backup.");
            }
            else if (version.NeedsUpgrade(DataFormat.Current, installation.Folder))
            {
                report.Record(
                    $"The folder has format {version.Format}; this version uses format {DataFormat.Current}.",
                    "The next start of the server copies the databases and upgrades it. `hutch upgrade --back` restores the copy.");
            }
        }
        catch (IOException e)
        {
            report.Problem(e.Message, "The server does not start before that.");
        }
    }
}
