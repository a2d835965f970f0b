using Hutch.Storage;

namespace Hutch.Cluster.Tests.Support;

/// <summary>The extents that several servers share, in memory: what an object store will be.</summary>
internal sealed class SharedExtents
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _bodies = [];
    private readonly Dictionary<(MemberKey Key, bool IsTransient), MemberLocation> _places = [];

    /// <summary>Adds an extent. In its place the number of the segment is below zero, where rows have none.</summary>
    public void Add(Lane lane, MemberKey key, ReadOnlyMemory<byte> body, uint crc32C)
    {
        lock (_lock)
        {
            _bodies.Add(body.ToArray());
            _places[(key, lane.IsTransient)] = new MemberLocation(-_bodies.Count, 0, body.Length, crc32C, lane.IsTransient);
        }
    }

    public bool TryLocate(MemberKey key, bool isTransient, out MemberLocation location)
    {
        lock (_lock)
        {
            return _places.TryGetValue((key, isTransient), out location);
        }
    }

    public void Read(MemberLocation location, Memory<byte> into)
    {
        lock (_lock)
        {
            _bodies[(int)-location.Segment - 1].CopyTo(into);
        }
    }
}
