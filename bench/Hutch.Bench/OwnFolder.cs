using System.Diagnostics;

namespace Hutch.Bench;

/// <summary>A folder that a benchmark has made.</summary>
internal static class OwnFolder
{
    /// <summary>Deletes it. git-annex takes the right to write from its files and their folders, and then only root can.</summary>
    public static void Delete(string folder)
    {
        using (Process chmod = Process.Start("chmod", ["-R", "u+w", folder]))
        {
            chmod.WaitForExit();
        }

        Directory.Delete(folder, recursive: true);
    }
}
