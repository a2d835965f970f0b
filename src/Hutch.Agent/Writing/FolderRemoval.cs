using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hutch.Agent.Rules;
using Hutch.Disk.Folders;
using Hutch.Model.Records;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Folders;

namespace Hutch.Agent.Writing;

/// <summary>
/// Removes registered files from a folder, each only when it is as it was registered: whatever else has come there stays, and no link is
/// followed. Who calls it knows that other sites hold them.
/// </summary>
/// <remarks>
/// A file is given a name of the agent's own first, and looked at once more: so nobody can put another file in its place between the look
/// and the removal. What is then another file gets its name back, or one beside it. What a stop leaves under the agent's name is seen to
/// the next time, by <see cref="Remove(IEnumerable{FolderStamp})"/> or by <see cref="RestoreNames(IEnumerable{FolderStamp})"/>.
/// </remarks>
public sealed class FolderRemoval
{
    private const int MaxNameBytes = 255;

    private readonly string _folder;
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);

    /// <summary>Begins with a folder.</summary>
    /// <param name="folder">Its path.</param>
    public FolderRemoval(string folder) => _folder = folder;

    /// <summary>What was done so far.</summary>
    public RemovedFiles Done { get; private set; } = new(0, 0);

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
                Outcome.Left => Done with { Left = Done.Left + 1 },
                _ => Done,
            };
        }
    }

    /// <summary>
    /// Gives those of the files their names back that a removal has left under the agent's own when it was cut off, whatever they are now.
    /// Durable on return.
    /// </summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public void RestoreNames(IEnumerable<FolderStamp> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (FolderStamp file in files)
        {
            using FolderHandle? folder = TryOpen(Above(file.Path.Value));
            if (folder?.Status(AsideOf(NameOf(file.Path.Value)), asksServer: true) is not null)
            {
                RestoreNames(folder, file.Path.Value);
                Done = Done with { Left = Done.Left + 1 };
            }
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
        string aside = AsideOf(name);
        if (folder.Status(aside, asksServer: true) is { } earlier)
        {
            return Finish(folder, file, aside, earlier);
        }

        if (folder.Status(name, asksServer: true) is not { } status)
        {
            return Outcome.Absent;
        }

        // In one step on every file system: nobody else has a file of the agent's name, so that none is overwritten.
        return status.Type == FileType.File && file.Stamp.Fits(FolderFileReader.StampOf(status))
            && folder.Move(name, folder, aside) == MoveOutcome.Done && folder.Status(aside, asksServer: true) is { } moved
            ? Finish(folder, file, aside, moved)
            : Outcome.Left;
    }

    /// <summary>The ctime of what is aside is that of the renaming.</summary>
    private Outcome Finish(FolderHandle folder, FolderStamp file, string aside, in FileStatus moved)
    {
        FileStamp seen = FolderFileReader.StampOf(moved) with { ChangedNanoseconds = file.Stamp.ChangedNanoseconds };
        if (moved.Type == FileType.File && file.Stamp.Fits(seen))
        {
            folder.Delete(aside);
            return Outcome.Removed;
        }

        RestoreNames(folder, file.Path.Value);
        return Outcome.Left;
    }

    /// <summary>Gives what is aside its name back, or one beside it that people see; nothing is overwritten.</summary>
    private void RestoreNames(FolderHandle folder, string path)
    {
        string name = NameOf(path);
        string aside = AsideOf(name);
        if (folder.TryRenameSafely(aside, name) != true)
        {
            int number = 1;
            while (!folder.TryRenameNew(aside, Beside(name, number)))
            {
                number++;
            }

            Done = Done with { Renamed = [.. Done.Renamed, path[..^name.Length] + Beside(name, number)] };
        }

        folder.Sync();
    }

    private static string AsideOf(string name) =>
        FolderRule.OwnPrefix + "removing-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16];

    /// <summary><c>NAME.kept</c>, <c>NAME.kept.2</c> and so on; the end of a name that is too long for that is cut off.</summary>
    private static string Beside(string name, int number)
    {
        string suffix = number == 1 ? ".kept" : string.Create(CultureInfo.InvariantCulture, $".kept.{number}");
        int length = name.Length;
        while (Encoding.UTF8.GetByteCount(name.AsSpan(0, length)) + suffix.Length > MaxNameBytes || char.IsHighSurrogate(name[length - 1]))
        {
            length--;
        }

        return name[..length] + suffix;
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
        Left,
    }
}

/// <summary>What became of the files of a folder.</summary>
/// <param name="Removed">How many were removed.</param>
/// <param name="Left">How many stay, as they have changed since they were registered, or were to stay after all.</param>
public sealed record RemovedFiles(long Removed, long Left)
{
    /// <summary>
    /// Where those that stay are now that could not get their names back without the danger of overwriting another file: beside them.
    /// </summary>
    public IReadOnlyList<string> Renamed { get; init; } = [];
}
