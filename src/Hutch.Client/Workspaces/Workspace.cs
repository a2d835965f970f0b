using Hutch.Model.Ignoring;

namespace Hutch.Client.Workspaces;

/// <summary>
/// A folder of the user's that belongs to a dataset: everything of ours in it is under <c>.hutch</c>. Dispose it when done. One process at
/// a time may change it, which takes its lock first.
/// </summary>
public sealed class Workspace : IDisposable
{
    public const string ControlFolder = ".hutch";

    /// <summary>The prefix of incomplete files that could not be written elsewhere.</summary>
    internal const string TemporaryPrefix = ".hutch-part-";

    private const string TemporaryFolder = "tmp";

    private readonly TimeProvider _time;
    private SafeFileHandle? _lock;
    private StatIndex? _index;
    private BaseTree? _base;
    private bool? _keepsModes;
    private bool? _makesLinks;
    private NameProbe? _names;
    private Dictionary<string, LeftOutPath>? _leftOut;
    private IgnoreList _exclude = IgnoreList.Parse([]);

    private Workspace(string path, WorkspaceConfig config, TimeProvider time)
    {
        Path = path;
        Config = config;
        _time = time;
        Root = FolderHandle.Open(path);
        Control = FolderHandle.Open(Own(""));
        Temporary = Control.TryMakeFolder(TemporaryFolder) ? Control.TryOpenFolder(TemporaryFolder)! : throw Damaged(TemporaryFolder);
    }

    public string Path { get; }

    public WorkspaceConfig Config { get; private set; }

    /// <summary>Number of the snapshot it was last the same as; null before the first push or pull.</summary>
    public long? BaseSnapshot => Base.Snapshot;

    /// <summary>Paths that changed on both sides and wait for a decision.</summary>
    public IReadOnlyList<PullConflict> Conflicts =>
        JsonLines.Head(Own("conflicts"), WorkspaceJson.Default.FileHeader) is null
            ? []
            : [.. JsonLines.Items(Own("conflicts"), WorkspaceJson.Default.PullConflict)];

    /// <summary>Paths of the dataset that the disk cannot hold: neither here nor in the base. A push leaves them alone.</summary>
    internal IReadOnlyDictionary<string, LeftOutPath> LeftOut =>
        _leftOut ??= JsonLines.Head(Own("left-out"), WorkspaceJson.Default.FileHeader) is null
            ? []
            : JsonLines.Items(Own("left-out"), WorkspaceJson.Default.LeftOutPath).ToDictionary(one => one.Path, StringComparer.Ordinal);

    internal TimeProvider Time => _time;

    internal FolderHandle Root { get; }

    internal FolderHandle Control { get; }

    /// <summary>
    /// The permissions of a new file here, taken from Hutch's own folder: those of the user's mask when the directory was made, or
    /// those that were set on all of it later.
    /// </summary>
    internal int NewFileMode => Control.Status().Mode & RestrictedMode.ReadWrite;

    internal FolderHandle Temporary { get; }

    /// <summary>False on a disk without permissions of Unix, where files keep those of the dataset.</summary>
    internal bool KeepsModes => _keepsModes ??= Temporary.KeepsModes();

    /// <summary>False on a disk without links that other programs can follow.</summary>
    internal bool MakesLinks => _makesLinks ??= Temporary.MakesLinks();

    /// <summary>True if links of the dataset may be missing because the directory was copied to a disk without links.</summary>
    internal bool LosesLinks => Config.LinkFiles != true && !MakesLinks;

    /// <summary>The names that the disk can hold.</summary>
    internal NameProbe Names => _names ??= new NameProbe(Temporary, Nfc.Normalize);

    /// <summary>The number of items of one kind that a command holds in memory; others wait on the disk.</summary>
    internal int Held { get; set; } = 16_384;

    internal StatIndex Index => _index ??= StatIndex.Open(Own("index"), Temporary, Held, _time);

    internal BaseTree Base => _base ??= BaseTree.Open(Own("base"));

    /// <summary>The working directory that a folder is in: the folder itself, or the nearest above it. Null when there is none.</summary>
    public static Workspace? Find(string start, TimeProvider? time = null)
    {
        for (string? folder = System.IO.Path.GetFullPath(start); folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (TryOpen(folder, time) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The working directory at a folder; null when it is none.</summary>
    public static Workspace? TryOpen(string folder, TimeProvider? time = null)
    {
        string path = System.IO.Path.GetFullPath(folder);
        string config = System.IO.Path.Combine(path, ControlFolder, "config");
        if (SmallFile.TryRead(config) is not { } bytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, WorkspaceJson.Default.WorkspaceConfig) is { } read
                ? new Workspace(path, read, time ?? TimeProvider.System)
                : throw Damaged("config");
        }
        catch (JsonException)
        {
            throw Damaged(config);
        }
    }

    /// <summary>Makes a folder, which may exist, a working directory.</summary>
    public static Workspace Create(string folder, WorkspaceConfig config, TimeProvider? time = null)
    {
        string path = System.IO.Path.GetFullPath(folder);
        string control = System.IO.Path.Combine(path, ControlFolder);
        if (SmallFile.TryRead(System.IO.Path.Combine(control, "config")) is not null)
        {
            throw ErrorCode.AlreadyExists.With($"{Display.Quote(path)} is already a working directory.").ToException();
        }

        SmallFile.MakeFolder(control);
        WriteConfig(control, config);
        var made = new Workspace(path, config, time ?? TimeProvider.System);
        if (!made.MakesLinks)
        {
            made.SetConfig(config with { LinkFiles = true });
        }

        return made;
    }

    /// <summary>Takes the lock until it is disposed of. Throws when another process has it.</summary>
    public void Lock()
    {
        if (_lock is not null)
        {
            return;
        }

        SafeFileHandle file = Control.OpenOrCreateFile("lock");
        if (!FolderHandle.TryLock(file))
        {
            string holder = LockHolder.Read(file);
            file.Dispose();
            throw (ErrorCode.Unavailable with { Advice = $"Wait for it, or stop {holder}." }).With(
                $"Another hutch command is working in {Display.Quote(Path)}.").ToException();
        }

        LockHolder.Write(file);

        _lock = file;
    }

    /// <summary>Returns true if the dataset has an empty directory at a folder, or had one: the place of a dataset of its own.</summary>
    public bool IsSubdataset(string folder)
    {
        using BaseLookup lookup = Base.OpenLookup();
        return lookup.Has(System.IO.Path.GetRelativePath(Path, folder).Replace(System.IO.Path.DirectorySeparatorChar, '/'));
    }

    /// <summary>Ignores, as long as this is open, what matches a pattern as in <c>.hutchignore</c>. Throws when one is malformed.</summary>
    public void Exclude(IEnumerable<string> patterns) => _exclude = IgnoreList.ParseOptions(patterns);

    /// <summary>Replaces the configuration, atomically.</summary>
    public void SetConfig(WorkspaceConfig config)
    {
        WriteConfig(Own(""), config);
        Config = config;
    }

    /// <summary>Removes Hutch's own files: the folder is then a plain one. Call it with the lock, and dispose this afterwards.</summary>
    internal void DeleteControlFolder()
    {
        // Windows keeps a folder as long as a file in it is open: the lock goes before its folder, after everything else.
        SmallFile.Delete(Own("config"));
        Unlock();
        Directory.Delete(Own(""), recursive: true);
    }

    public void Dispose()
    {
        Unlock();
        _index?.Dispose();
        Temporary.Dispose();
        Control.Dispose();
        Root.Dispose();
    }

    private void Unlock()
    {
        if (_lock is { } held)
        {
            FolderHandle.Unlock(held);
            held.Dispose();
            _lock = null;
        }
    }

    /// <summary>A look at everything in the directory but the server's versions of what waits for a decision.</summary>
    /// <param name="isTolerant">True to leave out, with a warning, what no dataset can hold, and folders that cannot be read.</param>
    internal LocalScan Scan(bool isTolerant = false) =>
        new(Root, Config, _exclude, Base, Conflicts.Select(c => c.Theirs).OfType<string>().ToHashSet(StringComparer.Ordinal))
        {
            IsTolerant = isTolerant,
        };

    /// <summary>Reads a small file of Hutch's own; null when there is none.</summary>
    internal byte[]? ReadOwn(string name) => SmallFile.TryRead(Own(name));

    /// <summary>Replaces a small file of Hutch's own; durable on return.</summary>
    internal void WriteOwn(string name, ReadOnlySpan<byte> bytes) => SmallFile.Replace(Own(name), bytes);

    internal void SaveIndex() => Index.Save();

    /// <summary>Replaces the base; entries in byte order of their paths.</summary>
    internal void SaveBase(long snapshot, IEnumerable<EntryInfo> entries)
    {
        using JsonLinesWriter<EntryInfo> file = BeginBase(snapshot);
        foreach (EntryInfo entry in entries)
        {
            file.Add(entry);
        }

        EndBase(file);
    }

    /// <summary>Begins to replace the base, entry by entry; <see cref="EndBase"/> when it is complete.</summary>
    internal JsonLinesWriter<EntryInfo> BeginBase(long? snapshot) => BaseTree.BeginSave(Own("base"), snapshot);

    internal void EndBase(JsonLinesWriter<EntryInfo> written)
    {
        written.Complete(durable: true);
        _base = null;
    }

    internal SessionState? LoadSession()
    {
        try
        {
            return SmallFile.TryRead(Own("session")) is { } bytes
                ? JsonSerializer.Deserialize(bytes, WorkspaceJson.Default.SessionState)
                : null;
        }
        catch (JsonException)
        {
            return null; // it only saves work: a new session does as well
        }
    }

    internal void SaveSession(SessionState session) =>
        SmallFile.Replace(Own("session"), JsonSerializer.SerializeToUtf8Bytes(session, WorkspaceJson.Default.SessionState));

    internal void DeleteSession() => Control.Delete("session");

    internal void SetConflicts(IEnumerable<PullConflict> conflicts) => JsonLines.Write(
        Own("conflicts"),
        new FileHeader("hutch-conflicts", 1),
        WorkspaceJson.Default.FileHeader,
        conflicts,
        WorkspaceJson.Default.PullConflict);

    internal void SetLeftOut(IReadOnlyCollection<LeftOutPath> paths)
    {
        if (paths.Count > 0 || LeftOut.Count > 0)
        {
            JsonLines.Write(
                Own("left-out"),
                new FileHeader("hutch-left-out", 1),
                WorkspaceJson.Default.FileHeader,
                paths,
                WorkspaceJson.Default.LeftOutPath);
            _leftOut = null;
        }
    }

    /// <summary>Throws while an interrupted clone has left the directory without all of its files.</summary>
    internal void RefuseUnlessComplete()
    {
        if (Config.Cloning is not null)
        {
            throw (ErrorCode.Conflict with { Advice = "Run the same `hutch clone` again first; it continues where it stopped." })
                .With("This folder is not completely cloned.").ToException();
        }
    }

    private static void WriteConfig(string control, WorkspaceConfig config) => SmallFile.Replace(
        System.IO.Path.Combine(control, "config"), JsonSerializer.SerializeToUtf8Bytes(config, WorkspaceJson.Default.WorkspaceConfig));

    private static HutchException Damaged(string file) =>
        ErrorCode.BadRequest.With(
            $"{Display.Quote(file)} of the working directory is damaged; clone the dataset into a new folder and move your changes there.")
            .ToException();

    private string Own(string name) => System.IO.Path.Combine(Path, ControlFolder, name);
}

/// <summary>The session of an interrupted push, which the next push resumes: <c>.hutch/session</c>.</summary>
internal sealed record SessionState
{
    public required string Id { get; init; }

    public List<UnfinishedUpload> Uploads { get; init; } = [];
}

/// <param name="Size">Size in bytes.</param>
/// <param name="Modified">Time of modification, nanoseconds since 1970.</param>
/// <param name="Changed">Time of the last change of the inode, nanoseconds since 1970.</param>
internal sealed record UnfinishedUpload(string Path, long Size, long Modified, long Changed, ulong Inode, string Key);
