namespace Hutch.Datasets.Files;

/// <summary>
/// An LRU cache of the hashes of the files of versions. A clone asks for a version's files in many requests: walking the tree once is
/// enough for all of them. Memory is bounded; larger versions are walked each time.
/// </summary>
internal sealed class TreeBlobCache(HeadReader heads)
{
    private const long MaxEntries = 250_000;
    private const int MaxTrees = 2;

    private readonly LruCache<BlobHash, HashSet<BlobHash>> _recent = new(MaxTrees, long.MaxValue, static _ => 0);

    /// <summary>The hashes of a fixed version; null when it is too large to be kept.</summary>
    public async ValueTask<IReadOnlySet<BlobHash>?> FindAsync(TreeView view, CancellationToken ct)
    {
        if (view.Root.Files > MaxEntries)
        {
            return null;
        }

        if (_recent.TryFind(view.Root.Page, out HashSet<BlobHash>? known))
        {
            return known;
        }

        var hashes = new HashSet<BlobHash>();
        await foreach (PathEntry file in heads.EnumerateAsync(view, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File)
            {
                hashes.Add(file.Entry.Hash);
            }
        }

        _recent.Set(view.Root.Page, hashes);
        return hashes;
    }
}
