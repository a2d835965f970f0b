using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Client.Workspaces;

/// <summary>
/// The snapshot that the working directory was last the same as: the common ancestor when both sides change. Kept in <c>.hutch/base</c>.
/// </summary>
internal sealed class BaseTree
{
    private const string Format = "hutch-base";
    private const int Version = 1;

    private readonly Dictionary<string, EntryInfo> _entries;
    private HashSet<BlobHash>? _hashes;
    private HashSet<long>? _sizes;
    private HashSet<string>? _folders;

    internal BaseTree(long? snapshot, IEnumerable<EntryInfo> entries)
    {
        Snapshot = snapshot;
        _entries = entries.ToDictionary(e => e.Path, StringComparer.Ordinal);
    }

    /// <summary>The tree of a dataset that was never pushed to.</summary>
    internal static BaseTree Empty { get; } = new(null, []);

    /// <summary>Number of the snapshot; null when the dataset had none.</summary>
    internal long? Snapshot { get; }

    internal IReadOnlyDictionary<string, EntryInfo> Entries => _entries;

    /// <summary>Hashes of all its files: bytes that the server has.</summary>
    internal IReadOnlySet<BlobHash> Hashes => _hashes ??= [.. Files.Select(e => e.Hash!.Value)];

    internal IReadOnlySet<long> Sizes => _sizes ??= [.. Files.Select(e => e.Size ?? 0)];

    private IEnumerable<EntryInfo> Files => _entries.Values.Where(e => e.Kind == EntryKinds.File && e.Hash is not null);

    /// <summary>Whether it has an entry at a path, or below it.</summary>
    internal bool Holds(string path) => _entries.ContainsKey(path) || (_folders ??= FindFolders()).Contains(path);

    /// <summary>Reads it; null when there is none or it is damaged.</summary>
    internal static BaseTree? Load(string path) =>
        JsonLines.Read(path, WorkspaceJson.Default.FileHeader, HutchJson.Default.EntryInfo)
            is { Head: { Format: Format, Version: Version } } file
            ? new BaseTree(file.Head.Snapshot, file.Items)
            : null;

    /// <summary>Replaces the file at once; entries in byte order of their paths.</summary>
    internal void Save(string path) => JsonLines.Write(
        path,
        new FileHeader(Format, Version, Snapshot),
        WorkspaceJson.Default.FileHeader,
        _entries.Values.OrderBy(e => e.Path, Utf8Order.Comparer),
        HutchJson.Default.EntryInfo);

    /// <summary>Begins to replace the file, for entries that come one by one in byte order of their paths.</summary>
    internal static JsonLinesWriter<EntryInfo> BeginSave(string path, long? snapshot) => JsonLinesWriter<EntryInfo>.Begin(
        path, new FileHeader(Format, Version, snapshot), WorkspaceJson.Default.FileHeader, HutchJson.Default.EntryInfo);

    /// <summary>The tree after changes: null removes.</summary>
    internal BaseTree With(long snapshot, IEnumerable<(string Path, EntryInfo? Entry)> changes)
    {
        var entries = new Dictionary<string, EntryInfo>(_entries, StringComparer.Ordinal);
        foreach ((string path, EntryInfo? entry) in changes)
        {
            if (entry is null)
            {
                entries.Remove(path);
            }
            else
            {
                entries[path] = entry;
            }
        }

        return new BaseTree(snapshot, entries.Values);
    }

    private HashSet<string> FindFolders()
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in _entries.Keys)
        {
            for (int end = path.LastIndexOf('/'); end > 0 && folders.Add(path[..end]);)
            {
                end = path.LastIndexOf('/', end - 1);
            }
        }

        return folders;
    }
}
