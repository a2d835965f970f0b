using Hutch.Agent.Survey;
using Hutch.Cli.Configuration;

namespace Hutch.Cli.Doctor;

/// <summary>Checks that the folders that the agent watches exist, can be read, and can be written where a block is due.</summary>
internal static class WatchedFolderCheck
{
    internal static void Run(Installation installation, DoctorReport report)
    {
        HutchConfiguration options = installation.Options;
        foreach (string missing in FolderSurvey.FindMissing(options.Agent).Concat(FolderSurvey.FindMissing(options.Adopt)))
        {
            report.Problem(missing, "Correct the path, mount the disk, or give the user of the server the right to read the folder.");
        }

        foreach (string readOnly in FolderSurvey.FindReadOnly(installation.Options.Agent))
        {
            report.Problem(
                readOnly, "Let the user of the server write there (`ReadWritePaths` of the unit, an ACL), or set 'agent.sideFolder'.");
        }
    }
}
