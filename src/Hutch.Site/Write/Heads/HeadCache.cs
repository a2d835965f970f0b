using System.Collections.Concurrent;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <summary>
/// The heads in use, in memory: the current state of each dataset, and its overlay at the paths that were requested or changed. So a
/// repeated look-up, and one after a put, need no query of the records.
/// </summary>
/// <remarks>
/// Thread-safe. It is notified of each group after readers can see it and before the answers, so that each caller reads its own writes.
/// <para> The danger is a stale set: a reader takes a value from the records, a commit changes it, and the reader puts the old value into
/// the cache, for ever. Memcached needs leases against that (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1). Here a
/// reader notes the version before it reads, and caches nothing when the version has moved. The committer itself decides by the records
/// alone. Decision 0114 has the savings: a GET of 4 KiB costs a third. </para>
/// </remarks>
public sealed class HeadCache
{
    /// <summary>About 100 000 paths. Beyond, all are forgotten: an LRU order would need a lock on each look-up.</summary>
    private const long MaxBytes = 32 << 20;

    private const int MaxDatasets = 10_000;

    private readonly SiteDatabase _records;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<DatasetId, HeadState> _states = new();
    private readonly long _maxBytes;
    private long _version;
    private long _bytes;

    /// <param name="committer">
    /// The committer that changes heads. The cache must subscribe before any component that reads heads upon a commit.
    /// </param>
    /// <param name="maxBytes">
    /// The approximate memory of the cache over all datasets; beyond it, everything is forgotten and read again.
    /// </param>
    public HeadCache(Committer committer, SiteDatabase records, long maxBytes = MaxBytes)
    {
        _maxBytes = maxBytes;
        _records = records;
        committer.Committed += OnCommitted;
    }

    /// <summary>Returns a dataset in its current state, or null when the site does not know it.</summary>
    public async ValueTask<SiteDataset?> DatasetAsync(DatasetId id, CancellationToken ct) => (await StateAsync(id, ct))?.Dataset;

    /// <summary>
    /// Returns the sequence number of the last record that changed a head, so that all servers of a site report the same; 0 when the site
    /// does not know the dataset.
    /// </summary>
    public async ValueTask<long> ChangedAsync(DatasetId id, CancellationToken ct)
    {
        if (await StateAsync(id, ct) is not { } state)
        {
            return 0;
        }

        if (state.Changed is long known)
        {
            return known;
        }

        long read = await _records.ReadAsync(queries => queries.HeadChanged(state.Dataset.Key), ct) ?? state.Dataset.Changed;
        state.RetainChanged(read);
        return read;
    }

    /// <summary>Returns the head of a dataset as a version; null when the site does not know it.</summary>
    internal async ValueTask<TreeView?> ViewAsync(DatasetId id, CancellationToken ct)
    {
        if (await StateAsync(id, ct) is not { } state)
        {
            return null;
        }

        // The head of a closed dataset is its last snapshot.
        if (state is { Last: null, Dataset: { Closed: not null, Snapshot: long number } })
        {
            state.Last = await _records.ReadAsync(queries => queries.Snapshot(state.Dataset.Key, number), ct);
        }

        return new TreeView(state.Dataset, state.Dataset.Root, state.Last);
    }

    /// <summary>
    /// Returns a head's overlay at a path and the head's tree, both of one moment. Null when the site does not know the dataset.
    /// </summary>
    internal ValueTask<HeadPath?> FindAsync(DatasetId id, DatasetPath path, CancellationToken ct) =>
        _states.TryGetValue(id, out HeadState? state) && state.TryFind(path, out HeadChange change)
            ? new ValueTask<HeadPath?>(new HeadPath(state.Dataset.Root, change))
            : LoadAsync(id, path, ct);

    private async ValueTask<HeadState?> StateAsync(DatasetId id, CancellationToken ct)
    {
        if (_states.TryGetValue(id, out HeadState? known))
        {
            return known;
        }

        long version = Volatile.Read(ref _version);
        if (await _records.ReadAsync(queries => queries.Dataset(id), ct) is not { } dataset)
        {
            return null;
        }

        var read = new HeadState(dataset);
        lock (_lock)
        {
            if (version != _version)
            {
                // Valid for this caller, which asked before the change was answered; perhaps too old for the next.
                return read;
            }

            if (_states.Count >= MaxDatasets)
            {
                Clear();
            }

            return _states.GetOrAdd(id, read);
        }
    }

    private async ValueTask<HeadPath?> LoadAsync(DatasetId id, DatasetPath path, CancellationToken ct)
    {
        if (await StateAsync(id, ct) is not { } state)
        {
            return null;
        }

        // The row and the tree of one moment: a compaction in between moves changes from one to the other.
        (OverlayRow? row, TreeRoot? root) = await _records.ReadConsistentAsync(
            queries => (queries.Overlay(state.Dataset.Key, path), queries.DatasetByKey(state.Dataset.Key)?.Root), ct);
        var change = new HeadChange(row is not null, row?.Entry);
        if (root == state.Dataset.Root)
        {
            // Never in place of what a commit has put there since.
            Set(state, path, change, isNewer: false);
        }

        return root is { } now ? new HeadPath(now, change) : null;
    }

    private void OnCommitted(IReadOnlyList<JournalRecord> records)
    {
        foreach (JournalRecord record in records)
        {
            switch (record)
            {
                case JournalRecord.EntryPut put:
                    OnCommitted(put.Dataset, put.Path, put.Entry, put.Sequence);
                    break;
                case JournalRecord.EntryRemoved removed:
                    OnCommitted(removed.Dataset, removed.Path, null, removed.Sequence);
                    break;
                case JournalRecord.SnapshotTaken taken:
                    Invalidate(taken.Dataset);
                    break;
                case JournalRecord.RepositorySet repository:
                    Invalidate(repository.Dataset);
                    break;
                case JournalRecord.CopyCompleted copy:
                    Invalidate(copy.Dataset);
                    break;
                case JournalRecord.DatasetBeingKept being:
                    Invalidate(being.Dataset);
                    break;
                case JournalRecord.ResultRow or JournalRecord.MessagePublished or JournalRecord.FileRegistered or JournalRecord.FileVanished
                    or JournalRecord.BlobAssembled or JournalRecord.BlobForgotten
                    or JournalRecord.UploadStarted or JournalRecord.UploadPartStored or JournalRecord.UploadEnded
                    or JournalRecord.SessionStarted or JournalRecord.SessionExtended or JournalRecord.SessionBlobs
                    or JournalRecord.SessionExtent or JournalRecord.SessionUploadDropped or JournalRecord.SessionEnded
                    or JournalRecord.TemporaryDropped or JournalRecord.KeysHeld or JournalRecord.KeysDropped:
                    // Frequent, and nothing of a head.
                    break;
                default:
                    // Rare kinds, and kinds that are added later: to forget too much costs time, to forget too little is wrong.
                    Invalidate(null);
                    break;
            }
        }
    }

    private void OnCommitted(DatasetId id, DatasetPath path, Entry? entry, long sequence)
    {
        if (_states.TryGetValue(id, out HeadState? state))
        {
            state.NoteChange(sequence);
            Set(state, path, new HeadChange(true, entry), isNewer: true);
        }
    }

    private void Set(HeadState state, DatasetPath path, HeadChange change, bool isNewer)
    {
        if (Interlocked.Add(ref _bytes, state.Set(path, change, isNewer)) > _maxBytes)
        {
            Invalidate(null);
        }
    }

    /// <summary>Forgets a dataset, or all. A concurrent read does not restore the old state.</summary>
    private void Invalidate(DatasetId? id)
    {
        lock (_lock)
        {
            _version++;
            if (id is { } one)
            {
                if (_states.TryRemove(one, out HeadState? state))
                {
                    Interlocked.Add(ref _bytes, -state.Bytes);
                }
            }
            else
            {
                Clear();
            }
        }
    }

    private void Clear()
    {
        _states.Clear();
        Volatile.Write(ref _bytes, 0);
    }
}
