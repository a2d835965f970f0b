using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// The blob store of one data folder: append-only tar files in lanes, found through their own indexes. It knows members by key and records
/// as opaque lines; their meaning is the caller's. Thread-safe; one process per folder (see <see cref="DataFolderLock"/>).
/// </summary>
/// <remarks><c>docs/formats/segments.md</c> describes the format and the recovery.</remarks>
public sealed partial class SegmentStore : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SegmentOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<Lane, LaneQueue> _lanes = [];
    private readonly SegmentFileCache _files;
    private readonly Quarantine _quarantine;
    private readonly SegmentManifest _manifest;
    private readonly Dictionary<long, List<DamagedRange>> _incomplete = []; // segments that lost members nobody can name
    private Segment[] _segments = []; // newest first; replaced, never changed
    private long _lastNumber;
    private bool _disposed;

    private SegmentStore(IDisk disk, string folder, SegmentOptions options, TimeProvider time)
    {
        Disk = disk;
        Folder = folder;
        _options = options;
        _time = time;
        _files = new SegmentFileCache(options.MaxOpenFiles);
        Meter = new StorageMeter(this);
        _quarantine = new Quarantine(disk, folder, Meter);
        _manifest = new SegmentManifest(disk, folder);
        Zeros = new byte[Math.Min(options.ZeroAheadBytes, 1 << 20)];
    }

    internal IDisk Disk { get; }

    internal string Folder { get; }

    internal byte[] Zeros { get; }

    internal TimeProvider Time => _time;

    internal StorageMeter Meter { get; }

    internal int SegmentCount => Volatile.Read(ref _segments).Length;

    /// <summary>The segments, newest first, as they are now.</summary>
    public IReadOnlyList<SegmentInfo> Segments
    {
        get
        {
            Segment[] segments = Volatile.Read(ref _segments);
            return [.. segments.Select(segment => segment.Describe(MayRetire(segment, segments)))];
        }
    }

    /// <summary>Names of segment files that are missing although they were never retired.</summary>
    public IReadOnlyList<string> LostSegments => _manifest.Missed;

    /// <summary>
    /// True if the list of segments was damaged at opening, so that a missing segment may be unnoticed. It was written again.
    /// </summary>
    public bool IsManifestDamaged => _manifest.IsDamaged;

    public DiskSpace Space => Disk.Space(Folder);

    /// <summary>
    /// Opens the store in a folder, made when missing, and brings it to order: half-written ends are cut, unsealed segments sealed, damage
    /// is put in quarantine and reported. Works on a full disk.
    /// </summary>
    public static Task<(SegmentStore Store, RecoveryReport Report)> OpenAsync(
        IDisk disk, string folder, SegmentOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(disk, folder, options, 0, time, cancellationToken);

    /// <inheritdoc cref="OpenAsync(IDisk, string, SegmentOptions, TimeProvider, CancellationToken)"/>
    /// <param name="lastNumber">A number above which new segments are numbered, as an earlier life may have used lower ones.</param>
    public static Task<(SegmentStore Store, RecoveryReport Report)> OpenAsync(
        IDisk disk, string folder, SegmentOptions options, long lastNumber, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!options.UseWriterThreads)
        {
            return Task.FromResult(Open(disk, folder, options, lastNumber, time, cancellationToken));
        }

        return Task.Factory.StartNew(
            () => Open(disk, folder, options, lastNumber, time, cancellationToken),
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Commits a group: its members and records, wholly or not at all. On return it is durable and visible to readers.</summary>
    /// <remarks>
    /// Calls for one lane are served in order. In the main lane the write and the sync happen on the calling thread, which is the
    /// committer's; in the others on the lane's own. Throws <see cref="StorageFullException"/> (only the reserve is left; nothing was
    /// written), <see cref="StorageUnknownOutcomeException"/> (the sync failed; send it again), or another <see cref="IOException"/> with
    /// nothing written. The token is honoured until the group is handed over, not after: what may be durable is waited for.
    /// </remarks>
    public async ValueTask AppendAsync(Lane lane, SegmentGroup group, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (group.Count == 0 && group.FirstSequence == 0)
        {
            throw new ArgumentException("A group has members or records.", nameof(group));
        }

        if (group.MemberBytes + group.Journal.Length > _options.MaxGroupBytes)
        {
            throw new ArgumentException(
                $"A group is at most {_options.MaxGroupBytes} bytes, not {group.MemberBytes + group.Journal.Length}.", nameof(group));
        }

        if (group.FirstSequence > 0 && lane != Lane.Main)
        {
            throw new ArgumentException("Records belong into the main lane.", nameof(group));
        }

        await QueueOf(lane).AppendAsync(group, cancellationToken);
    }

    /// <summary>
    /// Seals all open segments, so that the next opening need not look into them. For a graceful stop; nothing is lost without it.
    /// </summary>
    public Task SealAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (LaneQueue lane in QueuesNow())
        {
            lane.WithWriter(static writer => writer.Seal());
        }

        _manifest.Save();
        return Task.CompletedTask;
    }

    /// <summary>Waits for running writes and closes all files without sealing them. <see cref="SealAsync"/> seals.</summary>
    public ValueTask DisposeAsync()
    {
        LaneQueue[] lanes;
        lock (_gate)
        {
            _disposed = true;
            lanes = [.. _lanes.Values];
        }

        foreach (LaneQueue lane in lanes)
        {
            lane.Dispose();
            lane.WithWriter(static writer => writer.Close());
        }

        foreach (Segment segment in Volatile.Read(ref _segments))
        {
            segment.File.Retire();
        }

        Meter.Dispose();
        return ValueTask.CompletedTask;
    }

    internal StorageFullException Full(long needed, Exception? inner = null) =>
        new(needed, Disk.Space(Folder).FreeBytes, _options.ReserveBytes, inner);

    /// <summary>True if the bytes fit without the reserve.</summary>
    public bool HasSpace(long bytes) => Disk.Space(Folder).FreeBytes - bytes >= _options.ReserveBytes;

    internal string PathOf(long number, Lane lane) => Path.Combine(Folder, SegmentName.For(number, lane));

    internal SegmentIdentity NextIdentity(Lane lane)
    {
        lock (_gate)
        {
            return new SegmentIdentity(
                SegmentIdentity.OldestReader, ++_lastNumber, _options.NewId(), _options.StoreId, lane, _time.GetUtcNow())
            {
                Previous = Array.Find(_segments, segment => segment.Lane == lane && segment.Seal is not null)?.Seal,
            };
        }
    }

    internal Segment AddOpen(SegmentIdentity identity, string path, long head)
    {
        var segment = new Segment(
            identity.Segment, identity.Lane, identity.Id, new SegmentFile(Disk, path, _files),
            new MemoryIndex(), SegmentState.Open, head, default);
        Add(segment);
        return segment;
    }

    /// <summary>From now on this file is missed when it is gone.</summary>
    internal void Enter(Segment segment) => _manifest.Add(Path.GetFileName(segment.File.Path));

    /// <summary>From now on a part of this file is missed too; written down with the next segment, which says it as well.</summary>
    internal void NoteSeal(SegmentSeal seal) => _manifest.Set(seal.Name, new ManifestLine(seal));

    /// <summary>Removes a segment file that could not be begun.</summary>
    internal void RemoveUnused(string temporary, string path)
    {
        try
        {
            Disk.Delete(temporary);
            Disk.Delete(path);
            Disk.SyncFolder(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It holds no group: the next opening removes it.
        }
    }

    private void Add(Segment segment)
    {
        lock (_gate)
        {
            Segment[] segments = [.. _segments, segment];
            Array.Sort(segments, static (a, b) => b.Number.CompareTo(a.Number));
            Volatile.Write(ref _segments, segments);
        }
    }

    private LaneQueue QueueOf(Lane lane)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_lanes.TryGetValue(lane, out LaneQueue? queue))
            {
                queue = new LaneQueue(new LaneWriter(this, lane, _options), lane, _options);
                _lanes.Add(lane, queue);
            }

            return queue;
        }
    }

    private LaneQueue[] QueuesNow()
    {
        lock (_gate)
        {
            return [.. _lanes.Values];
        }
    }
}
