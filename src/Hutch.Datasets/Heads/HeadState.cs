using System.Collections.Concurrent;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Datasets.Heads;

/// <summary>A dataset between two changes of its row, and the changes over its tree that are known. Thread-safe.</summary>
internal sealed class HeadState(SiteDataset dataset)
{
    private readonly ConcurrentDictionary<DatasetPath, HeadChange> _paths = new();
    private int _count;

    public SiteDataset Dataset => dataset;

    /// <summary>The last snapshot of a closed dataset, once it was read.</summary>
    public SiteSnapshot? Last { get; set; }

    /// <summary>Paths that are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool TryFind(DatasetPath path, out HeadChange change) => _paths.TryGetValue(path, out change);

    /// <summary>Keeps what lies at a path; true when nothing was known of it. What was read does not replace what was committed.</summary>
    public bool Keep(DatasetPath path, HeadChange change, bool isNewer)
    {
        if (_paths.TryAdd(path, change))
        {
            Interlocked.Increment(ref _count);
            return true;
        }

        if (isNewer)
        {
            _paths[path] = change;
        }

        return false;
    }
}

/// <summary>What lies over the tree at a path.</summary>
/// <param name="IsChanged">Whether anything does; if not, the tree says what is there.</param>
/// <param name="Entry">What was put there; null when it was removed.</param>
internal readonly record struct HeadChange(bool IsChanged, Entry? Entry);

/// <summary>The tree of a head, and what lies over it at a path.</summary>
internal readonly record struct HeadPath(TreeRoot Root, HeadChange Change);
