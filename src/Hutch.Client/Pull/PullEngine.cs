using System.Collections.Concurrent;
using Hutch.Client.Fetch;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Model.Ignoring;

namespace Hutch.Client.Pull;

/// <summary>
/// Merges the server's changes into the working directory. Changes on the server alone are applied; local changes stay; of conflicts the
/// local version stays, and the server's is written next to it, until <see cref="ResolveEngine"/> decides. No file is lost. It can be
/// interrupted and started again.
/// </summary>
public sealed class PullEngine(HutchClient client, Workspace workspace, ITransferProgress progress)
{
    private readonly List<string> _updated = [];
    private readonly List<string> _removed = [];
    private readonly ConcurrentBag<PullConflict> _conflicts = [];
    private readonly ConcurrentDictionary<string, FileStatus?> _expected = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removedHere = new(StringComparer.Ordinal);
    private readonly PendingConflicts _pending = new(workspace);
    private readonly Lock _naming = new();
    private readonly PathFilter _filter = new(workspace);
    private IReadOnlyList<string> _missing = [];
    private IReadOnlyList<string> _expiredEarly = [];

    /// <summary>Pulls the newest version.</summary>
    public async Task<PullOutcome> RunAsync(CancellationToken cancellationToken)
    {
        workspace.Lock();
        workspace.RefuseUnlessComplete();
        progress.Start("Comparing", null, null);
        (long? snapshot, List<RemoteChange> changes) = await RemoteChangesAsync(cancellationToken);
        LeaveOutClashes(changes);
        foreach (string sentence in _filter.Report())
        {
            progress.Report(sentence);
        }

        if (changes.Count > 0)
        {
            try
            {
                await ApplyAsync(snapshot, changes, cancellationToken);
                SettleEarlier(changes, cancellationToken);
            }
            catch
            {
                workspace.SetConflicts(workspace.Conflicts.Concat(_conflicts));
                throw;
            }
            finally
            {
                workspace.SaveIndex();
            }
        }

        workspace.SetLeftOut(_filter.AllLeftOut());
        if (snapshot is { } number && (changes.Count > 0 || number != workspace.Base.Snapshot))
        {
            workspace.SaveBase(number, workspace.Base.With(changes.Select(c => (c.Path, c.After))));
        }

        _updated.Sort(Utf8Order.Comparer);
        return new PullOutcome
        {
            Snapshot = snapshot,
            Updated = _updated,
            Removed = _removed,
            Missing = _missing,
            MadeRoom = _expiredEarly,
            LeftOut = [.. _filter.LeftOut.Select(static left => left.Path)],
            Conflicts = [.. _conflicts.OrderBy(c => c.Path, Utf8Order.Comparer)],
        };
    }

    private void SettleEarlier(List<RemoteChange> changes, CancellationToken cancellationToken)
    {
        using var writer = new WorkspaceWriter(workspace);
        HashSet<string> changed = changes.Select(static change => change.Path).ToHashSet(StringComparer.Ordinal);
        workspace.SetConflicts(_pending.After(changed, _conflicts, writer, cancellationToken));
    }

    /// <summary>Leaves out additions that this disk takes for another entry: an addition to what is here, or the later of two.</summary>
    private void LeaveOutClashes(List<RemoteChange> changes)
    {
        bool mayClash = changes.Exists(static change => change.After is not null) && workspace.Names.IgnoresCase;
        List<(string Path, CaseClash Clash)> found = mayClash
            ? [.. CaseClashes.In(workspace.Base.With(changes.Select(static change => (change.Path, change.After))))]
            : [];
        if (found.Count == 0)
        {
            return;
        }

        HashSet<string> added = changes.Where(static change => change.After is not null).Select(static change => change.Path)
            .ToHashSet(StringComparer.Ordinal);
        added.ExceptWith(workspace.Base.Read().Select(static entry => entry.Path));
        foreach ((string path, CaseClash clash) in found)
        {
            string[] left = added.Contains(path) ? [path]
                : [.. added.Where(one => PathSelection.IsAtOrBelow(one, clash.First)).Order(Utf8Order.Comparer)];
            foreach (string one in left.Where(added.Remove))
            {
                _filter.LeaveOut(one, clash);
            }
        }

        HashSet<string> leftOut = _filter.LeftOut.Select(static left => left.Path).ToHashSet(StringComparer.Ordinal);
        changes.RemoveAll(change => leftOut.Contains(change.Path));
    }

    /// <summary>
    /// Returns the server's changes since the base, in byte order of the paths. Without that snapshot, everything is compared.
    /// </summary>
    private async Task<(long? Snapshot, List<RemoteChange> Changes)> RemoteChangesAsync(CancellationToken cancellationToken)
    {
        DatasetId id = workspace.Config.Dataset;
        if (workspace.Base.Snapshot is { } from && !(workspace.LeftOut.Count > 0 && _filter.HasRoomNow()))
        {
            try
            {
                using FixedListing<DiffLine> diff = await client.DiffAsync(
                    id, from.ToString(CultureInfo.InvariantCulture), to: null, ct: cancellationToken);
                if (await ChangesAsync(diff.Lines, cancellationToken) is { } changes)
                {
                    return (diff.Snapshot ?? from, changes);
                }
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Gone)
            {
                progress.Report($"The server no longer has snapshot {from}; comparing everything.");
            }
        }

        _filter.Forget();
        using FixedListing<EntryInfo> listing = await client.ListFilesAsync(id, at: null, ct: cancellationToken);
        return (listing.Snapshot, await CompareAllAsync(listing.Lines, cancellationToken));
    }

    // A removal may make room for what was left out: null, as everything has to be compared then.
    private async Task<List<RemoteChange>?> ChangesAsync(IAsyncEnumerable<DiffLine> lines, CancellationToken cancellationToken)
    {
        var changes = new List<RemoteChange>();
        await foreach (DiffLine line in lines.WithCancellation(cancellationToken))
        {
            if (line.After is null && workspace.LeftOut.Count > 0)
            {
                return null;
            }

            if (!_filter.LeavesOut(line.Path))
            {
                changes.Add(new RemoteChange(line.Path, line.After is { } after ? SafePath.Check(after, line.Path) : null));
            }
        }

        RefuseUnsorted(changes);
        return changes;
    }

    private async Task<List<RemoteChange>> CompareAllAsync(IAsyncEnumerable<EntryInfo> lines, CancellationToken cancellationToken)
    {
        var changes = new List<RemoteChange>();
        using var before = new SortedCursor<EntryInfo>(workspace.Base.Read(), e => e.Path);
        await foreach (EntryInfo entry in lines.WithCancellation(cancellationToken))
        {
            if (_filter.LeavesOut(entry.Path))
            {
                continue;
            }

            changes.AddRange(before.Before(SafePath.Check(entry).Path).Select(e => new RemoteChange(e.Path, null)));
            if (!entry.IsSameAs(before.At(entry.Path)))
            {
                changes.Add(new RemoteChange(entry.Path, entry));
            }
        }

        changes.AddRange(before.Rest().Select(e => new RemoteChange(e.Path, null)));
        RefuseUnsorted(changes);
        return changes;
    }

    // Out of order, local files would be taken for removed ones.
    private static void RefuseUnsorted(List<RemoteChange> changes)
    {
        for (int i = 1; i < changes.Count; i++)
        {
            if (Utf8Order.Compare(changes[i - 1].Path, changes[i].Path) >= 0)
            {
                throw new BadAnswerException(
                    $"The server sent {Display.Quote(changes[i].Path)} after {Display.Quote(changes[i - 1].Path)}, out of order.");
            }
        }
    }

    private async Task ApplyAsync(long? snapshot, List<RemoteChange> changes, CancellationToken cancellationToken)
    {
        using (var concerned = new SortedCursor<RemoteChange>(changes, c => c.Path))
        {
            foreach (TrackedFile file in LocalTree.Walk(workspace, workspace.Scan(), cancellationToken))
            {
                if (concerned.At(file.Item.Path) is { } change)
                {
                    change.Local = file;
                }
            }
        }

        TrackedFile[] local = [.. changes.Select(c => c.Local).OfType<TrackedFile>()];
        LocalTree.FindOrigins(workspace.Base, local);
        await HashEngine.RunAloneAsync(workspace, local, progress, cancellationToken);

        using var writer = new WorkspaceWriter(workspace);
        var names = new ConflictNames(writer);
        List<RemoteChange> bring = Decide(changes, writer, cancellationToken);
        progress.Start("Downloading", bring.Count, bring.Sum(c => c.After!.Size ?? 0));
        using BlobCache? cache = BlobCache.OpenOf(workspace);
        string at = (snapshot ?? 0).ToString(CultureInfo.InvariantCulture);
        var downloader = new Downloader(client, workspace, at, cache, progress) { BeforePlacing = entry => Resolve(entry, writer, names) };
        await downloader.RunAsync(PlaceholdersAsync(bring, writer, names), cancellationToken);
        _missing = downloader.Missing;
        _expiredEarly = downloader.ExpiredEarly;
    }

    /// <summary>Removes files that only the server removed, and returns the changes to download.</summary>
    private List<RemoteChange> Decide(
        List<RemoteChange> changes, WorkspaceWriter writer, CancellationToken cancellationToken)
    {
        var bring = new List<RemoteChange>();
        foreach (RemoteChange change in changes)
        {
            (string path, EntryInfo? theirs) = change;
            TrackedFile? file = change.Local;
            EntryInfo? ours = file?.Entry;
            EntryInfo? before = file?.Before;
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

            // A local file may be replaced only while it is unchanged since the scan, and only if it is the server's earlier version.
            _expected[path] = file is null or { Gone: true } ? _pending.StatusInPlace(path, writer, cancellationToken)
                : untouched ? file.Item.Status
                : default(FileStatus);
            bring.Add(change);
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
        List<RemoteChange> bring, WorkspaceWriter writer, ConflictNames names)
    {
        await Task.CompletedTask;
        foreach (RemoteChange change in bring)
        {
            EntryInfo entry = change.After!;
            bool wasPlaceholder = change.Local is { Item.Kind: LocalKind.Placeholder };
            bool isNew = change.Local is null or { Gone: true } && workspace.Config.Lazy && !IgnoreList.IsOne(entry.Path);
            if (entry.Kind == EntryKinds.File && (wasPlaceholder || isNew))
            {
                EntryInfo final = Resolve(entry, writer, names);
                lock (_naming)
                {
                    writer.PlaceLink(final.Path, ContentLink.PlaceholderTarget(final.Path, entry.Hash!.Value), modified: null);
                }

                progress.Add(1, entry.Size ?? 0);
            }
            else
            {
                yield return DownloadItem.From(entry);
            }
        }
    }

    /// <summary>Decides, at the last moment, if an entry goes to its path or next to it.</summary>
    private EntryInfo Resolve(EntryInfo entry, WorkspaceWriter look, ConflictNames names)
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

    /// <param name="After">Its current entry; null if it was removed.</param>
    private sealed record RemoteChange(string Path, EntryInfo? After)
    {
        /// <summary>The local file, or the one of the base; null without both.</summary>
        internal TrackedFile? Local { get; set; }
    }
}

public sealed record PullOutcome
{
    /// <summary>Number of the snapshot that the working directory is based on now; null for an empty dataset.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Paths that were added or changed.</summary>
    public IReadOnlyList<string> Updated { get; init; } = [];

    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Paths that changed on both sides and wait for a decision.</summary>
    public IReadOnlyList<PullConflict> Conflicts { get; init; } = [];

    /// <summary>Added or changed paths without an intact copy on the server; they are placeholders.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Those of them that were temporary and made room for newer data.</summary>
    public IReadOnlyList<string> MadeRoom { get; init; } = [];

    /// <summary>Paths that were left out because the disk cannot hold them.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>True if the server had no changes.</summary>
    public bool UpToDate => Updated.Count + Removed.Count + Conflicts.Count == 0;
}
