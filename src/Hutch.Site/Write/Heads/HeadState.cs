using System.Collections.Concurrent;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Site.Write.Heads;

/// <summary>A dataset between two changes of its row, and the changes over its tree that are known. Thread-safe.</summary>
internal sealed class HeadState(SiteDataset dataset)
{
    /// <summary>What a path takes beside its texts, about.</summary>
    private const int FixedBytes = 200;

    private readonly ConcurrentDictionary<DatasetPath, HeadChange> _paths = new();
    private long _bytes;
    private long _changed;
    private bool _isChangedKnown;

    public SiteDataset Dataset => dataset;

    /// <summary>The last snapshot of a closed dataset, once it was read.</summary>
    public SiteSnapshot? Last { get; set; }

    /// <summary>Number of the last record that changed the head; null until it was read once.</summary>
    public long? Changed => Volatile.Read(ref _isChangedKnown) ? Volatile.Read(ref _changed) : null;

    /// <summary>What the paths that are kept take in memory, about; what was replaced counts on.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public bool TryFind(DatasetPath path, out HeadChange change) => _paths.TryGetValue(path, out change);

    /// <summary>A record has changed the head.</summary>
    public void NoteChange(long sequence) => RisingNumber.TryRaise(ref _changed, sequence);

    /// <summary>Keeps the number that was read, unless a newer one was noted meanwhile.</summary>
    public void KeepChanged(long sequence)
    {
        NoteChange(sequence);
        Volatile.Write(ref _isChangedKnown, true);
    }

    /// <summary>Keeps what lies at a path; gives the bytes that this takes. What was read does not replace what was committed.</summary>
    public long Keep(DatasetPath path, HeadChange change, bool isNewer)
    {
        if (isNewer)
        {
            _paths[path] = change;
        }
        else if (!_paths.TryAdd(path, change))
        {
            return 0;
        }

        long bytes = FixedBytes + (path.Value.Length * sizeof(char)) + (change.Entry is { } entry ? BytesOf(entry) : 0);
        Interlocked.Add(ref _bytes, bytes);
        return bytes;
    }

    private static long BytesOf(Entry entry) => sizeof(char) * (
        (entry.Target?.Length ?? 0) + (entry.ContentType?.Length ?? 0)
        + (entry.UserMetadata?.Sum(static pair => FixedBytes + pair.Key.Length + pair.Value.Length) ?? 0));
}

/// <summary>What lies over the tree at a path.</summary>
/// <param name="IsChanged">Whether anything does; if not, the tree says what is there.</param>
/// <param name="Entry">What was put there; null when it was removed.</param>
internal readonly record struct HeadChange(bool IsChanged, Entry? Entry);

/// <summary>The tree of a head, and what lies over it at a path.</summary>
internal readonly record struct HeadPath(TreeRoot Root, HeadChange Change);
