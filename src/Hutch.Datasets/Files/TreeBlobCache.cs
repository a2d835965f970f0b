using Hutch.Model;
using Hutch.Site.Heads;

namespace Hutch.Datasets.Files;

/// <summary>
/// An LRU cache of the hashes of the files of versions. A clone asks for a version's files in many requests: walking the
/// tree once is enough for all of them. Memory is bounded; larger versions are walked each time.
/// </summary>
internal sealed class TreeBlobCache(HeadReader heads)
{
    private const long MaxEntries = 250_000;
    private const int MaxTrees = 2;

    private readonly Lock _lock = new();
    private readonly LinkedList<(BlobHash Root, HashSet<BlobHash> Hashes)> _recent = [];

    /// <summary>The hashes of a fixed version; null when it is too large to be kept.</summary>
    public async ValueTask<IReadOnlySet<BlobHash>?> FindAsync(TreeView view, CancellationToken ct)
    {
        if (view.Root.Files > MaxEntries)
        {
            return null;
        }

        if (Recall(view.Root.Page) is { } known)
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

        Remember(view.Root.Page, hashes);
        return hashes;
    }

    private HashSet<BlobHash>? Recall(BlobHash root)
    {
        lock (_lock)
        {
            for (LinkedListNode<(BlobHash Root, HashSet<BlobHash> Hashes)>? node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Root == root)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Hashes;
                }
            }

            return null;
        }
    }

    private void Remember(BlobHash root, HashSet<BlobHash> hashes)
    {
        lock (_lock)
        {
            _recent.AddFirst((root, hashes));
            if (_recent.Count > MaxTrees)
            {
                _recent.RemoveLast();
            }
        }
    }
}
