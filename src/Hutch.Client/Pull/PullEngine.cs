using System.Collections.Concurrent;
using System.Globalization;
using Hutch.Client.Fetch;
using Hutch.Client.Ignoring;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Client.Pull;

/// <summary>
/// Brings what changed on the server into the working directory. What changed only there is applied; what changed only here stays; what
/// changed
/// on both sides stays as it is here, and the server's version is written beside it, until <see cref="ResolveEngine"/> decides. No file is
/// lost. Interrupted, it can be started again.
/// </summary>
public sealed class PullEngine(HutchClient client, Workspace workspace, ITransferProgress progress)
{
    private readonly List<string> _updated = [];
    private readonly List<string> _removed = [];
    private readonly ConcurrentBag<PullConflict> _conflicts = [];
    private readonly ConcurrentDictionary<string, FileStatus?> _expected = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removedHere = new(StringComparer.Ordinal);
    private readonly Lock _naming = new();
    private readonly PathFilter _filter = new(workspace.Config);
    private IReadOnlyList<string> _missing = [];

    /// <summary>Pulls the newest version.</summary>
    public async Task<PullOutcome> RunAsync(CancellationToken cancellationToken)
    {
        workspace.Lock();
        workspace.RefuseUnlessComplete();
        progress.Start("Comparing", null, null);
        (long? snapshot, List<(string Path, EntryInfo? After)> changes) = await RemoteChangesAsync(cancellationToken);
        foreach (string sentence in _filter.Tell())
        {
            progress.Tell(sentence);
        }

        if (changes.Count > 0)
        {
            try
            {
                await ApplyAsync(snapshot, changes, cancellationToken);
            }
            finally
            {
                workspace.SaveIndex();
                workspace.SetConflicts(workspace.Conflicts.Concat(_conflicts));
            }
        }

        if (snapshot is { } number && (changes.Count > 0 || number != workspace.Base.Snapshot))
        {
            workspace.SaveBase(workspace.Base.With(number, changes));
        }

        _updated.Sort(Utf8Order.Comparer);
        return new PullOutcome
        {
            Snapshot = snapshot,
            Updated = _updated,
            Removed = _removed,
            Missing = _missing,
            Conflicts = [.. _conflicts.OrderBy(c => c.Path, Utf8Order.Comparer)],
        };
    }

    /// <summary>What the server did since our base. When it does not keep that snapshot any more, everything is compared.</summary>
    private async Task<(long? Snapshot, List<(string Path, EntryInfo? After)> Changes)> RemoteChangesAsync(
        CancellationToken cancellationToken)
    {
        DatasetId id = workspace.Config.Dataset;
        if (workspace.Base.Snapshot is { } from)
        {
            try
            {
                using FixedListing<DiffLine> diff = await client.DiffAsync(
                    id, from.ToString(CultureInfo.InvariantCulture), to: null, cancellationToken);
                var changes = new List<(string Path, EntryInfo? After)>();
                await foreach (DiffLine line in diff.Lines.WithCancellation(cancellationToken))
                {
                    if (_filter.LeavesOut(line.Path))
                    {
                        continue;
                    }

                    changes.Add((line.Path, line.After is { } after ? SafePath.Check(after, line.Path) : null));
                }

                return (diff.Snapshot ?? from, changes);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Gone)
            {
                progress.Tell($"The server no longer has snapshot {from}; comparing everything.");
            }
        }

        using FixedListing<EntryInfo> listing = await client.ListFilesAsync(id, at: null, ct: cancellationToken);
        return (listing.Snapshot, await CompareAllAsync(listing.Lines, cancellationToken));
    }

    private async Task<List<(string Path, EntryInfo? After)>> CompareAllAsync(
        IAsyncEnumerable<EntryInfo> lines, CancellationToken cancellationToken)
    {
        var changes = new List<(string Path, EntryInfo? After)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (EntryInfo entry in lines.WithCancellation(cancellationToken))
        {
            if (_filter.LeavesOut(entry.Path))
            {
                continue;
            }

            seen.Add(SafePath.Check(entry).Path);
            if (!entry.IsSameAs(workspace.Base.Entries.GetValueOrDefault(entry.Path)))
            {
                changes.Add((entry.Path, entry));
            }
        }

        changes.AddRange(workspace.Base.Entries.Keys.Where(p => !seen.Contains(p)).Select(p => (p, (EntryInfo?)null)));
        return changes;
    }

    private async Task ApplyAsync(long? snapshot, List<(string Path, EntryInfo? After)> changes, CancellationToken cancellationToken)
    {
        LocalTree tree = LocalTree.Scan(workspace, cancellationToken);
        Dictionary<string, TrackedFile> local = tree.Files.ToDictionary(f => f.Item.Path, StringComparer.Ordinal);
        TrackedFile[] concerned = [.. changes.Select(c => local.GetValueOrDefault(c.Path)).OfType<TrackedFile>()];
        await HashEngine.RunAsync(workspace, concerned, progress, cancellationToken);

        using var writer = new WorkspaceWriter(workspace);
        var names = new TheirNames(writer);
        List<EntryInfo> bring = Decide(changes, tree, local, writer);
        progress.Start("Downloading", bring.Count, bring.Sum(e => e.Size ?? 0));
        using BlobCache? cache = BlobCache.OpenOf(workspace);
        string at = (snapshot ?? 0).ToString(CultureInfo.InvariantCulture);
        var downloader = new Downloader(client, workspace, at, cache, progress) { BeforePlacing = entry => Settle(entry, writer, names) };
        await downloader.RunAsync(PlaceholdersAsync(bring, local, writer, names), cancellationToken);
        _missing = downloader.Missing;
    }

    /// <summary>Removes what only the server removed, and says what is to be brought.</summary>
    private List<EntryInfo> Decide(
        List<(string Path, EntryInfo? After)> changes, LocalTree tree, Dictionary<string, TrackedFile> local, WorkspaceWriter writer)
    {
        var bring = new List<EntryInfo>();
        foreach ((string path, EntryInfo? theirs) in changes)
        {
            TrackedFile? file = local.GetValueOrDefault(path);
            EntryInfo? ours = file is null || file.Gone ? null : tree.EntryOf(file);
            EntryInfo? before = workspace.Base.Entries.GetValueOrDefault(path);
            bool untouched = file is not { Unstable: true } && ours.IsSameAs(before);
            if (file is not { Unstable: true } && ours.IsSameAs(theirs))
            {
                continue;
            }

            if (theirs is null)
            {
                RemoveOrKeep(path, file!, untouched, writer);
                continue;
            }

            if (ours is null && before is not null)
            {
                _removedHere.Add(path);
            }

            // What is here may be replaced only while it is what we looked at, and only if it is what the server had.
            _expected[path] = untouched ? file?.Item.Status : ours is null ? null : default(FileStatus);
            bring.Add(theirs);
        }

        return bring;
    }

    private void RemoveOrKeep(string path, TrackedFile file, bool untouched, WorkspaceWriter writer)
    {
        if (untouched && writer.Status(file.Item.LocalPath) is { } now && now.SameContents(file.Item.Status))
        {
            writer.Remove(file.Item.LocalPath);
            _removed.Add(path);
        }
        else
        {
            _conflicts.Add(new PullConflict(path, null));
        }
    }

    /// <summary>
    /// Yields what must be downloaded; in a lazy directory a file that is not here yet, or is a placeholder, becomes a placeholder.
    /// </summary>
    private async IAsyncEnumerable<DownloadItem> PlaceholdersAsync(
        List<EntryInfo> bring, Dictionary<string, TrackedFile> local, WorkspaceWriter writer, TheirNames names)
    {
        await Task.CompletedTask;
        foreach (EntryInfo entry in bring)
        {
            bool wasPlaceholder = local.GetValueOrDefault(entry.Path) is { Item.Kind: LocalKind.Placeholder };
            bool isNew = !local.ContainsKey(entry.Path) && workspace.Config.Lazy && !IgnoreList.IsOne(entry.Path);
            if (entry.Kind == EntryKinds.File && (wasPlaceholder || isNew))
            {
                EntryInfo final = Settle(entry, writer, names);
                lock (_naming)
                {
                    writer.PlaceLink(final.Path, ContentLink.PlaceholderTarget(final.Path, entry.Hash!.Value), modified: null);
                }

                progress.Add(1, entry.Size ?? 0);
            }
            else
            {
                yield return DownloadItem.Of(entry);
            }
        }
    }

    /// <summary>Decides, at the last moment, whether an entry goes to its path or beside it.</summary>
    private EntryInfo Settle(EntryInfo entry, WorkspaceWriter look, TheirNames names)
    {
        lock (_naming)
        {
            FileStatus? now = look.Status(entry.Path);
            FileStatus? expected = _expected.GetValueOrDefault(entry.Path);
            bool free = now is null
                || (now is { } n && expected is { } e && (n.SameContents(e) || (n.Type == FileType.Folder && e.Type == FileType.Folder)));
            if (free && (now is not null || !names.IsBlocked(entry.Path)))
            {
                if (_removedHere.Contains(entry.Path))
                {
                    _conflicts.Add(new PullConflict(entry.Path, entry.Path, entry.Hash));
                }
                else
                {
                    _updated.Add(entry.Path);
                }

                return entry;
            }

            string beside = names.Beside(entry.Path);
            _conflicts.Add(new PullConflict(entry.Path, beside, entry.Hash));
            return entry with { Path = beside };
        }
    }
}

public sealed record PullOutcome
{
    /// <summary>Number of the snapshot that the working directory is based on now; null for an empty dataset.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Paths that were added or changed.</summary>
    public IReadOnlyList<string> Updated { get; init; } = [];

    /// <summary>Paths that were removed.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Paths that changed on both sides and wait for a decision.</summary>
    public IReadOnlyList<PullConflict> Conflicts { get; init; } = [];

    /// <summary>Of the added or changed paths, those whose bytes the server has damaged or lost: placeholders stand for them.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Whether the server had nothing new.</summary>
    public bool UpToDate => Updated.Count + Removed.Count + Conflicts.Count == 0;
}
