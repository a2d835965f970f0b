using Hutch.Disk.Folders;
using Hutch.Model.Ignoring;

namespace Hutch.Commands.Jobs.Attempts;

/// <summary>The folder of one command at a time: for its results and its log.</summary>
internal sealed class CommandFolder(string path)
{
    internal const string LogName = "hutch-run.log";

    internal string Output => Path.Combine(path, "output");

    internal string LogPath => Path.Combine(path, LogName);

    /// <summary>The working folder outside of the sandbox.</summary>
    internal string Outside => path;

    /// <summary>Makes an empty folder for results.</summary>
    internal void Renew()
    {
        SmallFile.DeleteTree(Output);
        Directory.CreateDirectory(Output);
    }

    /// <summary>Moves the log to the results. The command may have left anything at its path.</summary>
    internal void KeepLog()
    {
        string kept = Path.Combine(Output, LogName);
        if (!Directory.Exists(kept) && File.Exists(LogPath))
        {
            File.Delete(kept);
            File.Move(LogPath, kept);
        }
    }

    /// <summary>Returns the first pattern of a required file that no file matches; null if there is none.</summary>
    internal string? FindMissing(IReadOnlyList<string> patterns)
    {
        var missing = new List<string>(patterns);
        foreach (string path in Files())
        {
            missing.RemoveAll(pattern => new IncludeFilter([pattern]).Wants(path, isFolder: false));
            if (missing.Count == 0)
            {
                return null;
            }
        }

        return missing.FirstOrDefault();
    }

    /// <summary>Returns true if the results have more files, links and folders than a program may leave.</summary>
    internal bool HasMoreThan(int most) => Entries(0).Take(most + 100)
        .Count(static path => !path.Contains("/.hutch/", StringComparison.Ordinal)) > most;

    private IEnumerable<string> Files() => Entries(FileAttributes.Directory)
        .Select(file => Path.GetRelativePath(Output, file))
        .Where(static file => !file.StartsWith(".hutch/", StringComparison.Ordinal));

    private IEnumerable<string> Entries(FileAttributes skipped) => Directory.EnumerateFileSystemEntries(
        Output, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = skipped });
}
