using System.Runtime.CompilerServices;

namespace Hutch.Datasets.Files;

/// <summary>
/// Looks up many files of a tree by their paths, in order. It walks to a neighbour and seeks to a distant path: the cost follows the number
/// of requested paths, not the size of the tree.
/// </summary>
internal sealed class TreeBatchLookup(Tree tree, TreeRoot root)
{
    /// <summary>Steps that are tried before it seeks anew: about what a seek costs.</summary>
    private const int MaxSteps = 512;

    /// <summary>The hashes of those files that the tree has at their path. A path that cannot be one is nowhere.</summary>
    public async Task<IReadOnlyList<BlobHash>> FindAsync(IEnumerable<RequestedBlob> wanted, CancellationToken ct)
    {
        var places = new List<(DatasetPath Path, BlobHash Hash)>();
        foreach (RequestedBlob file in wanted)
        {
            if (DatasetPath.Parse(file.Path!).TryGet(out DatasetPath path, out _))
            {
                places.Add((path, file.Hash));
            }
        }

        places.Sort(static (a, b) => a.Path.CompareTo(b.Path));
        var found = new List<BlobHash>(places.Count);
        int next = 0;
        await foreach (Entry? entry in FindSortedAsync(places.Select(item => item.Path), ct))
        {
            BlobHash hash = places[next++].Hash;
            if (entry is { Kind: EntryKind.File } && entry.Hash == hash)
            {
                found.Add(hash);
            }
        }

        return found;
    }

    /// <summary>The entry at each path, in the order of the paths, which must be sorted; null where the tree has none.</summary>
    public async IAsyncEnumerable<Entry?> FindSortedAsync(
        IEnumerable<DatasetPath> paths, [EnumeratorCancellation] CancellationToken ct)
    {
        IAsyncEnumerator<PathEntry>? walk = null;
        try
        {
            foreach (DatasetPath path in paths)
            {
                if (walk is not null && await ReachAsync(walk, path))
                {
                    yield return walk.Current.Path == path ? walk.Current.Entry : null;
                }
                else
                {
                    Entry? entry = await tree.FindAsync(root, path, ct);
                    walk = await WalkFromAsync(walk, path, ct);
                    yield return entry;
                }
            }
        }
        finally
        {
            await (walk?.DisposeAsync() ?? default);
        }
    }

    /// <summary>Walks on to the first entry that is not before a path; false when it is too far, or there is none.</summary>
    private static async Task<bool> ReachAsync(IAsyncEnumerator<PathEntry> walk, DatasetPath path)
    {
        for (int steps = 0; walk.Current.Path < path; steps++)
        {
            if (steps == MaxSteps || !await walk.MoveNextAsync())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Begins to walk behind a path; null when nothing is there.</summary>
    private async Task<IAsyncEnumerator<PathEntry>?> WalkFromAsync(
        IAsyncEnumerator<PathEntry>? before, DatasetPath path, CancellationToken ct)
    {
        await (before?.DisposeAsync() ?? default);
        IAsyncEnumerator<PathEntry> walk = tree.EnumerateAsync(root, after: path.Value, cancellationToken: ct).GetAsyncEnumerator(ct);
        if (await walk.MoveNextAsync())
        {
            return walk;
        }

        await walk.DisposeAsync();
        return null;
    }
}
