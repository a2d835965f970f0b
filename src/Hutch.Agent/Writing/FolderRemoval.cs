using System.Security.Cryptography;
using Hutch.Agent.Rules;
using Hutch.Site.Write.Blobs;

namespace Hutch.Agent.Writing;

/// <summary>
/// Removes registered files from a folder, each only if it is unchanged since its registration. Other files stay, and no link is followed.
/// The caller has checked that other sites hold them.
/// </summary>
/// <remarks>
/// A file first gets a name of the agent's own and is checked once more: so no other file can take its place between the check and the
/// removal. If it turns out to be another file, it gets its name back, or one next to it. The next run handles files that a stop leaves
/// under the agent's names, by <see cref="Remove(IEnumerable{FolderStamp})"/> or by <see cref="RestoreNames(IEnumerable{FolderStamp})"/>.
/// </remarks>
public sealed class FolderRemoval
{
    private const int MaxNameBytes = 255;

    private readonly string _folder;
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);

    public FolderRemoval(string folder) => _folder = folder;

    public RemovedFiles Done { get; private set; } = new(0, 0);

    /// <exception cref="IOException">The file system failed; removed files stay removed.</exception>
    public void Remove(IEnumerable<FolderStamp> files)
    {
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

        // In one step on every file system: only the agent uses names of this form, so that no file is overwritten.
        return status.Type == FileType.File && file.Stamp.Fits(FolderFileReader.StampOf(status))
            && folder.Move(name, folder, aside) == MoveOutcome.Done && folder.Status(aside, asksServer: true) is { } moved
            ? Finish(folder, file, aside, moved)
            : Outcome.Left;
    }

    /// <summary>Removes a file that was set aside if it is unchanged. Its ctime is that of the renaming and is not compared.</summary>
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

    /// <summary>Gives a file that was set aside its name back, or a visible one next to it; nothing is overwritten.</summary>
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

/// <param name="Left">The number of files that stay, as they have changed since their registration, or must stay after all.</param>
public sealed record RemovedFiles(long Removed, long Left)
{
    /// <summary>
    /// The current paths of files that stay but could not get their names back without the risk of overwriting another file.
    /// </summary>
    public IReadOnlyList<string> Renamed { get; init; } = [];
}
