using Hutch.Agent.Rules;

namespace Hutch.Agent.Watching;

/// <summary>
/// The content of a folder. It is retained while the folder is active, so that a scan costs one stat for each directory and one for each
/// recently changed file. Directories are opened by their names in their parents, and links are not followed: nothing outside the folder is
/// ever read.
/// </summary>
/// <remarks>
/// <para>Not thread-safe. After an exception, or a scan that returned null, it is unusable: create a new one.</para>
/// <para>
/// A file that changes in place changes no directory. So every scan checks a file for 30 s after its last change. It checks every file of a
/// directory when the kernel reported something there or its names changed, and all files every minute while the folder changes at all. The
/// recently changed files get at most a quarter of a second of a scan, the others 10 ms. The thorough scans of the watcher's rounds find
/// all that this leaves out.
/// </para>
/// <para>Memory: about 240 bytes for a file with a name of 30 characters, and 1 kB for a directory: 24 MB for 100 000 files.</para>
/// </remarks>
public sealed class FolderScan
{
    /// <summary>The most changes of a look, but for those that belong together.</summary>
    public const int MaxChanges = FolderRegistrar.MaxChanges;

    public const int MaxDepth = 100;

    private readonly string _parent;
    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly ScannedTree _tree;
    private readonly bool _follows;

    private MountKind? _mount;
    private ulong? _inode;

    /// <summary>Begins a scan; nothing is looked at yet.</summary>
    public FolderScan(string folder, FolderRule rule, WatchingOptions options, TimeProvider time)
        : this(folder, rule, options, time, null)
    {
    }

    /// <summary>Begins a scan of a folder on a file system of a kind that is known.</summary>
    /// <param name="facts">Counts for a plan; null for none.</param>
    internal FolderScan(
        string folder, FolderRule rule, WatchingOptions options, TimeProvider time, MountKind? mount, ScanFacts? facts = null)
    {
        string path = folder.TrimEnd('/');
        _parent = Path.GetDirectoryName(path) ?? throw new ArgumentException($"'{folder}' has no folder above it.", nameof(folder));
        _name = Path.GetFileName(path);
        _time = time;
        _mount = mount;
        _follows = !rule.IsAdopted;
        _tree = new ScannedTree(rule, options.MaxFilesPerFolder) { Facts = facts };
    }

    /// <summary>
    /// Scans and returns the differences from the scan before; in the first ones, everything. The agent's own files, the running file and
    /// the metadata file are left out. Blocks while the file system answers.
    /// </summary>
    /// <returns>Null when the folder no longer exists: it was moved, perhaps during the scan, or removed.</returns>
    public FolderScanResult? Scan(FolderScanRequest request, string? metadataFile, CancellationToken ct)
    {
        TimeSpan begun = _time.GetElapsedTime(0);
        try
        {
            using FolderHandle above = OpenParent();
            _ = above.Status(_name, request.Reasons.HasFlag(ScanReasons.Requested));
            using FolderHandle? folder = above.TryOpenFolder(_name);
            if (folder is null)
            {
                return null;
            }

            _mount ??= MountKind.From(folder.Path);
            FileStatus status = folder.Status();
            _inode ??= status.Inode;
            if (!IsSame(status))
            {
                return null;
            }

            var visit = new ScanVisit(_tree, _mount, request, metadataFile, _time, ct);
            visit.Run(folder, status);
            return IsStillThere() ? _tree.Report(visit, _time.GetElapsedTime(0) - begun) : null;
        }
        catch (FileNotFoundException)
        {
            return null; // the parent is gone
        }
        catch (IOException e)
        {
            return _tree.Report($"The folder cannot be read: {e.Message}", _time.GetElapsedTime(0) - begun);
        }
    }

    private bool IsStillThere()
    {
        using FolderHandle above = OpenParent();
        return above.Status(_name) is { Type: FileType.Folder } status && IsSame(status);
    }

    /// <summary>Opens the parent. That of an adopted folder is opened without following links, which others could have put there.</summary>
    private FolderHandle OpenParent() => _follows ? FolderHandle.Open(_parent) : FolderHandle.OpenWithoutLinks(_parent);

    private bool IsSame(in FileStatus status) => !_mount!.KeepsInodes || status.Inode == _inode;
}
