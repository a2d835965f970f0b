using Hutch.Model;
using Hutch.Model.Checksums;
using Hutch.Site.Write.Blobs;
using Hutch.Storage;

namespace Hutch.Site.Tests.Engines;

/// <summary>The bytes that several servers share, in memory: what an object store will be.</summary>
internal sealed class MemoryBytes : ISiteBytes
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _objects = [];
    private readonly Dictionary<(MemberKey Key, bool IsTransient), MemberLocation> _members = [];

    /// <summary>What was known of the extents that were written, in order.</summary>
    public List<BlobHash?> Hashes { get; } = [];

    /// <summary>What each read ends with; null for the bytes.</summary>
    public Exception? Fault { get; set; }

    public int MaxSmallBytes => BlobOptions.MaxSmallBytes;

    public int LeastExtentBytes => BlobOptions.MaxSmallBytes;

    public bool HasDamage => false;

    public bool IsIncomplete => false;

    public bool WasCut => false;

    public bool TryLocate(MemberKey key, out MemberLocation location, bool lastingOnly = false)
    {
        lock (_lock)
        {
            return _members.TryGetValue((key, false), out location)
                || (!lastingOnly && _members.TryGetValue((key, true), out location));
        }
    }

    public bool IsQuarantined(MemberKey key) => false;

    /// <summary>How many members were ever added: the number of the next.</summary>
    public int Added
    {
        get
        {
            lock (_lock)
            {
                return _objects.Count;
            }
        }
    }

    /// <summary>Forgets lasting members that were added before the one with a number and do not live.</summary>
    public void Free(IReadOnlySet<MemberKey> living, int before)
    {
        lock (_lock)
        {
            (MemberKey Key, bool)[] dead = [.. _members
                .Where(one => !one.Key.IsTransient && one.Value.Segment < before && !living.Contains(one.Key.Key))
                .Select(static one => one.Key)];
            Array.ForEach(dead, one => _members.Remove(one));
        }
    }

    public ValueTask ReadVerifiedAsync(MemberLocation location, Memory<byte> wholeBody, bool inPassing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Fault is { } fault)
        {
            throw fault;
        }

        lock (_lock)
        {
            _objects[(int)location.Segment].CopyTo(wholeBody);
        }

        Assert.Equal(location.Crc32C, Checksum.Crc32C(wholeBody.Span));
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(Lane lane, MemberKey key, ExtentBody body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Assert.True(body.Hash is null || body.Hash == BlobHash.Compute(body.Bytes.Span), "An object store refuses a request whose hash is wrong.");
        lock (_lock)
        {
            Hashes.Add(body.Hash);
        }

        Add(lane, key, body.Bytes, body.Crc32C);
        return ValueTask.CompletedTask;
    }

    public void Add(Lane lane, MemberKey key, ReadOnlyMemory<byte> body, uint crc32C)
    {
        lock (_lock)
        {
            // Two servers may write an extent under one name: the first stands.
            if (_members.TryAdd((key, lane.IsTransient), new MemberLocation(_objects.Count, 0, body.Length, crc32C, lane.IsTransient)))
            {
                _objects.Add(body.ToArray());
            }
        }
    }
}
