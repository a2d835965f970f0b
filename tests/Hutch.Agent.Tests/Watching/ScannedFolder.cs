using Hutch.Agent.Rules;
using Hutch.Agent.Watching;
using Hutch.Model;
using Hutch.Site.Write.Folders;
using Hutch.Testing.Clocks;

namespace Hutch.Agent.Tests.Watching;

/// <summary>A real folder, a scan of it, and what its looks have told so far.</summary>
internal sealed class ScannedFolder : IDisposable
{
    private readonly string _parent;
    private readonly SortedDictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _below = [];
    private readonly string _seen;

    /// <summary>Makes a folder, and begins to scan it.</summary>
    /// <param name="options">The options.</param>
    /// <param name="mount">On what kind of file system; as it is by default.</param>
    /// <param name="parent">Where to make it; a temporary folder by default.</param>
    /// <param name="seen">Where the scan sees that parent; there by default.</param>
    public ScannedFolder(WatchingOptions? options = null, MountKind? mount = null, string? parent = null, string? seen = null)
    {
        _parent = parent ?? Directory.CreateTempSubdirectory("hutch-scan-").FullName;
        _seen = Path.Combine(seen ?? _parent, "session");
        Directory.CreateDirectory(Root);
        File.WriteAllText(Beside("clock"), "");
        File.SetUnixFileMode(Beside("clock"), (UnixFileMode)Convert.ToInt32("666", 8));
        Rule = FolderRule.From(new WatchedFolderOptions { Watch = _parent, MetadataFiles = ["SPA.yml", "other.yml"] }).Value;
        Scan = new FolderScan(_seen, Rule, options ?? new WatchingOptions(), Time, mount);
    }

    public ShiftedTime Time { get; } = new();

    public FolderRule Rule { get; }

    public FolderScan Scan { get; private set; }

    public string Root => Path.Combine(_parent, "session");

    /// <summary>A path beside the folder.</summary>
    public string Beside(string name) => Path.Combine(_parent, name);

    /// <summary>A path in the folder.</summary>
    public string At(string path) => Path.Combine(Root, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan by)
    {
        TestTree.PassTime(Beside("clock"));
        Time.Advance(by);
    }

    /// <summary>One look; what it told is added to what is known.</summary>
    public FolderScanResult? Look(params string[] reported) => Look(ScanReasons.Changed, reported);

    public FolderScanResult? Look(ScanReasons reasons, params string[] reported)
    {
        var request = new FolderScanRequest(_seen, Rule) { Reasons = reasons, Directories = new HashSet<string>(reported) };
        FolderScanResult? result = Scan.Scan(request, "SPA.yml", CancellationToken.None);
        foreach (FolderChange change in result?.Changes ?? [])
        {
            Add(change);
        }

        return result;
    }

    /// <summary>Looks until a look says that nothing is left; the last one, and the changes of all.</summary>
    public (FolderScanResult Last, List<FolderChange> Changes) LookThrough(ScanReasons reasons = ScanReasons.Changed, params string[] reported)
    {
        FolderScanResult result = Look(reasons, reported)!;
        List<FolderChange> changes = [.. result.Changes];
        for (int i = 0; result.Next != NextScan.OnChange; i++)
        {
            Assert.True(i < 10_000, "The looks come to no end.");
            if (result.Next == NextScan.Soon)
            {
                Advance(TimeSpan.FromSeconds(1));
            }

            result = Look()!;
            changes.AddRange(result.Changes);
        }

        return (result, changes);
    }

    /// <summary>What the looks told, a line for each path.</summary>
    public IEnumerable<string> Told => _told.Select(pair => $"{pair.Key} {pair.Value}");

    /// <summary>The same, as a plain walk finds it.</summary>
    public IEnumerable<string> Walk() => Walk(new DirectoryInfo(Root), "").Order(StringComparer.Ordinal);

    public void Dispose()
    {
        if (Directory.Exists(_parent))
        {
            Directory.Delete(_parent, recursive: true);
        }
    }

    private static IEnumerable<string> Walk(DirectoryInfo folder, string above)
    {
        foreach (FileSystemInfo info in folder.GetFileSystemInfos())
        {
            string path = above + info.Name;
            if (path is "SPA.yml" or ".running" or ".hutch-invite")
            {
                continue;
            }

            if (info.LinkTarget is { } target)
            {
                yield return $"{path} -> {target}";
            }
            else if (info is DirectoryInfo below)
            {
                foreach (string line in Walk(below, path + "/"))
                {
                    yield return line;
                }
            }
            else
            {
                bool executable = (info.UnixFileMode & UnixFileMode.UserExecute) != 0;
                yield return $"{path} {((FileInfo)info).Length} {(info.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks} {executable}";
            }
        }
    }

    /// <summary>How many files there are below each directory: where some are, no file can be.</summary>
    private void CountAbove(DatasetPath path, int more)
    {
        for (DatasetPath? above = path.Parent; above is { } directory; above = directory.Parent)
        {
            Assert.DoesNotContain(directory.Value, (IDictionary<string, string>)_told);
            _below[directory.Value] = _below.GetValueOrDefault(directory.Value) + more;
        }
    }

    private void Add(FolderChange change)
    {
        if (change.Entry is not { } entry)
        {
            Assert.True(_told.Remove(change.Path.Value), $"{change.Path} vanished and was never told.");
            CountAbove(change.Path, -1);
            return;
        }

        Assert.Equal(0, _below.GetValueOrDefault(change.Path.Value));
        CountAbove(change.Path, _told.ContainsKey(change.Path.Value) ? 0 : 1);
        _told[change.Path.Value] = entry.Kind == EntryKind.SymbolicLink
            ? $"-> {entry.Target}"
            : $"{entry.Size} {entry.ModifiedNanoseconds / 100} {entry.Executable}";
    }
}
