using Hutch.Model.Histories;

namespace Hutch.Site.Replication.Copies;

/// <summary>The keys of datasets as trees, which are made again only when keys were added or removed. Thread-safe.</summary>
internal sealed class KeyTrees
{
    // Records of as many are made in one group at the other site.
    private const int MaxKeys = 500_000;
    private const int MaxCached = 64;
    private const long MaxCachedBytes = 256 << 20;

    private readonly LruCache<DatasetId, CachedTree> _cachedTree = new(
        MaxCached, MaxCachedBytes, static cachedTree => cachedTree.Tree.PageBytes);

    /// <summary>Returns the keys whose content a dataset keeps now; a refusal when there are too many to be copied.</summary>
    public Result<LocalKeys> Find(SiteQueries queries, SiteDataset dataset)
    {
        KeysMark mark = queries.MarkOfKeys(dataset.Key);
        if (mark.Count > MaxKeys)
        {
            return ErrorCode.TooLarge.With(
                $"Dataset '{dataset.Owner}/{dataset.Slug}' keeps the content of {mark.Count} keys. With more than {MaxKeys} it "
                + "cannot be copied to other sites.");
        }

        if (mark.Count == 0)
        {
            return new LocalKeys(dataset.Id, mark, KeyTree.Empty, []);
        }

        if (_cachedTree.TryFind(dataset.Id, out CachedTree? cachedTree) && cachedTree.Mark == mark)
        {
            return new LocalKeys(dataset.Id, mark, cachedTree.Tree, []);
        }

        return new LocalKeys(
            dataset.Id, mark, null,
            dataset.Folder is null ? queries.StoredKeys(dataset.Key, "", MaxKeys) : queries.HashedKeys(dataset.Key, "", MaxKeys));
    }

    /// <summary>Returns the refusal if a history has too many keys; null otherwise.</summary>
    public static HutchError? FindTooMany(History history) => history.Keys?.Root.Files > MaxKeys
        ? ErrorCode.TooLarge.With($"Its history has {history.Keys.Root.Files} keys, more than {MaxKeys}.")
        : null;

    public async ValueTask<KeyTree> TreeAsync(LocalKeys here, CancellationToken ct)
    {
        if (here.Tree is { } known)
        {
            return known;
        }

        KeyTree tree = await KeyTree.OfAsync(here.Keys, ct);
        _cachedTree.Set(here.Dataset, new CachedTree(here.Mark, tree));
        return tree;
    }

    private sealed record CachedTree(KeysMark Mark, KeyTree Tree);
}

/// <param name="Tree">Their tree; null when it is not made yet.</param>
/// <param name="Keys">The keys, when their tree is not made yet.</param>
internal sealed record LocalKeys(DatasetId Dataset, KeysMark Mark, KeyTree? Tree, IReadOnlyList<StoredKey> Keys);
