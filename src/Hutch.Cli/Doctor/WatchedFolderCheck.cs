using Hutch.Agent.Survey;

namespace Hutch.Cli.Doctor;

/// <summary>Checks that the folders that the agent watches exist and can be read.</summary>
internal static class WatchedFolderCheck
{
    internal static void Run(Installation installation, DoctorReport report)
    {
        foreach (string missing in FolderSurvey.FindMissing(installation.Options.Agent))
        {
            report.Problem(missing, "Correct the path, mount the disk, or give the user of the server the right to read the folder.");
        }
    }
}
