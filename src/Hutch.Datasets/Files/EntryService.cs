using System.Runtime.CompilerServices;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Files;

/// <summary>Reads and lists entries, after a check of the caller's rights.</summary>
public sealed class EntryService(
    Authorizer authorizer, HeadReader heads, HeadCompactor compactor, BlobStore blobs, RunRegistry runs, IVirtualFiles? virtualFiles,
    ICompleteHeads? completeHeads)
{
    /// <summary>Names that one request for a part of a name looks at.</summary>
    private const int MaxNamesInSearch = 5 * ListQuery.MaxLimit;

    private readonly VirtualEntries _virtual = new(heads, blobs, runs, virtualFiles);

    /// <summary>
    /// Lists one page of the head or of a snapshot. Virtual files are listed only on request for the contents of their folder.
    /// </summary>
    public async Task<Result<Listing>> ListAsync(Caller caller, DatasetId id, SnapshotRef? at, ListQuery query, CancellationToken ct)
    {
        return caller.Scope.Folder is { } folder
            ? await FolderListing.ListAsync(folder, query, (inside, stop) => ListInFolderAsync(caller, id, at, inside, stop), ct)
            : await ListInFolderAsync(caller, id, at, query, ct);
    }

    private async Task<Result<Listing>> ListInFolderAsync(
        Caller caller, DatasetId id, SnapshotRef? at, ListQuery query, CancellationToken ct)
    {
        Result<TreeView> view = await ViewFolderAsync(caller, id, at, ct);
        if (!view.IsOk)
        {
            return view.Error;
        }

        if (await FindWholeAsync(caller, view.Value, ct) is { IsOk: true, Value: var whole })
        {
            return await whole.ListAsync(caller, id, at, query, ct);
        }

        Listing listing = await heads.ListAsync(view.Value, query, ct);
        return listing.Items.Count == 0 ? await _virtual.ListAsync(view.Value, query, ct) : listing;
    }

    /// <summary>
    /// One page of those items of a listing that have a text in their name. A page ends early when enough names were looked at.
    /// </summary>
    public async Task<Result<Batch<ListItem>>> FindAsync(
        Caller caller, DatasetId id, SnapshotRef? at, ListQuery query, NamePart part, CancellationToken ct)
    {
        if (caller.Scope.Folder is { } folder && FolderListing.FindInside(folder, query) is var inside)
        {
            if (inside is null)
            {
                return new Batch<ListItem>([], null);
            }

            query = inside;
        }

        Result<TreeView> view = await ViewFolderAsync(caller, id, at, ct);
        if (!view.IsOk)
        {
            return view.Error;
        }

        if (await FindWholeAsync(caller, view.Value, ct) is { IsOk: true, Value: var whole })
        {
            return await whole.FindAsync(caller, id, at, query, part, ct);
        }

        var found = new List<ListItem>();
        ListQuery next = query with { Limit = ListQuery.MaxLimit };
        for (int seen = 0; seen < MaxNamesInSearch; seen += ListQuery.MaxLimit)
        {
            Listing listing = await heads.ListAsync(view.Value, next, ct);
            foreach (ListItem item in listing.Items.Where(item => part.IsIn(item.Path)))
            {
                found.Add(item);
                if (found.Count == query.Limit)
                {
                    return new Batch<ListItem>(found, item.Path);
                }
            }

            if (listing.Next is not { } after)
            {
                return new Batch<ListItem>(found, null);
            }

            next = next with { After = after };
        }

        return new Batch<ListItem>(found, next.After);
    }

    /// <summary>
    /// Returns a fixed version to list as a whole. Without a named version, the head is compacted first, at a limited rate for callers that
    /// may only read it. A caller without an account gets the newest snapshot, as strangers make none.
    /// </summary>
    public async Task<Result<FixedTree>> FixAsync(
        Caller caller, DatasetId id, SnapshotRef? at, Operation operation, CancellationToken ct) =>
        await FixAsync(caller, id, at, await ViewAsync(caller, id, at, operation, ct), ct);

    /// <summary>
    /// Returns a fixed version to list below a prefix, and the prefix as far as it is in the folder of the caller's key; null for none.
    /// </summary>
    public async Task<Result<(FixedTree Tree, string? Prefix)>> FixAsync(
        Caller caller, DatasetId id, SnapshotRef? at, string prefix, CancellationToken ct)
    {
        string? inside = caller.Scope.Folder is { } folder
            ? FolderListing.FindInside(folder, new ListQuery { Prefix = prefix })?.Prefix
            : prefix;
        Result<FixedTree> tree = await FixAsync(caller, id, at, await ViewFolderAsync(caller, id, at, ct), ct);
        return tree.Then<(FixedTree, string?)>(one => (one, inside));
    }

    private async Task<Result<FixedTree>> FixAsync(
        Caller caller, DatasetId id, SnapshotRef? at, Result<TreeView> view, CancellationToken ct)
    {
        if (!view.IsOk)
        {
            return view.Error;
        }

        if (view.Value.Snapshot is { } named)
        {
            return new FixedTree(id, named.Number, named.Root);
        }

        if (caller.Kind == CallerKind.Anonymous)
        {
            return new FixedTree(id, view.Value.Dataset.Snapshot ?? 0, view.Value.Dataset.Root);
        }

        bool mayMake = (await authorizer.AuthorizeAsync(caller, id, Operation.SnapshotCreate, ct)).IsOk;
        Result<SiteSnapshot?> folded = await compactor.CompactAsync(id, CompactionRequest.Automatic with { IsForReader = !mayMake }, ct);
        if (!folded.IsOk)
        {
            return folded.Error;
        }

        return folded.Value is { } newest ? new FixedTree(id, newest.Number, newest.Root) : new FixedTree(id, 0, TreeRoot.Empty);
    }

    /// <summary>The entries of a fixed version below a prefix, in byte order of their paths.</summary>
    public IAsyncEnumerable<PathEntry> EnumerateAsync(FixedTree tree, string prefix, CancellationToken ct)
    {
        IAsyncEnumerable<PathEntry> all = heads.Tree.EnumerateAsync(tree.Root, null, prefix, ct);
        return ReservedNames.HidesMarkers(prefix) ? all.Where(static entry => !ReservedNames.IsMarker(entry.Path.Value)) : all;
    }

    /// <summary>The entries of a fixed version at some paths, with all below them; a path that is not there has none.</summary>
    public async IAsyncEnumerable<PathEntry> EnumerateAsync(
        FixedTree tree, IReadOnlyList<DatasetPath> paths, [EnumeratorCancellation] CancellationToken ct)
    {
        var all = paths.ToHashSet();

        // A path below another of the paths is included in it.
        foreach (DatasetPath path in all.Where(path => !path.Ancestors().Any(all.Contains)).Order())
        {
            await foreach (PathEntry entry in heads.Tree.EnumerateAtAsync(tree.Root, path, ct))
            {
                yield return entry;
            }
        }
    }

    /// <summary>
    /// Lists the differences of two fixed versions. <paramref name="others"/> reads the second one. If a dataset is read from another site,
    /// this reads every entry of both versions, since no site has the pages of both trees.
    /// </summary>
    public IAsyncEnumerable<TreeDifference> DiffAsync(FixedTree from, EntryService others, FixedTree to, CancellationToken ct)
    {
        return others == this && from.Reading == to.Reading
            ? DiffAsync(from, to, ct)
            : MergeAsync(EnumerateForAsync(from, ct), others.EnumerateForAsync(to, ct), ct);
    }

    /// <summary>Lists the differences of two fixed versions.</summary>
    public IAsyncEnumerable<TreeDifference> DiffAsync(FixedTree from, FixedTree to, CancellationToken ct)
    {
        return heads.DiffAsync(from.Root, to.Root, ct).Where(static change => !ReservedNames.IsMarker(change.Path.Value));
    }

    /// <summary>The entries of a version, each read on behalf of the request, even if that reads others in between.</summary>
    private async IAsyncEnumerable<PathEntry> EnumerateForAsync(FixedTree tree, [EnumeratorCancellation] CancellationToken ct)
    {
        await using IAsyncEnumerator<PathEntry> entries = EnumerateAsync(tree, "", ct).GetAsyncEnumerator(ct);
        while (await NextAsync())
        {
            yield return entries.Current;
        }

        ValueTask<bool> NextAsync()
        {
            if (tree.Reading is { } reading && RequestScope.Current is { } request)
            {
                request.Reading = reading;
            }

            return entries.MoveNextAsync();
        }
    }

    /// <summary>The differences of two lists of entries, each in the byte order of the paths.</summary>
    private static async IAsyncEnumerable<TreeDifference> MergeAsync(
        IAsyncEnumerable<PathEntry> from, IAsyncEnumerable<PathEntry> to, [EnumeratorCancellation] CancellationToken ct)
    {
        await using IAsyncEnumerator<PathEntry> before = from.GetAsyncEnumerator(ct);
        await using IAsyncEnumerator<PathEntry> after = to.GetAsyncEnumerator(ct);
        (bool hasBefore, bool hasAfter) = (await before.MoveNextAsync(), await after.MoveNextAsync());
        while (hasBefore || hasAfter)
        {
            int order = !hasBefore ? 1 : !hasAfter ? -1 : before.Current.Path.CompareTo(after.Current.Path);
            if (order != 0 || before.Current.Entry != after.Current.Entry)
            {
                yield return new TreeDifference(
                    order <= 0 ? before.Current.Path : after.Current.Path,
                    order <= 0 ? before.Current.Entry : null, order >= 0 ? after.Current.Entry : null);
            }

            hasBefore = order <= 0 ? await before.MoveNextAsync() : hasBefore;
            hasAfter = order >= 0 ? await after.MoveNextAsync() : hasAfter;
        }
    }

    /// <summary>
    /// All entries of a version for a caller that may read its files, with a text that changes when one of them does. Nothing is compacted.
    /// </summary>
    public async Task<Result<VersionEntries>> ReadAllAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct)
    {
        Result<TreeView> view = await ViewAsync(caller, id, at, Operation.EntryRead, ct);
        if (!view.IsOk)
        {
            return view.Error;
        }

        if (await FindWholeAsync(caller, view.Value, ct) is { IsOk: true, Value: var whole })
        {
            return await whole.ReadAllAsync(caller, id, at, ct);
        }

        long changed = view.Value.IsHead ? await heads.ChangedAsync(id, ct) : 0;
        string state = string.Create(CultureInfo.InvariantCulture, $"{view.Value.Root.Page} {changed}");
        return new VersionEntries(this, state, heads.EnumerateAsync(view.Value, "", ct));
    }

    public async Task<Result<OpenedEntry>> OpenAsync(Caller caller, DatasetId id, DatasetPath path, SnapshotRef? at, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryRead, path, ct);
        Result<TreeView> view = await ViewAsync(caller, id, at, access, ct);
        if (!view.IsOk)
        {
            return view.Error;
        }

        if (await heads.FindAsync(view.Value, path, ct) is not { } entry)
        {
            return caller.IsRemembered ? Authorizer.Away()
                : path.Value.StartsWith(ReservedNames.VirtualFolder, StringComparison.Ordinal)
                ? await _virtual.OpenAsync(view.Value, path, ct)
                : await OpenWholeAsync(caller, view.Value, path, ct)
                ?? ErrorCode.NotFound.With($"There is no {Display.Quote(path.Value)} in this version of the dataset.");
        }

        if (entry.Kind == EntryKind.File && RelianceRule.FindEvicted(view.Value.Dataset, entry.Hash) is { } evicted)
        {
            return evicted;
        }

        Result<OpenedEntry> opened = await OpenAsync(id, path, entry, ct);
        return opened.IsOk || !caller.IsRemembered ? opened : Authorizer.Away();
    }

    /// <summary>Opens an entry of a version that the caller was allowed to read.</summary>
    public async Task<Result<OpenedEntry>> OpenAsync(DatasetId id, DatasetPath path, Entry entry, CancellationToken ct)
    {
        if (entry.Kind != EntryKind.File)
        {
            return new OpenedEntry(path, entry, null);
        }

        return await blobs.FindAsync(id, path, entry, ct) is { } content
            ? new OpenedEntry(path, entry, content)
            : ErrorCode.Gone.With($"The bytes of {Display.Quote(path.Value)} are no longer stored.");
    }

    /// <summary>
    /// Opens what the copy at this site does not have: null when its home does not have it either. Only the home knows, so that it is no
    /// missing file while the home is away.
    /// </summary>
    private async ValueTask<Result<OpenedEntry>?> OpenWholeAsync(Caller caller, TreeView view, DatasetPath path, CancellationToken ct)
    {
        if (await FindWholeAsync(caller, view, ct) is not { } found
            || (found.Error is { } refusal && refusal.Code != ErrorCode.Unavailable))
        {
            return null;
        }

        return found.Error is not { } problem
            ? await found.Value.OpenAsync(caller, view.Dataset.Id, path, null, ct)
            : ErrorCode.Unavailable.With(
                $"{Display.Quote(path.Value)} is not in the copy that this site has. It may be a file at the facility that is not hashed "
                + $"yet, which only the home has. {problem.Message}");
    }

    private async ValueTask<Result<EntryService>?> FindWholeAsync(Caller caller, TreeView view, CancellationToken ct) =>
        completeHeads is not null && view is { IsHead: true, Dataset.Copy: not null } && !caller.IsRemembered
            ? await completeHeads.FindAsync(caller, view.Dataset, ct)
            : null;

    /// <summary>
    /// Returns true if this server's view of a version cannot be wrong, however old its information is. A tag may have been moved.
    /// </summary>
    private static bool IsFixed(TreeView view, SnapshotRef? at) => !view.IsHead && at?.Kind != SnapshotRefKind.Tag;

    private async ValueTask<Result<TreeView>> ViewAsync(
        Caller caller, DatasetId id, SnapshotRef? at, Operation operation, CancellationToken ct) =>
        await ViewAsync(caller, id, at, await authorizer.AuthorizeAsync(caller, id, operation, ct), ct);

    /// <summary>Returns a version whose files the caller lists, in the folder of its key: a query has no other prefix.</summary>
    private async ValueTask<Result<TreeView>> ViewFolderAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct) =>
        await ViewAsync(caller, id, at, await authorizer.AuthorizeInFolderAsync(caller, id, Operation.EntryList, ct), ct);

    private async ValueTask<Result<TreeView>> ViewAsync(
        Caller caller, DatasetId id, SnapshotRef? at, Result<Access> access, CancellationToken ct)
    {
        Result<TreeView> view = access.IsOk ? await heads.ResolveAsync(id, at, ct) : access.Error;
        return caller.IsRemembered && !(view.IsOk && IsFixed(view.Value, at)) ? Authorizer.Away() : view;
    }
}

/// <summary>A version of a dataset that never changes, which a caller may read.</summary>
/// <param name="Number">Number of its snapshot; 0 for a dataset that is empty and has none.</param>
public sealed record FixedTree(DatasetId Dataset, long Number, TreeRoot Root)
{
    /// <summary>For whom its pages are read from another site; null when they are here.</summary>
    internal DatasetReading? Reading { get; } = RequestScope.Current?.Reading;
}

/// <summary>The entries of a version that a caller may read.</summary>
/// <param name="Opener">Opens them.</param>
/// <param name="State">The same as long as the version has the same entries.</param>
public sealed record VersionEntries(EntryService Opener, string State, IAsyncEnumerable<PathEntry> Entries);

/// <param name="Entry">The entry. The hash of a file that is not stored names this version of it, and is not that of its bytes.</param>
/// <param name="Content">Its bytes; null for an entry that is no file.</param>
public sealed record OpenedEntry(DatasetPath Path, Entry Entry, IEntryContent? Content)
{
    /// <summary>Its stored bytes; null for a virtual file, and for an entry that is no file.</summary>
    public BlobContent? Stored => Content as BlobContent;
}
