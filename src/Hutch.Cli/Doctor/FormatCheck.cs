using Hutch.Api.Hosting;
using Hutch.Disk;

namespace Hutch.Cli.Doctor;

/// <summary>Whether this program can open the folder.</summary>
internal static class FormatCheck
{
    internal static void Look(Patient patient, DoctorReport report)
    {
        try
        {
            if (DataVersion.Read(patient.Disk, patient.Folder) is not { } version)
            {
                report.Problem(
                    $"'{patient.Folder}' has no file {DataVersion.FileName}: it is no data folder, or a part of one.",
                    "Name the right folder with --data; if this one was served before, restore the file from a backup.");
            }
            else if (version.NeedsUpgrade(DataFormat.Current, patient.Folder))
            {
                report.Note(
                    $"The folder has format {version.Format}, this program writes {DataFormat.Current}.",
                    "The next start upgrades it, after a copy: see docs/operations/install.md.");
            }
        }
        catch (IOException e)
        {
            report.Problem(e.Message, "Nothing is served before that.");
        }
    }
}
