using Hutch.Agent.Watching;
using Hutch.Disk.Folders;
using Hutch.Model.Annex;

namespace Hutch.Agent.Adopting;

/// <summary>
/// Walks through the keys of a dataset in a RIA store, whichever way their directories are spelt, and then through those in its archive.
/// It follows no link. Blocks while the file system answers.
/// </summary>
/// <remarks>
/// Unlike a <see cref="FolderScan"/>, it retains nothing: keys never change in place, and a store has millions.
/// </remarks>
/// <param name="maxKeys">The number of keys at which it ends.</param>
/// <param name="omissions">Counts the names that are no keys.</param>
internal sealed class StoreKeyWalk(AdoptedFolder adopted, int maxKeys, OmissionCounter omissions)
{
    private const int HashLevels = 2;
    private const string NoKey = "not a key of git-annex";
    private const string Link = "symbolic link among the keys";

    private readonly HashSet<string> _unseen = new(StringComparer.Ordinal);
    private MountKind _mount = null!;
    private Action<StoredKeyFile> _found = null!;
    private HashSet<string>? _names;
    private long _keys;

    /// <summary>Paths that could not be read, so that the keys below them are unknown.</summary>
    public IReadOnlySet<string> Unseen => _unseen;

    /// <summary>True if the walk ended at the limit.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Gives each key to a visitor: at most one archived one for each name, and none that is also a file.</summary>
    public void Run(Action<StoredKeyFile> found, CancellationToken ct)
    {
        _found = found;
        var archive = new StoreArchive(adopted);
        _names = archive.IsThere ? new HashSet<string>(StringComparer.Ordinal) : null;
        if (SmallFile.FolderExists(adopted.Folder))
        {
            WalkFiles(ct);
        }

        if (archive.IsThere && !archive.TryList(Add, omissions))
        {
            _unseen.Add(RiaLayout.ArchiveFile);
        }
    }

    private void WalkFiles(CancellationToken ct)
    {
        try
        {
            using FolderHandle folder = FolderHandle.OpenWithoutLinks(adopted.Folder);
            _mount = MountKind.From(folder.Path);
            WalkHashes(folder, "", 0, ct);
        }
        catch (FileNotFoundException)
        {
            // Gone since the look before: the store has no such folder.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AddUnseen("");
        }
    }

    /// <summary>Walks through the directories that spread the keys, and the one of each key.</summary>
    private void WalkHashes(FolderHandle folder, string path, int level, CancellationToken ct)
    {
        var entries = new List<(FolderEntry Entry, FileType Type)>();
        folder.AddEntriesTo(entries);
        foreach ((FolderEntry entry, FileType type) in entries)
        {
            ct.ThrowIfCancellationRequested();
            string below = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            if (IsTooLarge)
            {
                return;
            }

            if (!entry.IsUtf8)
            {
                Omit(OmissionCounter.ReasonOf(ScanFault.NotUtf8), below);
            }
            else if (type != FileType.Folder)
            {
                Omit(type == FileType.SymbolicLink ? Link : NoKey, below);
            }
            else
            {
                WalkBelow(folder, entry.Name, below, level, ct);
            }
        }
    }

    private void WalkBelow(FolderHandle folder, string name, string path, int level, CancellationToken ct)
    {
        try
        {
            using FolderHandle? below = folder.TryOpenFolder(name);
            if (below is null)
            {
                return; // gone since it was listed
            }

            if (level < HashLevels)
            {
                WalkHashes(below, path, level + 1, ct);
            }
            else
            {
                AddKey(below, name, $"{path}/{name}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AddUnseen(path);
        }
    }

    private void AddKey(FolderHandle folder, string name, string path)
    {
        if (folder.Status(name) is not { } status)
        {
            Omit(NoKey, path);
        }
        else if (status.Type != FileType.File)
        {
            Omit(status.Type == FileType.SymbolicLink ? Link : NoKey, path);
        }
        else
        {
            Add(name, path, _mount.Stamp(status));
        }
    }

    private void Add(string name, string path, FileStamp stamp)
    {
        if (KeyName.Parse(name) is not { } key || !DatasetPath.Parse(path).TryGet(out DatasetPath place, out _))
        {
            Omit(NoKey, path);
        }
        else if (KeyDigest.FindRefusal(key) is not null)
        {
            Omit("key without a digest that its bytes can be compared with", path);
        }
        else if (key.Size is { } size && size != stamp.Size)
        {
            Omit("other size than its key says", path);
        }
        else if (_keys >= maxKeys)
        {
            IsTooLarge = true;
        }
        else if (_names?.Add(key.Name) ?? true)
        {
            _keys++;
            _found(new StoredKeyFile(place, stamp, key));
        }
    }

    private void Omit(string reason, string path) => omissions.Add(reason, 1, Path.Combine(adopted.Folder, path));

    private void AddUnseen(string path)
    {
        _unseen.Add(path);
        Omit(OmissionCounter.ReasonOf(ScanFault.Unreadable), path);
    }
}

/// <summary>A key in a store.</summary>
/// <param name="Path">Its path in records: below the folder of keys, or that of an <see cref="ArchivedKey"/>.</param>
/// <param name="Stamp">Its size, and the times of its file or archive.</param>
internal readonly record struct StoredKeyFile(DatasetPath Path, FileStamp Stamp, KeyName Key)
{
    public FolderChange Change => FolderChange.File(Path, Stamp);
}
