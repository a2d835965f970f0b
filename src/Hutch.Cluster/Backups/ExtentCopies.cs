using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Servers;
using Hutch.Storage.Packs;
using Hutch.Storage.Payloads;

namespace Hutch.Cluster.Backups;

/// <summary>
/// Joins extents into segments. Segments of earlier backups are reused. One that is mostly garbage, or has any after a purge, is replaced
/// by one with its other extents.
/// </summary>
internal sealed class ExtentCopies(
    LogExport log, ObjectBytes bytes, PackSource source, ObjectCopying wanted, List<string> lacks, Action<int> advance) : IDisposable
{
    private const int ExtentsAtOnce = 1000;
    private const long MaxSegmentBytes = 1L << 30;
    private const int MaxGroups = 100_000;

    private readonly MemberView _view = bytes.View;
    private readonly List<CopiedSegment> _segments = [];
    private readonly Dictionary<Lane, SegmentCopy> _open = [];
    private readonly List<(Lane Lane, MemberKey Key)> _moving = [];

    // Those of an interrupted backup; of the newest backup, too, when it has gaps.
    private readonly HashSet<MemberKey> _present = [];
    private readonly byte[] _body = GC.AllocateUninitializedArray<byte>(PayloadPool.MaxBufferBytes);

    public IReadOnlyList<CopiedSegment> Segments => _segments;

    /// <summary>Copies the extents of a moment. Returns false if one is no longer there.</summary>
    /// <param name="packs">The names of the segments that are packs.</param>
    public async Task<bool> TryRunAsync(LogMoment until, IReadOnlySet<string> packs, CancellationToken ct)
    {
        EarlierCopies? newest = wanted.Newest;
        bool isWhole = newest is { IsWhole: true } && newest.Names.All(name => wanted.Disk.FileExists(PathOf(name)));
        foreach (string name in wanted.Disk.ListFiles(wanted.Segments).Where(name => !packs.Contains(name)))
        {
            bool isNewest = newest?.Names.Contains(name) == true;
            if ((isNewest || !wanted.Known.Contains(name))
                && !TryReuse(name, hasPurged: newest?.Until.Purged != until.Purged, isListed: !(isNewest && isWhole)) && isNewest)
            {
                isWhole = false;
            }
        }

        foreach ((Lane lane, MemberKey key) in _moving)
        {
            if (!await TryCopyAsync(lane, key, ct))
            {
                return false;
            }
        }

        if (!await TryCopyNewAsync(isWhole ? newest!.Until.Row : 0, until.Row, ct))
        {
            return false;
        }

        foreach (SegmentCopy copy in _open.Values)
        {
            _segments.Add(copy.Finish(isOpen: false));
        }

        return true;
    }

    public void Dispose()
    {
        foreach (SegmentCopy copy in _open.Values)
        {
            copy.Dispose();
        }
    }

    private string PathOf(string name) => Path.Combine(wanted.Segments, name);

    /// <summary>Uses a segment with extents again, or notes those that have to move. Returns false if it cannot be read.</summary>
    private bool TryReuse(string name, bool hasPurged, bool isListed)
    {
        using IDiskFile file = wanted.Disk.Open(PathOf(name), DiskAccess.Read);
        if (PackIndex.TryRead(file, name) is not { } index)
        {
            return false;
        }

        var living = new List<MemberKey>();
        int count = 0;
        try
        {
            foreach ((MemberKey key, _, uint crc) in index.Members())
            {
                if (key.Kind != MemberKind.Extent)
                {
                    // A pack that was replaced since.
                    return true;
                }

                count++;
                if (_view.TryLocate(key, lastingOnly: false, out MemberLocation location) && location.Segment < 0 && location.Crc32C == crc)
                {
                    living.Add(key);
                }
            }
        }
        catch (QuarantinedException)
        {
            return false;
        }

        bool isReused = living.Count > 0 && (living.Count == count || (!hasPurged && living.Count >= count - living.Count));
        if (isReused)
        {
            _segments.Add(new CopiedSegment(PathOf(name), name, file.Length, IsOpen: false, []));
            advance((int)Math.Min(int.MaxValue, file.Length));
        }
        else
        {
            _moving.AddRange(living.Select(key => (index.Lane, key)));
        }

        if (isListed || !isReused)
        {
            _present.UnionWith(living);
        }

        return true;
    }

    private async Task<bool> TryCopyNewAsync(long after, long until, CancellationToken ct)
    {
        long number = 0;
        while (_view.Read(queries => queries.AnnouncedAfter(number, ExtentsAtOnce)) is { Count: > 0 } page)
        {
            foreach (KnownExtent extent in page.Where(extent => extent.Row > after && extent.Row <= until))
            {
                MemberKey key = MemberIndexUpdater.KeyOf(extent.Key);

                // Of two with one name, the log's first counts.
                bool counts = !_present.Contains(key)
                    && (!_view.TryLocate(key, lastingOnly: false, out MemberLocation first) || first.Segment == -extent.Number);
                if (counts && !await TryCopyAsync(PackLane.For(extent.Lane), key, ct))
                {
                    return false;
                }
            }

            number = page[^1].Number;
        }

        return true;
    }

    private async Task<bool> TryCopyAsync(Lane lane, MemberKey key, CancellationToken ct)
    {
        if (!_view.TryLocate(key, lastingOnly: false, out MemberLocation location))
        {
            bool isDamaged = _view.IsDamaged(key);
            lacks.AddRange(isDamaged ? [$"'{key}' is damaged or missing in the bucket."] : []);
            return isDamaged;
        }

        Memory<byte> body = _body.AsMemory(0, location.Length);
        try
        {
            await bytes.ReadVerifiedAsync(location, body, inPassing: true, ct);
        }
        catch (QuarantinedException e)
        {
            lacks.Add(e.Message);
            return true;
        }
        catch (SegmentRetiredException)
        {
            return false;
        }

        var group = new LogGroup();
        group.Add(lane, key, body, location.Crc32C);
        SegmentCopy copy = await SegmentOfAsync(lane, location.Length, ct);
        copy.Append(group);
        advance(location.Length);
        return true;
    }

    private async ValueTask<SegmentCopy> SegmentOfAsync(Lane lane, int length, CancellationToken ct)
    {
        if (_open.TryGetValue(lane, out SegmentCopy? copy) && (copy.Length + length > MaxSegmentBytes || copy.Groups >= MaxGroups))
        {
            _segments.Add(copy.Finish(isOpen: false));
            copy.Dispose();
            _open.Remove(lane);
            copy = null;
        }

        if (copy is null)
        {
            PackIdentity identity = source.Identify(await log.NextPackAsync(ct), lane, previous: null);
            _open.Add(lane, copy = new SegmentCopy(wanted.Disk, PathOf, identity));
        }

        return copy;
    }
}
