using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Replication.Copies;

/// <summary>
/// The keys of git-annex whose content a dataset keeps, as a tree: each is a file at the top, whose name is the key without its extension.
/// The same keys give the same tree at each site, so that it is made on demand and never stored.
/// </summary>
internal sealed class KeyTree
{
    private KeyTree(TreeRoot root, IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> pages) =>
        (Root, Pages, PageBytes) = (root, pages, pages.Values.Sum(static page => (long)page.Length));

    public static KeyTree Empty { get; } = new(TreeRoot.Empty, new Dictionary<BlobHash, ReadOnlyMemory<byte>>());

    public TreeRoot Root { get; }

    public IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> Pages { get; }

    public long PageBytes { get; }

    public static async Task<KeyTree> OfAsync(IReadOnlyList<StoredKey> keys, CancellationToken ct)
    {
        var pages = new PageSink();
        TreeChange[] changes =
            [.. keys.Select(static key => new TreeChange(DatasetPath.Parse(key.Name).Value, Entry.File(key.Hash, key.Size)))];
        Result<TreeRoot> root = await new Tree(new KeyPages(Empty, null)).ApplyAsync(TreeRoot.Empty, changes, pages, ct);
        return new KeyTree(root.Value, pages.Pages);
    }

    /// <summary>Returns the keys that another site names and this tree lacks. Keys that only this tree has are left out.</summary>
    /// <param name="stored">The source of pages that this tree does not have.</param>
    /// <returns>The keys; a refusal when it is no tree of keys, or has other content for a key of this tree.</returns>
    public async Task<Result<IReadOnlyList<StoredKey>>> FindNewAsync(IPageSource stored, TreeRoot there, CancellationToken ct)
    {
        var found = new List<StoredKey>();
        await foreach (TreeDifference one in new Tree(new KeyPages(this, stored)).DiffAsync(Root, there, ct))
        {
            if (one.After is not { } entry)
            {
                continue;
            }

            if (one.Before is not null || entry.Kind != EntryKind.File)
            {
                return ErrorCode.Unprocessable.With(
                    $"Its keys have {Display.Quote(one.Path.Value)}, which {(one.Before is null ? "is none" : "is other content here")}.");
            }

            found.Add(new StoredKey(one.Path.Value, entry.Hash, entry.Size));
        }

        return found;
    }

    private sealed class KeyPages(KeyTree here, IPageSource? stored) : IPageSource
    {
        public ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken) =>
            here.Pages.TryGetValue(hash, out ReadOnlyMemory<byte> page) ? new(page)
            : stored?.ReadPageAsync(hash, cancellationToken)
                ?? throw new InvalidOperationException("A new tree has nothing to read.");
    }
}
