using Hutch.Disk;
using Hutch.Model.Checksums;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

public sealed partial class SegmentStore
{
    /// <summary>
    /// Finds the newest good copy of a member. Copies in quarantine are passed over: ask <see cref="IsQuarantined"/> when nothing is found.
    /// Allocates nothing; reads at most one page of 4 KiB from the system's cache or the disk for each segment that may hold the key.
    /// </summary>
    /// <param name="key">The member's name.</param>
    /// <param name="location">Where it is.</param>
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

            // A segment that was retired meanwhile may have had it, and its copy may be where we looked too early.
            if (!missedOne || segments == Volatile.Read(ref _segments))
            {
                location = default;
                return false;
            }
        }
    }

    /// <summary>
    /// Whether a copy of this member is in quarantine. With <see cref="TryLocate"/> false: the bytes are damaged, not unknown.
    /// </summary>
    public bool IsQuarantined(MemberKey key) => _quarantine.Contains(key);

    /// <summary>The members in quarantine, by segment and place.</summary>
    public IReadOnlyList<QuarantinedMember> Quarantined => _quarantine.Members;

    /// <summary>Whether anything that was answered is known to be damaged or lost.</summary>
    public bool HasDamage => _quarantine.Count > 0 || _manifest.Missed.Count > 0;

    /// <summary>The damaged members of which there is no good copy.</summary>
    public IReadOnlyList<QuarantinedMember> Unhealed =>
        [.. Quarantined.Where(member => member.Key is not { } key || !TryLocate(key, out _))];

    /// <summary>
    /// Reads a part of a member, unchecked; returns how many bytes were read: as many as fit, fewer only at the member's end.
    /// Throws <see cref="SegmentRetiredException"/> when the segment was retired since (look up again) and
    /// <see cref="QuarantinedException"/>.
    /// </summary>
    /// <remarks>
    /// Reads on the calling thread: for data in the system's cache that is what costs least, and .NET has no other way on Linux.
    /// </remarks>
    public ValueTask<int> ReadAsync(
        MemberLocation location, long offsetInMember, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offsetInMember);
        int wanted = (int)Math.Clamp(location.Length - offsetInMember, 0, destination.Length);
        ReadBody(location, offsetInMember, destination.Span[..wanted], inPassing: false);
        return ValueTask.FromResult(wanted);
    }

    /// <summary>
    /// Reads a whole member and checks its CRC32C. When it is wrong the member goes into quarantine and <see cref="QuarantinedException"/>
    /// is thrown.
    /// </summary>
    /// <param name="location">Where it is.</param>
    /// <param name="wholeBody">Exactly as long as the member.</param>
    /// <param name="inPassing">Whether nobody is expected to read it again soon, so that it need not stay in the system's memory.</param>
    /// <param name="cancellationToken">Honoured before the read.</param>
    public ValueTask ReadVerifiedAsync(
        MemberLocation location, Memory<byte> wholeBody, bool inPassing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (wholeBody.Length != location.Length)
        {
            throw new ArgumentException($"The member has {location.Length} bytes, the buffer {wholeBody.Length}.", nameof(wholeBody));
        }

        ReadBody(location, 0, wholeBody.Span, inPassing);
        if (Checksum.Crc32C(wholeBody.Span) != location.Crc32C)
        {
            PutInQuarantine(location);
            throw DamageFound(location);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// As <see cref="ReadVerifiedAsync(MemberLocation, Memory{byte}, bool, CancellationToken)"/>, for what may be wanted again.
    /// </summary>
    public ValueTask ReadVerifiedAsync(MemberLocation location, Memory<byte> wholeBody, CancellationToken cancellationToken) =>
        ReadVerifiedAsync(location, wholeBody, inPassing: false, cancellationToken);

    /// <summary>
    /// Keeps a member readable until the result is disposed, even when its segment is retired meanwhile: for streaming a member in several
    /// reads.
    /// </summary>
    public MemberReader OpenMember(MemberLocation location)
    {
        Segment segment = Require(location);
        return new MemberReader(this, segment, location, segment.File.Acquire());
    }

    internal void PutInQuarantine(MemberLocation location) =>
        _quarantine.Add([new QuarantinedMember(location.Segment, location.Offset, location.Length, NameAt(location))]);

    internal static QuarantinedException DamageFound(MemberLocation location) =>
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

    private void ReadBody(MemberLocation location, long offsetInMember, Span<byte> destination, bool inPassing)
    {
        Segment segment = Require(location);
        IDiskFile file = segment.File.Acquire();
        try
        {
            if (Read(file, location, offsetInMember, destination, inPassing) != destination.Length)
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

    internal static int Read(IDiskFile file, MemberLocation location, long offsetInMember, Span<byte> destination, bool inPassing)
    {
        try
        {
            return file.ReadFully(destination, location.Offset + offsetInMember, inPassing);
        }
        catch (IOException e)
        {
            throw new MemberUnreadableException(
                $"The disk cannot read a member of segment {location.Segment} (at byte {location.Offset}): {e.Message}", e);
        }
    }

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

    // The name is in the header before the body; when that is damaged too, the place has to do.
    private string NameAt(MemberLocation location)
    {
        Span<byte> header = stackalloc byte[MemberHeader.Size];
        Segment? segment = Array.Find(Volatile.Read(ref _segments), s => s.Number == location.Segment);
        if (segment is null)
        {
            return "retired";
        }

        IDiskFile file = segment.File.Acquire();
        try
        {
            bool read = file.ReadFully(header, location.Offset - MemberHeader.Size) == header.Length;
            return read && MemberHeader.TryRead(header, out MemberHeader found) ? found.Name.Key.ToString() : "unknown";
        }
        finally
        {
            segment.File.Release();
        }
    }
}
