using System.Collections.Concurrent;
using Hutch.Buckets.Nearline;
using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>
/// The local disk of a data folder, on which all segments are files: those of the bucket, too, which can only be read and deleted.
/// Everything else is as on the local disk.
/// </summary>
internal sealed class BucketDisk(
    IDisk inner, string dataFolder, FolderRecord record, BucketBlocks blocks, ISegmentMirror? mirror, TimeProvider time) : IDisk
{
    private readonly string _segments = SegmentInspection.FolderOf(dataFolder);
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, SegmentUse> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<BucketFile>> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MirroredFile> _making = new(StringComparer.Ordinal);
    private long _highest;

    public BucketBlocks Blocks => blocks;

    /// <summary>The recalls of segments in nearline storage; null where there is none.</summary>
    public SegmentRecalls? Recalls { get; set; }

    /// <summary>Frees local space for segments that come.</summary>
    public Func<long, CancellationToken, Task> MakeSpaceAsync { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>The segments in the bucket that also have a local file, the one without a read for the longest time first.</summary>
    public IReadOnlyList<StoredSegment> Cached =>
    [
        .. record.Live.Where(segment => inner.FileExists(PathOf(segment.Segment)))
            .OrderBy(segment => _uses.TryGetValue(segment.Segment, out SegmentUse? use) ? use.Last : 0)
            .ThenBy(static segment => segment.Segment, StringComparer.Ordinal),
    ];

    public string PathOf(string segment) => Path.Combine(_segments, segment);

    public bool HasLocal(string segment) => inner.FileExists(PathOf(segment));

    /// <summary>Removes the left-overs of a stop, and makes missing stubs from the bucket.</summary>
    /// <exception cref="IOException">The bucket cannot be read now.</exception>
    public async Task RecoverAsync(CancellationToken ct)
    {
        string folder = StubFolder();
        HashSet<string> live = [.. record.Live.Select(static segment => segment.Segment)];
        foreach (string name in inner.ListFiles(folder).Where(name => !IsStubOf(name, live)))
        {
            inner.Delete(Path.Combine(folder, name));
        }

        List<StoredSegment> distant = [.. record.Live.Where(segment => !HasLocal(segment.Segment))];
        foreach (StoredSegment segment in distant.Where(static segment => !segment.IsNearline))
        {
            await EnsureStubAsync(segment, ct);
        }

        await EnsurePartsAsync([.. distant.Where(segment => segment.IsNearline && !HasParts(segment))], ct);

        foreach (string name in ListFiles(_segments))
        {
            Note(name);
        }

        foreach (StoredSegment segment in record.Retired)
        {
            Note(segment.Segment);
        }
    }

    /// <summary>Removes the local file of a segment that the bucket has. Its readers continue from there.</summary>
    public async Task DropAsync(StoredSegment segment, CancellationToken ct)
    {
        string path = PathOf(segment.Segment);
        if (!SegmentStub.IsThere(inner, StubOf(segment.Segment), segment))
        {
            using IDiskFile file = inner.Open(path, DiskAccess.Read);
            await SegmentStub.WriteAsync(inner, StubOf(segment.Segment), segment, Read, ct);

            ValueTask Read(long offset, Memory<byte> into) => file.ReadFully(into.Span, offset) == into.Length
                ? ValueTask.CompletedTask
                : throw new IOException($"'{path}' is shorter than it was when it was stored.");
        }

        lock (_gate)
        {
            if (record.Find(segment.Segment) != segment || !inner.FileExists(path))
            {
                return;
            }

            inner.Delete(path);
            foreach (BucketFile file in _open.GetValueOrDefault(segment.Segment) ?? [])
            {
                GoDistant(file, segment);
            }
        }
    }

    /// <summary>Gives a recalled segment its name; false if it is no longer in use. Readers continue from the local file.</summary>
    public bool TryPlace(StoredSegment segment, string recalled)
    {
        lock (_gate)
        {
            if (record.Find(segment.Segment)?.Object != segment.Object)
            {
                inner.Delete(recalled);
                return false;
            }

            string path = PathOf(segment.Segment);
            inner.Rename(recalled, path);
            inner.SyncFolder(_segments);
            foreach (BucketFile file in _open.GetValueOrDefault(segment.Segment) ?? [])
            {
                file.GoLocal(inner.Open(path, DiskAccess.Read));
            }
        }

        _uses.GetOrAdd(segment.Segment, static (_, clock) => new SegmentUse(clock), time).Touch();
        return true;
    }

    /// <summary>Notes that the bytes of a segment are in nearline storage now.</summary>
    public void Moved(StoredSegment segment)
    {
        lock (_gate)
        {
            foreach (BucketFile file in (_open.GetValueOrDefault(segment.Segment) ?? []).Where(static file => file.IsDistant))
            {
                GoDistant(file, segment);
            }
        }

        Recalls?.Note(segment);
    }

    /// <summary>Writes the parts of a segment that stay readable at once while it is in nearline storage.</summary>
    /// <param name="path">The whole segment.</param>
    public async Task KeepPartsAsync(StoredSegment segment, string path, CancellationToken ct)
    {
        using IDiskFile file = inner.Open(path, DiskAccess.Read);
        KeptParts.Write(inner, KeptOf(segment.Segment), file, segment.Index);
        if (!SegmentStub.IsThere(inner, StubOf(segment.Segment), segment))
        {
            await SegmentStub.WriteAsync(
                inner, StubOf(segment.Segment), segment,
                (offset, into) =>
                {
                    file.ReadFully(into.Span, offset);
                    return ValueTask.CompletedTask;
                },
                ct);
        }
    }

    /// <summary>Returns the timestamp of the last read of a segment since the start; 0 for none.</summary>
    public long LastUse(string segment) => _uses.TryGetValue(segment, out SegmentUse? use) ? use.Last : 0;

    public IDiskFile Open(string path, DiskAccess access)
    {
        if (access != DiskAccess.Read || !IsSegment(path, out string name))
        {
            Note(Path.GetFileName(path));
            return mirror is not null && access != DiskAccess.Read && Path.GetDirectoryName(path) == _segments
                ? OpenMirrored(mirror, path, access)
                : inner.Open(path, access);
        }

        SegmentUse use = _uses.GetOrAdd(name, static (_, clock) => new SegmentUse(clock), time);
        lock (_gate)
        {
            BucketFile file;
            if (inner.FileExists(path) || record.Find(name) is not { } distant)
            {
                file = new BucketFile(this, name, use, inner.Open(path, DiskAccess.Read));
            }
            else
            {
                file = new BucketFile(this, name, use, null);
                GoDistant(file, distant);
            }

            if (!_open.TryGetValue(name, out HashSet<BucketFile>? open))
            {
                _open.Add(name, open = []);
            }

            open.Add(file);
            return file;
        }
    }

    public bool FileExists(string path) => inner.FileExists(path) || (IsSegment(path, out string name) && record.Find(name) is not null);

    public IReadOnlyList<string> ListFiles(string folder) => folder == _segments
        ?
        [
            .. inner.ListFiles(folder).Concat(record.Live.Select(static segment => segment.Segment)).Distinct()
                .Order(StringComparer.Ordinal),
        ]
        : inner.ListFiles(folder);

    public void CreateFolder(string folder) => inner.CreateFolder(folder);

    public void Rename(string path, string newPath)
    {
        Note(Path.GetFileName(newPath));
        inner.Rename(path, newPath);
        if (_making.TryRemove(path, out MirroredFile? made))
        {
            made.Segment = Path.GetFileName(newPath);
        }
    }

    public bool TryLink(string path, string newPath) => inner.FileExists(path) && inner.TryLink(path, newPath);

    public void Delete(string path)
    {
        if (!IsSegment(path, out string name))
        {
            _making.TryRemove(path, out _);
            inner.Delete(path);
            return;
        }

        lock (_gate)
        {
            record.Retire(name, Interlocked.Read(ref _highest));
            inner.Delete(path);
            inner.Delete(StubOf(name));
            inner.Delete(KeptOf(name));
        }

        Recalls?.Forget(name);

        _uses.TryRemove(name, out _);
    }

    public void SyncFolder(string folder) => inner.SyncFolder(folder);

    public DiskSpace Space(string folder) => inner.Space(folder);

    public IDisposable Lock(string path) => inner.Lock(path);

    internal void Closed(BucketFile file)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(file.Name, out HashSet<BucketFile>? open) && open.Remove(file) && open.Count == 0)
            {
                _open.Remove(file.Name);
            }
        }
    }

    private bool IsSegment(string path, out string name)
    {
        name = Path.GetFileName(path);
        return Path.GetDirectoryName(path) == _segments && SegmentInspection.IsSegment(name);
    }

    /// <summary>
    /// Opens a file that may be a segment. Of those that an earlier start left open, recovery writes the end: the mirror gets it if it has
    /// what precedes it.
    /// </summary>
    private IDiskFile OpenMirrored(ISegmentMirror to, string path, DiskAccess access)
    {
        string name = Path.GetFileName(path);
        if (SegmentInspection.IsSegment(name))
        {
            return to.Has(name) ? new MirroredFile(inner.Open(path, access), to) { Segment = name } : inner.Open(path, access);
        }

        return access == DiskAccess.CreateNew && SegmentInspection.IsUnfinishedSegment(name)
            ? _making[path] = new MirroredFile(inner.Open(path, access), to)
            : inner.Open(path, access);
    }

    private void Note(string name) => RisingNumber.TryRaise(ref _highest, SegmentInspection.NumberOf(name));

    private async ValueTask EnsureStubAsync(StoredSegment segment, CancellationToken ct)
    {
        string path = StubOf(segment.Segment);
        if (!SegmentStub.IsThere(inner, path, segment))
        {
            await SegmentStub.WriteAsync(
                inner, path, segment, (offset, into) => blocks.ReadOriginAsync(segment, offset, into, ct), ct);
        }
    }

    private bool HasParts(StoredSegment segment) =>
        SegmentStub.IsThere(inner, StubOf(segment.Segment), segment) && inner.FileExists(KeptOf(segment.Segment));

    /// <summary>Has segments of nearline storage recalled whose parts are not on the local disk, as after a rebuild.</summary>
    private async Task EnsurePartsAsync(IReadOnlyList<StoredSegment> segments, CancellationToken ct)
    {
        if (segments.Count > 0 && Recalls is null)
        {
            throw new IOException(
                $"The segment {segments[0].Segment} is in nearline storage, and the configuration names none: set "
                + "'storage.bucket.nearline'");
        }

        await (Recalls?.BringEachAsync(segments, segment => KeepPartsAsync(segment, PathOf(segment.Segment), ct), ct)
            ?? Task.CompletedTask);
    }

    private void GoDistant(BucketFile file, StoredSegment segment) => file.GoDistant(
        segment, inner.Open(StubOf(segment.Segment), DiskAccess.Read),
        segment.IsNearline && inner.FileExists(KeptOf(segment.Segment)) ? inner.Open(KeptOf(segment.Segment), DiskAccess.Read) : null);

    private string KeptOf(string segment) => Path.Combine(
        dataFolder, FolderRecord.FolderName, SegmentInspection.StubFolder, segment + KeptParts.Extension);

    private string StubFolder()
    {
        string folder = Path.Combine(dataFolder, FolderRecord.FolderName, SegmentInspection.StubFolder);
        inner.CreateFolder(folder);
        return folder;
    }

    private string StubOf(string segment) => Path.Combine(
        dataFolder, FolderRecord.FolderName, SegmentInspection.StubFolder, segment + SegmentInspection.StubExtension);

    private static bool IsStubOf(string name, HashSet<string> live) =>
        Path.GetExtension(name) is SegmentInspection.StubExtension or KeptParts.Extension
        && live.Contains(Path.GetFileNameWithoutExtension(name));
}
