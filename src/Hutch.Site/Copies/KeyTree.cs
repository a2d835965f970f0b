using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Blobs;

namespace Hutch.Site.Copies;

/// <summary>
/// The keys of git-annex whose content a dataset keeps, as a tree: each is a file at the top, whose name is the key without its extension.
/// The same keys give the same tree at each site, so that it is made when it is wanted and stored nowhere.
/// </summary>
internal sealed class KeyTree
{
    // Far above the length of every key with a digest.
    private const int MaxNameCharacters = 500;

    private KeyTree(TreeRoot root, IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> pages) =>
        (Root, Pages, PageBytes) = (root, pages, pages.Values.Sum(static page => (long)page.Length));

    /// <summary>No keys.</summary>
    public static KeyTree Empty { get; } = new(TreeRoot.Empty, new Dictionary<BlobHash, ReadOnlyMemory<byte>>());

    public TreeRoot Root { get; }

    /// <summary>Its pages.</summary>
    public IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> Pages { get; }

    /// <summary>Bytes of its pages.</summary>
    public long PageBytes { get; }

    /// <summary>Makes the tree of some keys.</summary>
    public static async Task<KeyTree> OfAsync(IReadOnlyList<HeldKey> keys, CancellationToken ct)
    {
        var pages = new PageSink();
        TreeChange[] changes =
            [.. keys.Select(static key => new TreeChange(DatasetPath.Parse(key.Name).Value, Entry.File(key.Hash, key.Size)))];
        Result<TreeRoot> root = await new Tree(new NoPages()).ApplyAsync(TreeRoot.Empty, changes, pages, ct);
        return new KeyTree(root.Value, pages.Pages);
    }

    /// <summary>The keys that a tree of another site names; a refusal when it is no tree of keys.</summary>
    public static async Task<Result<IReadOnlyList<HeldKey>>> ReadAsync(Tree tree, TreeRoot root, CancellationToken ct)
    {
        var keys = new List<HeldKey>();
        await foreach (PathEntry file in tree.EnumerateAsync(root, cancellationToken: ct))
        {
            string name = file.Path.Value;
            if (file.Entry.Kind != EntryKind.File || name.Contains('/', StringComparison.Ordinal) || name.Length > MaxNameCharacters)
            {
                return ErrorCode.Unprocessable.With($"Its keys have {Display.Quote(name)}, which is none.");
            }

            keys.Add(new HeldKey(name, file.Entry.Hash, file.Entry.Size));
        }

        return keys;
    }

    private sealed class NoPages : IPageSource
    {
        public ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A new tree has nothing to read.");
    }
}
