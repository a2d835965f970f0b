using System.Collections.Concurrent;

namespace Hutch.Site.Write.Heads;

/// <summary>A dataset between two changes of its row, and the known changes in its overlay. Thread-safe.</summary>
internal sealed class HeadState(SiteDataset dataset)
{
    /// <summary>The approximate memory of a path in addition to its texts.</summary>
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

    /// <summary>The approximate memory of the cached paths; replaced ones still count.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public bool TryFind(DatasetPath path, out HeadChange change) => _paths.TryGetValue(path, out change);

    public void NoteChange(long sequence) => RisingNumber.TryRaise(ref _changed, sequence);

    /// <summary>Keeps the number that was read, unless a newer one was noted in the meantime.</summary>
    public void RetainChanged(long sequence)
    {
        NoteChange(sequence);
        Volatile.Write(ref _isChangedKnown, true);
    }

    /// <summary>
    /// Keeps the change at a path; returns the bytes that it takes. A value that was read does not replace one that was committed.
    /// </summary>
    public long Set(DatasetPath path, HeadChange change, bool isNewer)
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

/// <param name="IsChanged">True if there is one; if not, the tree has the entry.</param>
/// <param name="Entry">The new entry; null when it was removed.</param>
internal readonly record struct HeadChange(bool IsChanged, Entry? Entry);

internal readonly record struct HeadPath(TreeRoot Root, HeadChange Change);
