using System.Collections.Concurrent;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Blobs;

/// <summary>The extents of recent large blobs: small reads of a 1 TB file do not read a hundred thousand rows each.</summary>
/// <remarks>
/// Thread-safe. An assembled blob never changes until it is forgotten; the committer reports both after readers can see it and before it
/// answers.
/// </remarks>
internal sealed class LargeBlobCache(SiteDatabase records)
{
    /// <summary>About 16 MiB.</summary>
    private const int MaxExtents = 200_000;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<BlobHash, LargeBlob> _known = new();
    private long _version;
    private int _extents;

    /// <summary>Subscribes to the committer, once, before the first look-up.</summary>
    public void Follow(Committer committer) => committer.Committed += OnCommitted;

    /// <summary>Returns the extents of a blob, or null when none of this hash was assembled.</summary>
    public ValueTask<LargeBlob?> FindAsync(BlobHash hash, CancellationToken ct) =>
        _known.TryGetValue(hash, out LargeBlob? known) ? new ValueTask<LargeBlob?>(known) : LoadAsync(hash, ct);

    private async ValueTask<LargeBlob?> LoadAsync(BlobHash hash, CancellationToken ct)
    {
        long version = Volatile.Read(ref _version);
        LargeBlob? read = await records.ReadAsync(queries => queries.LargeBlob(hash), ct);
        lock (_lock)
        {
            if (read is not null && version == _version && read.Extents.Count <= MaxExtents && _known.TryAdd(hash, read))
            {
                _extents += read.Extents.Count;
                if (_extents > MaxExtents)
                {
                    _known.Clear();
                    _extents = 0;
                }
            }
        }

        return read;
    }

    private void OnCommitted(IReadOnlyList<JournalRecord> group)
    {
        foreach (JournalRecord record in group)
        {
            switch (record)
            {
                case JournalRecord.BlobAssembled assembled:
                    Invalidate(assembled.Hash);
                    break;
                case JournalRecord.BlobForgotten forgotten:
                    Invalidate(forgotten.Hash);
                    break;
                default:
                    break;
            }
        }
    }

    private void Invalidate(BlobHash hash)
    {
        lock (_lock)
        {
            _version++;
            if (_known.TryRemove(hash, out LargeBlob? old))
            {
                _extents -= old.Extents.Count;
            }
        }
    }
}
