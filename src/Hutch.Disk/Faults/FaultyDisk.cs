namespace Hutch.Disk.Faults;

/// <summary>
/// A disk in memory with every fault of a bad disk: it forgets unsynced bytes, tears writes, fails calls, fills up, corrupts bytes, and
/// stops. The faulty twin of <see cref="LocalDisk"/>; without requested faults it behaves exactly like it.
/// </summary>
/// <remarks>
/// <para>
/// <b>Crash.</b> <see cref="Crash(int)"/> makes the disk that a power cut at this moment would leave, and leaves this one as it is. So one
/// run of a workload serves every crash point: in <see cref="BeforeCall"/>, which is called before each call has any effect, take
/// <c>Crash(seed)</c> for some seeds, reopen on each, and compare with the answers so far.
/// </para>
/// <para>
/// <b>The model.</b> Bytes are durable after the file's sync. Of later writes, each piece of 512 bytes survives or not, in any order; so do
/// changes of length. A name (made, renamed, removed) is durable after the sync of its folder; a rename is atomic. A failed sync writes
/// some of the pending bytes, and forgets that the rest was not written (as ext4, XFS and Btrfs do): a second sync succeeds and proves
/// nothing.
/// </para>
/// <para>Thread-safe. Quick: copies share their pages, and a call costs microseconds.</para>
/// </remarks>
public sealed class FaultyDisk : IDisk
{
    /// <summary>The pieces in which a power cut tears writes.</summary>
    public const int SectorBytes = 512;

    private readonly Lock _gate = new();
    private readonly FolderNode _root;
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly Random _chance;
    private long _calls;
    private long _moments;
    private long _taken;
    private bool _stopped;

    /// <summary>An empty disk.</summary>
    /// <param name="seed">The seed of random choices: the part of a failed sync or short read. The same seed gives the same run.</param>
    public FaultyDisk(int seed = 0)
        : this(new FolderNode(), seed)
    {
    }

    private FaultyDisk(FolderNode root, int seed)
    {
        _root = root;
        _chance = new Random(seed);
    }

    public long Calls
    {
        get
        {
            lock (_gate)
            {
                return _calls;
            }
        }
    }

    /// <summary>
    /// Called before each call has any effect, on the caller's thread, outside of locks. May take <see cref="Crash(int)"/>.
    /// </summary>
    public Action<DiskCall>? BeforeCall { get; set; }

    /// <summary>
    /// Asked for each call: an exception to fail it with, or null. A write that fails writes a part first; a sync that fails is a failed
    /// sync.
    /// </summary>
    public Func<DiskCall, Exception?>? FailWith { get; set; }

    /// <summary>The call from which on every call throws <see cref="CrashException"/>; 0: never.</summary>
    public long StopAtCall { get; set; }

    /// <summary>Bytes the disk holds; when they are taken, what needs more is a <see cref="DiskFullException"/>.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>True if reads randomly return fewer bytes than requested.</summary>
    public bool ShortReads { get; set; }

    /// <summary>The kind of file system that <see cref="IDisk.Space"/> reports.</summary>
    public bool IsNetwork { get; set; }

    /// <summary>Bytes that are taken now.</summary>
    public long TakenBytes
    {
        get
        {
            lock (_gate)
            {
                return _taken;
            }
        }
    }

    /// <summary>Fails the n-th call from now on, once.</summary>
    public void FailCall(long number, Func<Exception> error)
    {
        long at = Calls + number;
        FailWith = call => call.Number == at ? error() : null;
    }

    /// <summary>
    /// Returns the disk that a power cut now would leave: durable bytes, and of the rest a part chosen by the seed and
    /// <paramref name="survival"/>. This disk stays usable.
    /// </summary>
    public FaultyDisk Crash(int seed, Survival survival)
    {
        lock (_gate)
        {
            var chance = new Random(seed);
            double likely = chance.NextDouble();
            long moment = chance.NextInt64(_moments + 1);
            Func<long, Func<bool>> survives = survival switch
            {
                Survival.None => static _ => static () => false,
                Survival.All => static _ => static () => true,
                Survival.Earlier => at => () => at < moment || (at == moment && chance.NextDouble() < likely),
                Survival.Later => at => () => at > moment || (at == moment && chance.NextDouble() < likely),
                _ => _ => () => chance.NextDouble() < likely,
            };
            var files = new Dictionary<FileNode, FileNode>(ReferenceEqualityComparer.Instance);
            FolderNode root = _root.AfterCrash(survives, file => Survivor(file, files, survives));
            return new FaultyDisk(root, seed) { CapacityBytes = CapacityBytes, _taken = files.Values.Sum(static file => file.Taken) };
        }
    }

    /// <summary>As <see cref="Crash(int, Survival)"/>, with the kind of survival drawn from the seed too.</summary>
    public FaultyDisk Crash(int seed) => Crash(seed, (Survival)((seed & int.MaxValue) % 5));

    /// <summary>Drops what the system keeps in memory: after a failed sync, readers see what really reached the disk.</summary>
    public void DropCaches()
    {
        lock (_gate)
        {
            foreach (FileNode file in Files(_root))
            {
                file.DropCache();
            }
        }
    }

    /// <summary>Bit rot: turns one bit of a file over, on the disk and in memory.</summary>
    public void FlipBit(string path, long offset, int bit)
    {
        lock (_gate)
        {
            Require(path).FlipBit(offset, bit);
        }
    }

    /// <summary>The bytes of a file as readers see them. Counts as no call.</summary>
    public byte[] ReadFile(string path)
    {
        lock (_gate)
        {
            SparseBytes seen = Require(path).Seen;
            var bytes = new byte[seen.Length];
            _ = seen.Read(bytes, 0);
            return bytes;
        }
    }

    /// <summary>The files of a folder, as <see cref="IDisk.ListFiles"/>. Counts as no call.</summary>
    public IReadOnlyList<string> FilesIn(string folder)
    {
        lock (_gate)
        {
            return Find(folder) is FolderNode node ? FileNames(node) : [];
        }
    }

    private static FileNode Survivor(FileNode file, Dictionary<FileNode, FileNode> done, Func<long, Func<bool>> survives)
    {
        if (!done.TryGetValue(file, out FileNode? left))
        {
            left = file.AfterCrash(change => survives(change.Moment));
            done.Add(file, left);
        }

        return left;
    }

    private static IEnumerable<FileNode> Files(FolderNode folder) => folder.Seen.Values.SelectMany(
        static node => node is FolderNode below ? Files(below) : [(FileNode)node]);

    private static List<string> FileNames(FolderNode folder) =>
        [.. folder.Seen.Where(static pair => pair.Value is FileNode).Select(static pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>Counts a call, calls the hooks, and throws their fault; returns an exception on which the caller must act.</summary>
    internal Exception? Enter(DiskOperation operation, string path, long offset = 0, long length = 0)
    {
        DiskCall call;
        lock (_gate)
        {
            call = new DiskCall(++_calls, operation, path, offset, length);
            _stopped |= StopAtCall != 0 && call.Number >= StopAtCall;
            if (_stopped)
            {
                throw new CrashException();
            }
        }

        BeforeCall?.Invoke(call);
        Exception? error = FailWith?.Invoke(call);
        return error is not null && operation is not (DiskOperation.Write or DiskOperation.Sync) ? throw error : error;
    }

    private FileNode Require(string path) =>
        Find(path) as FileNode ?? throw new FileNotFoundException($"Cannot open '{path}': there is no such file.", path);

    private object? Find(string path)
    {
        object? node = _root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node is not FolderNode folder || !folder.Seen.TryGetValue(name, out node))
            {
                return null;
            }
        }

        return node;
    }

    private (FolderNode Folder, string Name) Parent(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? throw new ArgumentException($"'{path}' names no file.", nameof(path));
        return Find(folder) is FolderNode node
            ? (node, Path.GetFileName(path))
            : throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
    }

    public IDiskFile Open(string path, DiskAccess access)
    {
        Enter(DiskOperation.Open, path);
        lock (_gate)
        {
            if (access != DiskAccess.CreateNew)
            {
                return new FaultyFile(this, Require(path), access == DiskAccess.ReadWrite);
            }

            (FolderNode folder, string name) = Parent(path);
            if (folder.Seen.ContainsKey(name))
            {
                throw new IOException($"Cannot open '{path}': the name is taken.");
            }

            var file = new FileNode { Path = path };
            folder.Change(new NameChange(_moments++, [(name, file)]));
            return new FaultyFile(this, file, mayWrite: true);
        }
    }

    public bool FileExists(string path)
    {
        lock (_gate)
        {
            return Find(path) is FileNode;
        }
    }

    public IReadOnlyList<string> ListFiles(string folder)
    {
        Enter(DiskOperation.List, folder);
        return FilesIn(folder);
    }

    public void CreateFolder(string folder)
    {
        lock (_gate)
        {
            if (Find(folder) is FolderNode)
            {
                return;
            }
        }

        Enter(DiskOperation.CreateFolder, folder);
        lock (_gate)
        {
            FolderNode parent = _root;
            foreach (string name in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!parent.Seen.TryGetValue(name, out object? node))
                {
                    node = new FolderNode();
                    parent.Change(new NameChange(_moments++, [(name, node)]));
                }

                parent = node as FolderNode ?? throw new IOException($"'{folder}' goes through a file.");
            }
        }
    }

    public void Rename(string path, string newPath)
    {
        Enter(DiskOperation.Rename, path);
        lock (_gate)
        {
            FileNode file = Require(path);
            (FolderNode folder, string name) = Parent(path);
            (FolderNode newFolder, string newName) = Parent(newPath);
            if (folder != newFolder)
            {
                throw new IOException($"Cannot rename '{path}' to '{newPath}': another folder.");
            }

            if (folder.Seen.TryGetValue(newName, out object? replaced) && replaced is FileNode old && old != file)
            {
                GiveBack(old);
            }

            file.Path = newPath;
            folder.Change(new NameChange(_moments++, [(name, null), (newName, file)]));
        }
    }

    /// <summary>Lets two files of a folder change names at once, as RENAME_EXCHANGE does. A crash leaves both or none changed.</summary>
    public void Exchange(string path, string otherPath)
    {
        Enter(DiskOperation.Rename, path);
        lock (_gate)
        {
            FileNode file = Require(path);
            FileNode other = Require(otherPath);
            (FolderNode folder, string name) = Parent(path);
            (file.Path, other.Path) = (otherPath, path);
            folder.Change(new NameChange(_moments++, [(name, other), (Parent(otherPath).Name, file)]));
        }
    }

    /// <summary>Renames a file unless the new name is taken, as RENAME_NOREPLACE does: then false.</summary>
    public bool TryRenameNew(string path, string newPath)
    {
        Enter(DiskOperation.Rename, path);
        lock (_gate)
        {
            FileNode file = Require(path);
            if (Find(newPath) is not null)
            {
                return false;
            }

            (FolderNode folder, string name) = Parent(path);
            file.Path = newPath;
            folder.Change(new NameChange(_moments++, [(name, null), (Parent(newPath).Name, file)]));
            return true;
        }
    }

    public void Delete(string path)
    {
        Enter(DiskOperation.Delete, path);
        lock (_gate)
        {
            if (Find(path) is FileNode file)
            {
                GiveBack(file);
                (FolderNode folder, string name) = Parent(path);
                folder.Change(new NameChange(_moments++, [(name, null)]));
            }
        }
    }

    public void SyncFolder(string folder)
    {
        Enter(DiskOperation.SyncFolder, folder);
        lock (_gate)
        {
            (Find(folder) as FolderNode ?? throw new DirectoryNotFoundException($"There is no folder '{folder}'.")).Sync();
        }
    }

    public DiskSpace Space(string folder)
    {
        lock (_gate)
        {
            return new DiskSpace(CapacityBytes - _taken, CapacityBytes, IsNetwork ? "nfs" : "memory", IsNetwork);
        }
    }

    public IDisposable Lock(string path)
    {
        lock (_gate)
        {
            (FolderNode folder, string name) = Parent(path);
            if (_locks.Contains(path))
            {
                throw new DiskLockedException(path);
            }

            if (!folder.Seen.ContainsKey(name))
            {
                folder.Change(new NameChange(_moments++, [(name, new FileNode { Path = path })]));
            }

            _locks.Add(path);
            return new FileLock(this, path);
        }
    }

    internal long LengthOf(FileNode file)
    {
        lock (_gate)
        {
            return file.Seen.Length;
        }
    }

    internal int Read(FileNode file, Span<byte> destination, long offset)
    {
        Enter(DiskOperation.Read, file.Path, offset, destination.Length);
        lock (_gate)
        {
            if (ShortReads && destination.Length > 1)
            {
                destination = destination[..(1 + _chance.Next(destination.Length))];
            }

            return file.Seen.Read(destination, offset);
        }
    }

    internal void Write(FileNode file, byte[] bytes, long offset)
    {
        Exception? error = Enter(DiskOperation.Write, file.Path, offset, bytes.Length);
        lock (_gate)
        {
            if (error is not null)
            {
                // The system copies page by page, so a part that was written ends at the border of one; sectors are finer still.
                long end = (offset + _chance.Next(bytes.Length + 1)) / SectorBytes * SectorBytes;
                file.Change(new FileChange(_moments++, offset, bytes[..(int)Math.Max(0, end - offset)]));
                throw error;
            }

            Take(file, offset + bytes.Length);
            if (bytes.Length > 0)
            {
                file.Change(new FileChange(_moments++, offset, bytes));
            }
        }
    }

    internal void SetLength(FileNode file, long length)
    {
        Enter(DiskOperation.SetLength, file.Path, length);
        lock (_gate)
        {
            if (length < file.Taken)
            {
                _taken -= file.Taken - length;
                file.Taken = length;
            }

            file.Change(new FileChange(_moments++, length, null));
        }
    }

    internal void Allocate(FileNode file, long length)
    {
        Enter(DiskOperation.Allocate, file.Path, length);
        lock (_gate)
        {
            if (length > file.Seen.Length)
            {
                Take(file, length);
                file.Change(new FileChange(_moments++, length, null));
            }
        }
    }

    internal void Sync(FileNode file)
    {
        Exception? error = Enter(DiskOperation.Sync, file.Path);
        lock (_gate)
        {
            if (error is null)
            {
                file.Sync();
                return;
            }

            double likely = _chance.NextDouble();
            file.FailSync(() => _chance.NextDouble() < likely);
            throw error;
        }
    }

    // Space is counted as free at once, although a real disk waits for the last reader.
    private void GiveBack(FileNode file)
    {
        _taken -= file.Taken;
        file.Taken = 0;
    }

    private void Take(FileNode file, long upTo)
    {
        long more = upTo - file.Taken;
        if (more <= 0)
        {
            return;
        }

        if (more > CapacityBytes - _taken)
        {
            throw new DiskFullException(file.Path);
        }

        file.Taken = upTo;
        _taken += more;
    }

    private sealed class FileLock(FaultyDisk disk, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
            {
                disk._locks.Remove(path);
            }
        }
    }
}
