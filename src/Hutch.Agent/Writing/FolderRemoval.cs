using System.Security.Cryptography;
using System.Text;
using Hutch.Agent.Rules;
using Hutch.Disk.Folders;
using Hutch.Model.Records;
using Hutch.Site.Blobs;
using Hutch.Site.Folders;

namespace Hutch.Agent.Writing;

/// <summary>
/// Removes registered files from a folder, each only when it is as it was registered: whatever else has come there stays, and no link is
/// followed. Who calls it knows that other sites hold them.
/// </summary>
/// <remarks>
/// A file is given a name of the agent's own first, and looked at once more: so nobody can put another file in its place between the look
/// and the removal. What a stop leaves under that name is seen to the next time.
/// </remarks>
public sealed class FolderRemoval
{
    private readonly string _folder;
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);

    /// <summary>Begins with a folder.</summary>
    /// <param name="folder">Its path.</param>
    public FolderRemoval(string folder) => _folder = folder;

    /// <summary>What was done so far.</summary>
    public RemovedFiles Done { get; private set; }

    /// <summary>Removes files.</summary>
    /// <exception cref="IOException">The file system failed; what was removed is removed.</exception>
    public void Remove(IEnumerable<FolderStamp> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (FolderStamp file in files)
        {
            Outcome outcome = Remove(file);
            Done = outcome switch
            {
                Outcome.Removed => Done with { Removed = Done.Removed + 1 },
                Outcome.Kept => Done with { Kept = Done.Kept + 1 },
                _ => Done,
            };
        }
    }

    /// <summary>Removes the folders below that files have left and that are empty now; durable on return.</summary>
    public void RemoveEmptyFolders()
    {
        foreach (string path in _left.OrderByDescending(static path => path.Length))
        {
            using FolderHandle? folder = TryOpen(path);
            folder?.Sync();
            if (path.Length > 0)
            {
                using FolderHandle? above = TryOpen(Above(path));
                above?.DeleteFolder(NameOf(path));
            }
        }
    }

    private Outcome Remove(FolderStamp file)
    {
        string path = file.Path.Value;
        using FolderHandle? folder = TryOpen(Above(path));
        if (folder is null)
        {
            return Outcome.Absent;
        }

        // The folders above may be empty by then, too.
        for (string above = Above(path); _left.Add(above) && above.Length > 0; above = Above(above))
        {
        }

        string name = NameOf(path);
        string aside = FolderRule.OwnPrefix + "removing-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16];
        if (folder.Status(aside) is { } earlier)
        {
            return Finish(folder, name, aside, earlier, file.Stamp);
        }

        if (folder.Status(name, asksServer: true) is not { } status)
        {
            return Outcome.Absent;
        }

        return status.Type == FileType.File && file.Stamp.Fits(FolderFileReader.StampOf(status)) && folder.TryRenameNew(name, aside)
            && folder.Status(aside) is { } moved
            ? Finish(folder, name, aside, moved, file.Stamp)
            : Outcome.Kept;
    }

    /// <summary>A file that another has taken the place of gets its name back. Its ctime is that of the renaming.</summary>
    private static Outcome Finish(FolderHandle folder, string name, string aside, in FileStatus moved, FileStamp registered)
    {
        FileStamp seen = FolderFileReader.StampOf(moved) with { ChangedNanoseconds = registered.ChangedNanoseconds };
        if (moved.Type == FileType.File && registered.Fits(seen))
        {
            folder.Delete(aside);
            return Outcome.Removed;
        }

        folder.TryRenameNew(aside, name);
        return Outcome.Kept;
    }

    /// <summary>The folder of the dataset, or one below it by its path; null where there is none, or a link.</summary>
    private FolderHandle? TryOpen(string path)
    {
        FolderHandle? folder = FolderHandle.Open(_folder);
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using FolderHandle above = folder;
            folder = above.TryOpenFolder(name);
            if (folder is null)
            {
                return null;
            }
        }

        return folder;
    }

    private static string Above(string path) => path.LastIndexOf('/') is > 0 and int at ? path[..at] : "";

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private enum Outcome
    {
        Absent,
        Removed,
        Kept,
    }
}

/// <summary>What became of the files of a folder.</summary>
/// <param name="Removed">How many were removed.</param>
/// <param name="Kept">How many stay, as they have changed since they were registered.</param>
public readonly record struct RemovedFiles(long Removed, long Kept);
