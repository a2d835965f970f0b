using System.Runtime.CompilerServices;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Blobs;

/// <remarks>Thread-safe.</remarks>
internal sealed class PageStore(BlobStore blobs) : IPageSource
{
    public async ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken)
    {
        if (hash == TreeRoot.Empty.Page)
        {
            return TreeRoot.EmptyPage;
        }

        MemberKey key = MemberKey.Blob(hash);
        if (blobs.MemberLength(key) is not { } length)
        {
            return blobs.Origin is { } origin ? await origin.ReadPageAsync(hash, cancellationToken) : throw blobs.LostPage(hash);
        }

        var page = new byte[length];
        await blobs.ReadMemberAsync(key, page, cancellationToken);
        return page;
    }

    /// <summary>Walks the pages of trees, each once, and each before the pages that it names.</summary>
    /// <param name="seen">Pages to skip; returned pages are added to it.</param>
    public async IAsyncEnumerable<StoredPage> WalkAsync(
        IEnumerable<BlobHash> roots, HashSet<BlobHash> seen, [EnumeratorCancellation] CancellationToken ct)
    {
        var open = new Stack<BlobHash>(roots);
        while (open.TryPop(out BlobHash next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            ReadOnlyMemory<byte> bytes = await ReadPageAsync(next, ct);
            Result<PageContents> contents = PageContents.Read(bytes);
            yield return new StoredPage(next, bytes, contents);
            foreach (TreeRoot below in contents.IsOk ? contents.Value.Below : [])
            {
                open.Push(below.Page);
            }
        }
    }

    /// <summary>Applies changes to a tree and stores its new pages, which are still unreferenced.</summary>
    public static async Task<Result<TreeRoot>> ApplyAsync(
        Committer committer, Tree tree, TreeRoot root, IReadOnlyList<TreeChange> changes, CancellationToken ct) =>
        (await ReplaceAsync(committer, tree, root, changes, ct)).Then<TreeRoot>(static made => made.Root);

    /// <summary>The same. It also returns the bytes that the change removed and added.</summary>
    public static async Task<Result<MadeTree>> ReplaceAsync(
        Committer committer, Tree tree, TreeRoot root, IReadOnlyList<TreeChange> changes, CancellationToken ct)
    {
        var sink = new PageSink();
        Result<TreeRoot> applied = await tree.ApplyAsync(root, changes, sink, ct);
        if (!applied.IsOk)
        {
            return applied.Error;
        }

        Result<Done> stored = await StoreAsync(committer, sink.Pages, Lane.Main, ct);
        return stored.IsOk ? new MadeTree(applied.Value, sink.ReplacedBytes, sink.AddedBytes, sink.PageBytes) : stored.Error;
    }

    /// <summary>Stores new pages, in groups of moderate size. Returns after the last sync; a commit may name them then.</summary>
    private static async Task<Result<Done>> StoreAsync(
        Committer committer, IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> pages, Lane lane, CancellationToken ct)
    {
        const int MaxBatchBytes = 2 << 20;
        var batch = new List<StagedMember>();
        long bytes = 0;
        foreach ((BlobHash hash, ReadOnlyMemory<byte> page) in pages)
        {
            batch.Add(new StagedMember(MemberKey.Blob(hash), page, lane));
            bytes += page.Length;
            if (bytes < MaxBatchBytes)
            {
                continue;
            }

            Result<Done> stored = await committer.StoreAsync(batch, ct);
            if (!stored.IsOk)
            {
                return stored;
            }

            batch = [];
            bytes = 0;
        }

        return batch.Count == 0 ? Done.Value : await committer.StoreAsync(batch, ct);
    }
}

/// <param name="ReplacedBytes">The bytes of files that the tree before had, and this one lacks at their path.</param>
/// <param name="AddedBytes">The bytes of files that this tree has, and the one before lacks at their path.</param>
/// <param name="PageBytes">The bytes of the pages that this tree has, and the one before lacks.</param>
internal readonly record struct MadeTree(TreeRoot Root, long ReplacedBytes = 0, long AddedBytes = 0, long PageBytes = 0)
{
    /// <summary>Returns a tree with the bytes of all changes since the one from which another was made.</summary>
    public MadeTree After(MadeTree before) => new(
        Root, before.ReplacedBytes + ReplacedBytes, before.AddedBytes + AddedBytes, before.PageBytes + PageBytes);
}

/// <param name="Bytes">Its bytes; the reader checks that they have that hash.</param>
/// <param name="Contents">Its contents; a refusal when it is no page.</param>
internal readonly record struct StoredPage(BlobHash Hash, ReadOnlyMemory<byte> Bytes, Result<PageContents> Contents);
