using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

public sealed partial class SegmentStore
{
    /// <summary>
    /// Finds the newest good copy of a member. Copies in quarantine are passed over: ask <see cref="IsQuarantined"/> when nothing is found.
    /// Allocates nothing; reads at most one page of 4 KiB from the system's cache or the disk for each segment that may hold the key.
    /// </summary>
    /// <param name="lastingOnly">Pass over transient lanes: for deduplication, which must not point into them.</param>
    public bool TryLocate(MemberKey key, out MemberLocation location, bool lastingOnly = false)
    {
        while (true)
        {
            Segment[] segments = Volatile.Read(ref _segments);
            bool missedOne = false;
            foreach (Segment segment in segments)
            {
                if ((!lastingOnly || !segment.Lane.IsTransient) && TryFind(segment, key, out IndexEntry entry, ref missedOne)
                    && !_quarantine.Contains(segment.Number, entry.BodyOffset))
                {
                    location = segment.Locate(entry);
                    return true;
                }
            }

            // A segment that was retired during the search may have had it, and its copy may be where we looked too early.
            if (!missedOne || segments == Volatile.Read(ref _segments))
            {
                location = default;
                return false;
            }
        }
    }

    /// <summary>
    /// True if a copy of this member is in quarantine. If <see cref="TryLocate"/> is false, the bytes are damaged, not unknown.
    /// </summary>
    public bool IsQuarantined(MemberKey key) => _quarantine.Contains(key);

    public IReadOnlyList<QuarantinedMember> Quarantined => _quarantine.Members;

    /// <summary>True if acknowledged bytes are known to be damaged or lost.</summary>
    public bool HasDamage => _quarantine.Count > 0 || _quarantine.HasMarks || _manifest.IsDamaged || IsIncomplete;

    /// <summary>True if a segment, or a part of one, is gone. A member that is not found may have been in it.</summary>
    public bool IsIncomplete
    {
        get
        {
            lock (_gate)
            {
                return _incomplete.Count > 0 || _manifest.HasMissed;
            }
        }
    }

    /// <summary>The numbers of the segments that lost members of unknown names. While they stay, the loss stays known.</summary>
    public IReadOnlyList<long> IncompleteSegments
    {
        get
        {
            lock (_gate)
            {
                return [.. _incomplete.Keys];
            }
        }
    }

    /// <summary>
    /// True if an open segment was sealed at its last intact group, which is normal after a crash, but damage may look like it; or if the
    /// list of segments was damaged, so that one may be missing.
    /// </summary>
    public bool WasCut => _manifest.HasCut || _manifest.IsDamaged;

    /// <summary>
    /// Known damage outside the members in quarantine: segments that lost a part, headers, indexes, the list of segments.
    /// </summary>
    public IReadOnlyList<DamagedRange> Damage
    {
        get
        {
            lock (_gate)
            {
                return [.. _incomplete.Values.SelectMany(static ranges => ranges), .. _quarantine.Marks];
            }
        }
    }

    /// <summary>The damaged members without a good copy.</summary>
    public IReadOnlyList<QuarantinedMember> Unhealed =>
        [.. Quarantined.Where(member => member.Key is not { } key || !TryLocate(key, out _))];

    /// <summary>
    /// Reads a whole member and checks its CRC32C. A damaged member goes into quarantine, and <see cref="QuarantinedException"/> is thrown.
    /// Throws <see cref="SegmentRetiredException"/> when the segment was retired since: look up again.
    /// </summary>
    /// <remarks>Reads on the calling thread: the cheapest way for data in the page cache, and .NET has no other on Linux.</remarks>
    /// <param name="inPassing">True if no second read is expected soon, so that it need not stay in the page cache.</param>
    /// <param name="cancellationToken">Honoured before the read.</param>
    public ValueTask ReadVerifiedAsync(
        MemberLocation location, Memory<byte> wholeBody, bool inPassing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (wholeBody.Length != location.Length)
        {
            throw new ArgumentException($"The member has {location.Length} bytes, the buffer {wholeBody.Length}.", nameof(wholeBody));
        }

        Segment segment = Require(location);
        IDiskFile file = segment.File.Acquire();
        if (file is IDistantFile { IsDistant: true } distant)
        {
            return FetchAsync(segment, distant, location, wholeBody, cancellationToken);
        }

        ReadBody(segment, file, location, wholeBody.Span, inPassing);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// As <see cref="ReadVerifiedAsync(MemberLocation, Memory{byte}, bool, CancellationToken)"/>, for what may be wanted again.
    /// </summary>
    public ValueTask ReadVerifiedAsync(MemberLocation location, Memory<byte> wholeBody, CancellationToken cancellationToken) =>
        ReadVerifiedAsync(location, wholeBody, inPassing: false, cancellationToken);

    /// <summary>
    /// Drops a member from the page cache, so that the next read comes from the disk. A member that moved was read just then.
    /// </summary>
    public void DropCached(MemberLocation location)
    {
        if (Array.Find(Volatile.Read(ref _segments), segment => segment.Number == location.Segment) is not { } segment)
        {
            return;
        }

        try
        {
            segment.File.Acquire().DropCached(location.Offset, location.Length);
            segment.File.Release();
        }
        catch (SegmentRetiredException)
        {
        }
    }

    private void PutInQuarantine(MemberLocation location) =>
        _quarantine.Add([new QuarantinedMember(location.Segment, location.Offset, location.Length, NameAt(location))]);

    private static QuarantinedException DamageFound(MemberLocation location) =>
        new(
            $"The stored bytes of a member of segment {location.Segment} (at byte {location.Offset}) are damaged. "
            + "They are in quarantine and are not served.");

    private bool TryFind(Segment segment, MemberKey key, out IndexEntry entry, ref bool wasRetired)
    {
        try
        {
            return segment.Index.TryFind(key, out entry);
        }
        catch (DamagedIndexException)
        {
            return RebuildIndex(segment).TryFind(key, out entry);
        }
        catch (SegmentRetiredException)
        {
            wasRetired = true;
            entry = default;
            return false;
        }
    }

    /// <summary>Reads a body from an acquired file, checks it, and releases the file.</summary>
    private void ReadBody(Segment segment, IDiskFile file, MemberLocation location, Span<byte> wholeBody, bool inPassing)
    {
        try
        {
            bool isGood = TryRead(file, location, wholeBody, inPassing);
            if (!isGood && file is IDistantFile)
            {
                // A cache on the way may be wrong.
                file.DropCached(location.Offset, location.Length);
                isGood = TryRead(file, location, wholeBody, inPassing);
            }

            if (!isGood)
            {
                PutInQuarantine(location);
                throw DamageFound(location);
            }
        }
        finally
        {
            segment.File.Release();
        }
    }

    /// <summary>As <see cref="ReadBody"/>, without a thread that waits for the bytes.</summary>
    private async ValueTask FetchAsync(
        Segment segment, IDistantFile file, MemberLocation location, Memory<byte> wholeBody, CancellationToken cancellationToken)
    {
        try
        {
            for (int attempt = 1; await file.ReadFullyAsync(wholeBody, location.Offset, cancellationToken) != wholeBody.Length
                || Checksum.Crc32C(wholeBody.Span) != location.Crc32C; attempt++)
            {
                if (attempt > 1)
                {
                    PutInQuarantine(location);
                    throw DamageFound(location);
                }

                file.DropCached(location.Offset, location.Length);
            }
        }
        catch (IOException e) when (e is not (QuarantinedException or MemberOfflineException))
        {
            throw Unreadable(location, e);
        }
        finally
        {
            segment.File.Release();
        }
    }

    private static bool TryRead(IDiskFile file, MemberLocation location, Span<byte> wholeBody, bool inPassing)
    {
        try
        {
            return file.ReadFully(wholeBody, location.Offset, inPassing) == wholeBody.Length
                && Checksum.Crc32C(wholeBody) == location.Crc32C;
        }
        catch (IOException e) when (e is not MemberOfflineException)
        {
            throw Unreadable(location, e);
        }
    }

    private static MemberUnreadableException Unreadable(MemberLocation location, IOException e) => new(
        $"The disk cannot read a member of segment {location.Segment} (at byte {location.Offset}): {e.Message}", e);

    private Segment Require(MemberLocation location)
    {
        foreach (Segment segment in Volatile.Read(ref _segments))
        {
            if (segment.Number == location.Segment)
            {
                return _quarantine.Contains(location.Segment, location.Offset) ? throw DamageFound(location) : segment;
            }
        }

        throw new SegmentRetiredException($"Segment {location.Segment} was retired: look the member up again.");
    }

    // By the index: the header before the body may be damaged with it.
    private string NameAt(MemberLocation location)
    {
        Segment? segment = Array.Find(Volatile.Read(ref _segments), s => s.Number == location.Segment);
        return segment is null
            ? "retired"
            : EntriesLazily(segment).Where(entry => entry.BodyOffset == location.Offset).Select(static entry => entry.Key.ToString())
                .FirstOrDefault("unknown");
    }
}
