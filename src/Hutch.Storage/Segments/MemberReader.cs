using Hutch.Disk;
using Hutch.Model.Checksums;

namespace Hutch.Storage.Segments;

/// <summary>
/// Reads one member in parts. Keeps the bytes readable until disposed, even when the segment is retired. Reads may run at once.
/// </summary>
public sealed class MemberReader : IDisposable
{
    private readonly SegmentStore _store;
    private readonly Segment _segment;
    private readonly IDiskFile _file;
    private int _disposed;

    internal MemberReader(SegmentStore store, Segment segment, MemberLocation location, IDiskFile file)
    {
        (_store, _segment, Location, _file) = (store, segment, location, file);
    }

    public MemberLocation Location { get; }

    /// <summary>Reads a part, unchecked; returns how many bytes: as many as fit, fewer only at the end.</summary>
    public int Read(long offsetInMember, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offsetInMember);
        int wanted = (int)Math.Clamp(Location.Length - offsetInMember, 0, destination.Length);
        int read = SegmentStore.Read(_file, Location, offsetInMember, destination[..wanted], inPassing: false);
        return read == wanted ? read : throw Damaged();
    }

    /// <summary>Reads the whole member and checks its CRC32C; quarantine and <see cref="QuarantinedException"/> when it is wrong.</summary>
    public void ReadVerified(Span<byte> wholeBody)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(wholeBody.Length, Location.Length);
        if (Read(0, wholeBody) != wholeBody.Length || Checksum.Crc32C(wholeBody) != Location.Crc32C)
        {
            throw Damaged();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _segment.File.Release();
        }
    }

    private QuarantinedException Damaged()
    {
        _store.PutInQuarantine(Location);
        return SegmentStore.DamageFound(Location);
    }
}
