using System.IO.Pipelines;
using System.Text;
using Hutch.Datasets.Files;
using Hutch.Datasets.Replication.Sites;
using Hutch.Storage;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Versions;

/// <summary>The permanent versions, with the bytes of their files, for callers with the right to read them.</summary>
public sealed class PermanentVersionService(
    Authorizer authorizer, DatasetNames names, SiteRegistry sites, SiteDatabase records, HeadReader heads, Snapshots snapshots,
    BlobStore blobs)
{
    private const int PageSize = 1000;

    private static readonly DatasetPath SubdatasetList = DatasetPath.Parse(Subdataset.ListPath).Value;

    private readonly TreeBlobCache _known = new(heads);
    private readonly NamedBlobs _named = new(heads, snapshots);

    /// <summary>Resolves a text, an id or <c>owner/slug</c>, to the id of a dataset, for a caller that may read it.</summary>
    public async ValueTask<Result<DatasetId>> ResolveAsync(Caller caller, string name, CancellationToken ct)
    {
        if (!DatasetRef.Parse(name).TryGet(out DatasetRef reference, out HutchError? refusal)
            || !(await names.ResolveAsync(caller, reference, ct)).TryGet(out Access seen, out refusal)
            || !(await authorizer.AuthorizeAsync(caller, seen.Dataset.Dataset, Operation.EntryRead, ct)).TryGet(out Access _, out refusal))
        {
            return refusal;
        }

        return seen.Dataset.Dataset;
    }

    public async ValueTask<Result<PermanentVersions>> ListAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await FindReadableAsync(caller, id, ct);
        return dataset.IsOk ? await ListAsync(dataset.Value, ct) : dataset.Error;
    }

    /// <summary>The versions of a dataset whose changes come from its adopted store, without a caller.</summary>
    public async ValueTask<Result<PermanentVersions>> ListOwnAsync(DatasetId id, CancellationToken ct)
    {
        Result<TreeView> head = await heads.ResolveAsync(id, null, ct);
        return head.IsOk ? await ListAsync(head.Value.Dataset, ct) : head.Error;
    }

    /// <summary>Finds a dataset for a caller that may read it; refuses one that is in the trash or gone.</summary>
    public async ValueTask<Result<SiteDataset>> FindReadableAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryRead, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<TreeView> head = await heads.ResolveAsync(id, null, ct);
        return head.IsOk ? head.Value.Dataset : head.Error;
    }

    /// <summary>Refuses reads and pushes of a dataset with its home elsewhere and no part here; null otherwise.</summary>
    public async ValueTask<HutchError?> CheckHomeAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryRead, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        NameRecord name = access.Value.Dataset;
        if (name.Home.SiteId == sites.OwnId || (await heads.DatasetAsync(id, ct)).IsOk)
        {
            return null;
        }

        // Strangers need not know which sites there are.
        string? site = caller.IsUser ? (await sites.FindPeerAsync(name.Home.SiteId, ct))?.Name : null;
        return ReadRouter.CheckNotEnded(name) ?? (ErrorCode.NotFound with
        {
            Advice = $"Use the address of a site that has it, or ask for a copy here: `hutch replicate {name.FullName} --to SITE`.",
        }).With(
            $"Dataset '{name.FullName}' is at home at another site{(site is null ? "" : $" ({site})")} and has no copy here. "
            + "git, DataLad and git-annex read it where it is at home or has a copy, and push to its home.");
    }

    /// <summary>The versions that stay of a dataset that the caller was allowed to read.</summary>
    public async ValueTask<PermanentVersions> ListAsync(SiteDataset dataset, CancellationToken ct)
    {
        IReadOnlyList<SiteSnapshot> all = await ListSnapshotsAsync(dataset, ct);
        List<SiteSnapshot> main = [.. all.Where(static one => one.Reason != SnapshotReason.Automatic)];
        List<SiteSnapshot> tagged = [.. all.Where(static one => one.Reason == SnapshotReason.Automatic && one.Tags.Count > 0)];
        bool isEmpty = main.Count + tagged.Count == 0 && dataset.Root.IsEmpty
            && !await records.ReadAsync(queries => queries.HasOverlay(dataset.Key), ct);
        return new PermanentVersions(dataset, main, tagged, isEmpty);
    }

    /// <summary>
    /// Lists all existing snapshots, also those that will be thinned out, oldest first. For callers whose right to read was checked.
    /// </summary>
    public async ValueTask<IReadOnlyList<SiteSnapshot>> ListSnapshotsAsync(SiteDataset dataset, CancellationToken ct)
    {
        var all = new List<SiteSnapshot>();
        IReadOnlyList<SiteSnapshot> page;
        do
        {
            page = await snapshots.ListAsync(dataset, all.Count > 0 ? all[^1].Number : long.MaxValue, PageSize, ct);
            all.AddRange(page);
        }
        while (page.Count == PageSize);
        all.Reverse();
        return all;
    }

    /// <summary>One page of a listing of a version that the caller was allowed to read.</summary>
    public ValueTask<Listing> ListFilesAsync(TreeRoot root, ListQuery query, CancellationToken ct) => heads.Tree.ListAsync(root, query, ct);

    /// <summary>All entries of a version that the caller was allowed to read.</summary>
    public IAsyncEnumerable<PathEntry> EnumerateAsync(TreeRoot root, CancellationToken ct) => heads.Tree.EnumerateAsync(root, null, "", ct);

    /// <summary>The blob that was brought for a key of git-annex; null when none was.</summary>
    /// <param name="name">The key without its extension.</param>
    private async ValueTask<BlobHash?> FindKeyAsync(SiteDataset dataset, string name, CancellationToken ct) =>
        (await records.ReadAsync(queries => queries.StoredKey(dataset.Key, name), ct))?.Hash;

    /// <summary>Finds the entry at a path of a version, or of a repository, for a caller whose right to read was checked.</summary>
    public ValueTask<Entry?> FindFileAsync(TreeRoot root, DatasetPath path, CancellationToken ct) => heads.Tree.FindAsync(root, path, ct);

    /// <summary>
    /// Lists the subdatasets in <c>.gitmodules</c> of a version, for a caller whose right to read was checked; none if the file is too
    /// large.
    /// </summary>
    public async Task<IEnumerable<Subdataset>> ListSubdatasetsAsync(DatasetId id, TreeRoot root, CancellationToken ct)
    {
        if (await FindFileAsync(root, SubdatasetList, ct) is not { Kind: EntryKind.File, Size: <= Subdataset.MaxListBytes } file)
        {
            return [];
        }

        return Subdataset.ReadAll(Encoding.UTF8.GetString(await ReadAsync(id, file.Hash, Subdataset.MaxListBytes, ct)));
    }

    /// <summary>Lists the differences of two versions, for a caller whose right to read was checked.</summary>
    public IAsyncEnumerable<TreeDifference> DiffAsync(TreeRoot from, TreeRoot to, CancellationToken ct) => heads.DiffAsync(from, to, ct);

    /// <summary>The bytes of a file of a version that the caller was allowed to read; they are stored, or this throws.</summary>
    /// <exception cref="HutchException">They are damaged or gone, or more than <paramref name="maxBytes"/>.</exception>
    public async Task<byte[]> ReadAsync(DatasetId id, BlobHash hash, int maxBytes, CancellationToken ct) =>
        await blobs.FindAsync(id, hash, ct) is { } content
            ? await content.ReadAllAsync(maxBytes, ct)
            : throw ErrorCode.Gone.With($"The bytes of {hash} are no longer stored.").ToException();

    /// <summary>Writes the bytes of a file of a version, or of a repository, that the caller was allowed to read.</summary>
    /// <exception cref="HutchException">They are damaged or gone.</exception>
    public async Task CopyAsync(DatasetId id, BlobHash hash, PipeWriter writer, CancellationToken ct)
    {
        BlobContent content = await blobs.FindAsync(id, hash, ct)
            ?? throw ErrorCode.Gone.With($"The bytes of {hash} are no longer stored.").ToException();
        await content.CopyToAsync(writer, 0, content.Size, ct);
    }

    /// <summary>
    /// Finds the content of a key of git-annex, when a permanent version has a file of it, or it was sent to this dataset: a hash alone
    /// opens nothing. The cost does not depend on the number of versions.
    /// </summary>
    /// <param name="name">The key without its extension.</param>
    /// <param name="sha256">The SHA-256 of the content, when the key contains it.</param>
    /// <param name="size">Bytes of the content; null when the key does not contain the size.</param>
    public async Task<Result<KeyContent>> FindAsync(
        Caller caller, DatasetId id, string name, BlobHash? sha256, long? size, CancellationToken ct)
    {
        Result<IReadOnlyList<Result<KeyContent>>> found = await FindAsync(caller, id, [new RequestedKey(name, sha256, size)], ct);
        return found.IsOk ? found.Value[0] : found.Error;
    }

    /// <summary>The same for many keys, each with its own refusal, at the cost of one.</summary>
    public async Task<Result<IReadOnlyList<Result<KeyContent>>>> FindAsync(
        Caller caller, DatasetId id, IReadOnlyList<RequestedKey> wanted, CancellationToken ct)
    {
        Result<SiteDataset> readable = await FindReadableAsync(caller, id, ct);
        if (!readable.TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        BlobHash?[] hashes = await FindBlobsAsync(dataset, wanted, ct);
        var found = new Result<KeyContent>[wanted.Count];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = await FindContentAsync(dataset, wanted[i], hashes[i], ct);
        }

        return Result<IReadOnlyList<Result<KeyContent>>>.Ok(found);
    }

    private async Task<Result<KeyContent>> FindContentAsync(SiteDataset dataset, RequestedKey wanted, BlobHash? hash, CancellationToken ct)
    {
        if (hash is not { } blob)
        {
            return ErrorCode.NotFound.With($"The content of {Display.Quote(wanted.Name)} is not here.");
        }

        // Its bytes may still be stored, and can go at any time.
        if (RelianceRule.FindEvicted(dataset, blob) is { } evicted)
        {
            return evicted;
        }

        try
        {
            if (await blobs.FindAsync(dataset.Id, blob, ct) is not { } content || content.Size != (wanted.Size ?? content.Size))
            {
                return ErrorCode.NotFound.With($"There are no {wanted.Size} bytes with the SHA-256 {blob}.");
            }

            bool isRetained = dataset is { Expires: null, TransientDays: null } && await blobs.IsStoredForAsync(blob, Lane.Main, ct);
            bool isPending = dataset.Folder is not null && await records.ReadAsync(
                queries => queries.FolderFiles(blob, dataset.Id, 1) is [{ IsHashed: false }], ct);
            return new KeyContent(content, isRetained, isPending);
        }
        catch (HutchException e) when (e.InnerException is null)
        {
            // Known to be damaged, or gone: that says nothing of the others.
            return e.Error;
        }
    }

    /// <summary>
    /// The same for a dataset that the caller was allowed to read; null when the content is not here whole, or not hashed yet. Damaged
    /// content is like none: it may be sent again.
    /// </summary>
    public async ValueTask<(BlobHash Hash, long Size)?> FindContentAsync(
        SiteDataset dataset, string name, BlobHash? sha256, long? size, CancellationToken ct)
    {
        BlobHash? hash = await FindBlobAsync(dataset, name, sha256, ct);
        Result<KeyContent> found = await FindContentAsync(dataset, new RequestedKey(name, sha256, size), hash, ct);
        return found is { IsOk: true, Value: { IsPending: false } content } ? (hash!.Value, content.Content.Size) : null;
    }

    /// <summary>Finds the blob of a key in a dataset, for a caller whose right to read was checked; null when it is not here.</summary>
    /// <param name="name">The key without its extension.</param>
    /// <param name="sha256">The SHA-256 of the content, when the key contains it.</param>
    public async ValueTask<BlobHash?> FindBlobAsync(SiteDataset dataset, string name, BlobHash? sha256, CancellationToken ct) =>
        (await FindBlobsAsync(dataset, [new RequestedKey(name, sha256, null)], ct))[0];

    /// <summary>Finds the blobs of keys. Versions that are not remembered are walked once for all of them.</summary>
    private async ValueTask<BlobHash?[]> FindBlobsAsync(SiteDataset dataset, IReadOnlyList<RequestedKey> wanted, CancellationToken ct)
    {
        var hashes = new BlobHash?[wanted.Count];
        var unknown = new HashSet<BlobHash>();
        bool isLarge = false;
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = await FindKeyAsync(dataset, wanted[i].Name, ct);
            if (hashes[i] is null && wanted[i].Sha256 is { } hash)
            {
                bool? isNamed = isLarge ? null : await _named.HasAsync(dataset, hash, ct);
                isLarge = isNamed is null;
                hashes[i] = isNamed == true ? hash : null;
                _ = isNamed != true && unknown.Add(hash);
            }
        }

        HashSet<BlobHash> elsewhere = await FindAtSiblingsAsync(dataset, unknown, isLarge, ct);
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] ??= wanted[i].Sha256 is { } hash && elsewhere.Contains(hash) ? hash : null;
        }

        return hashes;
    }

    /// <summary>The blobs of versions that are not remembered: automatic ones with a tag, and all of a very large dataset.</summary>
    private async ValueTask<HashSet<BlobHash>> FindAtSiblingsAsync(
        SiteDataset dataset, HashSet<BlobHash> wanted, bool isLarge, CancellationToken ct)
    {
        var found = new HashSet<BlobHash>();
        if (wanted.Count == 0)
        {
            return found;
        }

        PermanentVersions versions = await ListAsync(dataset, ct);
        foreach (SiteSnapshot snapshot in isLarge ? versions.Main.Reverse().Concat(versions.Tagged) : versions.Tagged)
        {
            var view = new TreeView(dataset, snapshot.Root, snapshot);
            if (await _known.FindAsync(view, ct) is { } known)
            {
                found.UnionWith(wanted.Where(known.Contains));
            }
            else
            {
                await WalkAsync(view, wanted, found, ct);
            }

            if (found.Count == wanted.Count)
            {
                break;
            }
        }

        return found;
    }

    private async ValueTask WalkAsync(TreeView view, HashSet<BlobHash> wanted, HashSet<BlobHash> found, CancellationToken ct)
    {
        await foreach (PathEntry file in heads.EnumerateAsync(view, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File && wanted.Contains(file.Entry.Hash) && found.Add(file.Entry.Hash)
                && found.Count == wanted.Count)
            {
                return;
            }
        }
    }
}
