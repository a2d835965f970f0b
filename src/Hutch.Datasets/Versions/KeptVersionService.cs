using Hutch.Datasets.Files;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Blobs;
using Hutch.Site.Heads;
using Hutch.Site.Lifecycle;
using Hutch.Storage;
using Hutch.Zone.Authorization;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Versions;

/// <summary>The versions that stay, with the bytes of their files, for callers who may read them.</summary>
public sealed class KeptVersionService(
    Authorizer authorizer, DatasetNames names, HeadReader heads, Snapshots snapshots, BlobStore blobs)
{
    private const int PageSize = 1000;
    private const string Automatic = "auto";

    private readonly TreeBlobCache _known = new(heads);

    /// <summary>The id of the dataset that a text means, for who may read it: an id, or <c>owner/slug</c>.</summary>
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

    public async ValueTask<Result<KeptVersions>> ListAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryRead, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        // Refuses what is in the trash or gone.
        Result<TreeView> head = await heads.ResolveAsync(id, null, ct);
        return head.IsOk ? await ListAsync(head.Value.Dataset, ct) : head.Error;
    }

    private async ValueTask<KeptVersions> ListAsync(SiteDataset dataset, CancellationToken ct)
    {
        var main = new List<SiteSnapshot>();
        var tagged = new List<SiteSnapshot>();
        long before = long.MaxValue;
        IReadOnlyList<SiteSnapshot> page;
        do
        {
            page = await snapshots.ListAsync(dataset, before, PageSize, ct);
            foreach (SiteSnapshot snapshot in page)
            {
                before = snapshot.Number;
                (snapshot.Reason != Automatic ? main : snapshot.Tags.Count > 0 ? tagged : null)?.Add(snapshot);
            }
        }
        while (page.Count == PageSize);
        main.Reverse();
        tagged.Reverse();
        return new KeptVersions(dataset, main, tagged);
    }

    /// <summary>One page of a listing of a version that the caller was allowed to read.</summary>
    public ValueTask<Listing> ListFilesAsync(TreeRoot root, ListQuery query, CancellationToken ct) => heads.Tree.ListAsync(root, query, ct);

    /// <summary>All entries of a version that the caller was allowed to read.</summary>
    public IAsyncEnumerable<PathEntry> EnumerateAsync(TreeRoot root, CancellationToken ct) => heads.Tree.EnumerateAsync(root, null, "", ct);

    /// <summary>What two versions differ in that the caller was allowed to read.</summary>
    public IAsyncEnumerable<TreeDifference> DiffAsync(TreeRoot from, TreeRoot to, CancellationToken ct) => heads.DiffAsync(from, to, ct);

    /// <summary>The bytes of a file of a version that the caller was allowed to read; they are stored, or this throws.</summary>
    /// <exception cref="HutchException">They are damaged or gone, or more than <paramref name="maxBytes"/>.</exception>
    public async Task<byte[]> ReadAsync(DatasetId id, BlobHash hash, int maxBytes, CancellationToken ct) =>
        await blobs.FindAsync(id, hash, ct) is { } content
            ? await content.ReadAllAsync(maxBytes, ct)
            : throw ErrorCode.Gone.With($"The bytes of {hash} are no longer stored.").ToException();

    /// <summary>
    /// The bytes of a file by their hash and size, when a version that stays has such a file: a hash alone opens nothing.
    /// </summary>
    public async Task<Result<HeldBlob>> FindAsync(Caller caller, DatasetId id, BlobHash hash, long size, CancellationToken ct)
    {
        if (!(await ListAsync(caller, id, ct)).TryGet(out KeptVersions? kept, out HutchError? refusal))
        {
            return refusal;
        }

        if (!await IsInAsync(kept, hash, ct))
        {
            return ErrorCode.NotFound.With($"No version of the dataset that stays has a file whose SHA-256 is {hash}.");
        }

        if (await blobs.FindAsync(id, hash, ct) is not { } content || content.Size != size)
        {
            return ErrorCode.NotFound.With($"There are no {size} bytes with the SHA-256 {hash}.");
        }

        bool isHeld = kept.Dataset is { Expires: null, TransientDays: null } && await blobs.IsStoredForAsync(hash, Lane.Main, ct);
        return new HeldBlob(content, isHeld);
    }

    private async ValueTask<bool> IsInAsync(KeptVersions kept, BlobHash hash, CancellationToken ct)
    {
        foreach (SiteSnapshot snapshot in kept.Main.Reverse().Concat(kept.Tagged))
        {
            var view = new TreeView(kept.Dataset, snapshot.Root, snapshot);
            if (await _known.FindAsync(view, ct) is { } known ? known.Contains(hash) : await WalkAsync(view, hash, ct))
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask<bool> WalkAsync(TreeView view, BlobHash hash, CancellationToken ct)
    {
        await foreach (PathEntry file in heads.EnumerateAsync(view, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File && file.Entry.Hash == hash)
            {
                return true;
            }
        }

        return false;
    }
}

/// <param name="Content">The bytes.</param>
/// <param name="IsHeld">
/// Whether somebody may delete their only copy because of these: they are whole, not known to be damaged, stored here, and do not end by
/// themselves.
/// </param>
public sealed record HeldBlob(BlobContent Content, bool IsHeld);
