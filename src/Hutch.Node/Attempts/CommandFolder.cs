using System.IO.Enumeration;
using Hutch.Disk.Folders;
using Hutch.Model.Ignoring;

namespace Hutch.Node.Attempts;

/// <summary>The folder of one command at a time: for its results and its log.</summary>
public sealed class CommandFolder(string path)
{
    public const string LogName = "hutch-run.log";

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
        string target = Path.Combine(Output, LogName);
        if (!Directory.Exists(target) && File.Exists(LogPath))
        {
            File.Delete(target);
            File.Move(LogPath, target);
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
    internal bool HasMoreThan(int most) => Entries(Output, static (ref FileSystemEntry _) => true).Take(most + 100)
        .Count(static path => !path.Contains("/.hutch/", StringComparison.Ordinal)) > most;

    /// <summary>Returns the size of all files in the results. Those that the command removes or hides meanwhile do not count.</summary>
    internal long BytesOfResults()
    {
        try
        {
            return new FileSystemEnumerable<long>(Output, static (ref FileSystemEntry entry) => IsLink(ref entry) ? 0 : entry.Length, Below)
            {
                ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
                ShouldRecursePredicate = IsFollowed,
            }.Sum();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // a folder that has just gone; the next count sees the rest
        }
    }

    /// <summary>Returns the paths of all files in a folder, relative to it, without links.</summary>
    public static IEnumerable<string> FilesBelow(string folder) =>
        Entries(folder, static (ref FileSystemEntry entry) => !entry.IsDirectory && !IsLink(ref entry))
            .Select(file => Path.GetRelativePath(folder, file));

    private IEnumerable<string> Files() =>
        FilesBelow(Output).Where(static file => !file.StartsWith(".hutch/", StringComparison.Ordinal));

    // A link is stored as a link. Its target is no result: it may be the whole machine, or a folder above the link.
    private static FileSystemEnumerable<string> Entries(string folder, FileSystemEnumerable<string>.FindPredicate isWanted) => new(
        folder, static (ref FileSystemEntry entry) => entry.ToFullPath(), Below)
    {
        ShouldIncludePredicate = isWanted,
        ShouldRecursePredicate = IsFollowed,
    };

    private static EnumerationOptions Below => new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    private static bool IsFollowed(ref FileSystemEntry entry) => entry.IsDirectory && !IsLink(ref entry);

    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;
}
