using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Client.Workspaces;

/// <summary>Everything in the working directory beside what the base has at the same path.</summary>
internal sealed class LocalTree
{
    private readonly BaseTree _base;
    private readonly int _newFileMode;
    private readonly Lazy<Dictionary<BlobHash, EntryInfo>> _byHash;

    private LocalTree(Workspace workspace, List<TrackedFile> files, LocalScan.Found found)
    {
        _base = workspace.Base;
        _newFileMode = workspace.NewFileMode;
        Files = files;
        Warnings = found.Warnings;
        Ignored = found.Ignored;
        MissingPatterns = found.MissingPatterns;
        _byHash = new(IndexByHash);
    }

    internal List<TrackedFile> Files { get; }

    /// <summary>Sentences about names that a person should read.</summary>
    internal IReadOnlyList<string> Warnings { get; }

    /// <summary>What was left out because of a pattern; a folder with all that is in it counts once.</summary>
    internal int Ignored { get; }

    /// <summary>A <c>.hutchignore</c> that is a placeholder; null when none is.</summary>
    internal string? MissingPatterns { get; }

    /// <summary>Scans and fills in the hashes that the index remembers.</summary>
    internal static LocalTree Scan(Workspace workspace, CancellationToken cancellationToken)
    {
        LocalScan.Found found = workspace.Scan(cancellationToken);
        var files = new List<TrackedFile>(found.Items.Count);
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (LocalItem item in found.Items)
        {
            var file = new TrackedFile(item, workspace.Base.Entries.GetValueOrDefault(item.Path))
            {
                IsAsWritten = workspace.Index.IsAsWritten(item.Path, item.Status),
            };
            if (item.Kind == LocalKind.File && workspace.Index.TryGet(item.Path, item.Status, out BlobHash hash))
            {
                file.Hash = hash;
            }

            present.Add(item.Path);
            files.Add(file);
        }

        workspace.Index.Keep(present);
        return new LocalTree(workspace, files, found);
    }

    /// <summary>The entry that a file makes; null while its hash is not known.</summary>
    internal EntryInfo? EntryOf(TrackedFile file) => file.ToEntry(_byHash.Value, _newFileMode);

    /// <summary>
    /// What must be done to the base to make it the working directory, in byte order of the paths. Every hash must be known.
    /// </summary>
    internal List<(string Path, EntryInfo? Before, EntryInfo? After)> Changes()
    {
        var changes = new List<(string Path, EntryInfo? Before, EntryInfo? After)>();
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (TrackedFile file in Files.Where(f => !f.Gone))
        {
            kept.Add(file.Item.Path);
            if (!file.Unstable && EntryOf(file) is { } entry && !entry.IsSameAs(file.Before))
            {
                changes.Add((file.Item.Path, file.Before, entry));
            }
        }

        changes.AddRange(_base.Entries.Values.Where(e => !kept.Contains(e.Path)).Select(e => (e.Path, (EntryInfo?)e, (EntryInfo?)null)));
        changes.Sort((a, b) => Utf8Order.Compare(a.Path, b.Path));
        return changes;
    }

    private Dictionary<BlobHash, EntryInfo> IndexByHash()
    {
        var index = new Dictionary<BlobHash, EntryInfo>();
        foreach (EntryInfo entry in _base.Entries.Values.Where(e => e.Hash is not null))
        {
            index.TryAdd(entry.Hash!.Value, entry);
        }

        return index;
    }
}
