using System.Runtime.CompilerServices;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

public sealed partial class SegmentStore
{
    /// <summary>A segment's members by key: journals by sequence number, blobs, extents; of an open segment, those of now.</summary>
    public async IAsyncEnumerable<MemberInfo> EnumerateMembersAsync(
        long segment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Segment found = RequireSegment(segment);
        await Task.CompletedTask;
        foreach (IndexEntry entry in EntriesOf(found))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new MemberInfo(entry.Key, found.Locate(entry));
        }
    }

    /// <summary>
    /// Reads a whole segment again, at no more than this rate: headers, bodies, and blobs against their SHA-256. Damaged members go into
    /// quarantine. An open segment is checked up to its last group. The caller enumerates <see cref="Segments"/> and remembers its
    /// position.
    /// </summary>
    public async Task<ScrubReport> ScrubAsync(long segment, long bytesPerSecond, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerSecond);
        Segment found = RequireSegment(segment);
        bool indexIsGood = TryReadEntries(found, out IndexEntry[] entries) && !found.IndexIsDamaged;
        IDiskFile file = found.File.Acquire();
        try
        {
            IDiskFile origin = file is IDistantFile distant ? distant.Origin : file;
            ScrubReport report = await new SegmentScrub(origin, found, _time, bytesPerSecond).RunAsync(entries, cancellationToken);
            _quarantine.Add(report.Quarantined);
            HashSet<long> bad = [.. report.Quarantined.Select(static member => member.Offset)];
            List<DamagedRange> marks = [.. report.Damage.Where(range => !bad.Contains(range.Offset))];
            if (!indexIsGood)
            {
                marks.Add(new DamagedRange(segment, found.GroupsEnd, 0, "damaged index"));
            }

            _quarantine.Mark(segment, marks);
            return report with
            {
                Damage = [.. report.Damage.Where(range => bad.Contains(range.Offset)), .. marks, .. IncompleteIn(segment)],
            };
        }
        finally
        {
            found.File.Release();
        }
    }

    /// <summary>Records that members of unknown names are missing, until the segment is retired or restored.</summary>
    internal void NoteIncomplete(DamagedRange range)
    {
        lock (_gate)
        {
            if (!_incomplete.TryGetValue(range.Segment, out List<DamagedRange>? ranges))
            {
                _incomplete.Add(range.Segment, ranges = []);
            }

            ranges.Add(range);
        }
    }

    private List<DamagedRange> IncompleteIn(long segment)
    {
        lock (_gate)
        {
            return _incomplete.TryGetValue(segment, out List<DamagedRange>? ranges) ? [.. ranges] : [];
        }
    }

    /// <summary>
    /// Removes a sealed or abandoned segment: its members are no longer found; running reads finish. On return its space is free and its
    /// absence durable. The caller has moved all needed members, and made durable the records that no longer refer to it.
    /// </summary>
    public Task RetireAsync(long segment, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Segment found = RequireSegment(segment);
        lock (_gate)
        {
            if (!MayRetire(found, _segments))
            {
                throw new InvalidOperationException(
                    $"Segment {segment} cannot be retired now: it is {found.State}, or an abandoned segment's recovery needs it.");
            }

            Volatile.Write(ref _segments, [.. _segments.Where(s => s != found)]);
        }

        Remove([found]);
        return Task.CompletedTask;
    }

    /// <summary>Removes a transient lane with all its segments, the open one too: their day is over. Durable on return.</summary>
    public Task DropLaneAsync(Lane lane, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!lane.IsTransient)
        {
            throw new ArgumentException($"The lane '{lane}' stays.", nameof(lane));
        }

        LaneQueue? queue;
        lock (_gate)
        {
            _lanes.Remove(lane, out queue);
        }

        // With its thread, so that a server does not collect one for each day.
        queue?.Dispose();
        queue?.WithWriter(static writer => writer.Close());
        DropSegments(lane);
        return Task.CompletedTask;
    }

    /// <summary>Transient lanes that still have segments, earliest day first.</summary>
    public IReadOnlyList<Lane> TransientLanes =>
        [.. Volatile.Read(ref _segments).Select(static s => s.Lane).Where(static lane => lane.IsTransient).Distinct()
            .OrderBy(static lane => lane.Expires)];

    private static bool MayRetire(Segment segment, Segment[] all) =>
        segment.State != SegmentState.Open
        && !segment.SpeaksOf.Any(number => Array.Exists(all, other => other.Number == number && other.State == SegmentState.Abandoned));

    private void DropSegments(Lane lane)
    {
        Segment[] dropped;
        lock (_gate)
        {
            dropped = [.. _segments.Where(s => s.Lane == lane)];
            Volatile.Write(ref _segments, [.. _segments.Where(s => s.Lane != lane)]);
        }

        // The lane's day is over, so there is no more append to it.
        foreach (Segment open in dropped.Where(static s => s.State == SegmentState.Open))
        {
            open.MarkAbandoned();
        }

        Array.Reverse(dropped);
        Remove(dropped);
    }

    /// <summary>Unlinks segments that are no longer listed, oldest first. One that stays is listed again, for the next try.</summary>
    private void Remove(Segment[] segments)
    {
        RemoveFromManifest(segments);
        for (int i = 0; i < segments.Length; i++)
        {
            try
            {
                segments[i].File.Unlink();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Array.ForEach(segments[i..], Add);
                throw;
            }
        }

        Disk.SyncFolder(Folder);
        _quarantine.Forget(number => Array.Exists(segments, s => s.Number == number));
        lock (_gate)
        {
            Array.ForEach(segments, segment => _incomplete.Remove(segment.Number));
        }
    }

    /// <summary>Off the manifest before off the disk. Where that fails they stay, and are listed again.</summary>
    private void RemoveFromManifest(Segment[] segments)
    {
        try
        {
            _manifest.Remove([.. segments.Select(static segment => Path.GetFileName(segment.File.Path))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Array.ForEach(segments, Add);
            throw;
        }
    }

    private Segment RequireSegment(long number) =>
        Array.Find(Volatile.Read(ref _segments), s => s.Number == number)
            ?? throw new SegmentRetiredException($"There is no segment {number} (any more).");

    private IndexEntry[] EntriesOf(Segment segment)
    {
        TryReadEntries(segment, out IndexEntry[] entries);
        return entries;
    }

    /// <summary>Reads a whole index; false when it was damaged and the entries come from a scan.</summary>
    private bool TryReadEntries(Segment segment, out IndexEntry[] entries)
    {
        try
        {
            segment.Index.Check();
            entries = [.. segment.Index.Entries()];
            return true;
        }
        catch (DamagedIndexException)
        {
            entries = RebuildIndex(segment).Sorted();
            return false;
        }
    }

    /// <summary>Scans a sealed segment whose index is damaged, and continues with an index in memory.</summary>
    private MemoryIndex RebuildIndex(Segment segment)
    {
        IDiskFile file = segment.File.Acquire();
        try
        {
            SegmentScan scan = SegmentScanner.Scan(file, segment.Number, segment.GroupsEnd, mayBeTorn: false);
            var index = new MemoryIndex();
            index.Add(scan.Entries);
            _quarantine.Add(InQuarantine(segment.Number, scan.Bad));
            _quarantine.Mark(segment.Number, [new DamagedRange(segment.Number, segment.GroupsEnd, 0, "damaged index")]);
            if (scan.LostMembers)
            {
                scan.Damage.ForEach(NoteIncomplete);
            }

            segment.ReplaceIndex(index);
            return index;
        }
        finally
        {
            segment.File.Release();
        }
    }

    private static IEnumerable<QuarantinedMember> InQuarantine(long segment, IEnumerable<IndexEntry> bad) =>
        bad.Select(entry => new QuarantinedMember(segment, entry.BodyOffset, entry.Length, entry.Key.ToString()));
}
