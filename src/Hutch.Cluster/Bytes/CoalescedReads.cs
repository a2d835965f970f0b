namespace Hutch.Cluster.Bytes;

/// <summary>
/// Reads small members out of packs. A request during or soon after the read of a neighbour fetches the whole neighbourhood. All requests
/// until it has arrived, or soon afterwards, take their part of it. So reading the files of one folder, in parallel or in sequence, costs
/// few requests to the object store, and no reader waits for another. Scattered reads fetch only their own members. The contents of a pack
/// never change, so one request may serve readers that came after it was sent.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CoalescedReads(IObjectStore objects)
{
    /// <summary>The largest member that is read together with others.</summary>
    public const int MaxMemberBytes = 16 << 10;

    /// <summary>The size of a neighbourhood: members that begin in the same 64 KiB of a pack are neighbours.</summary>
    private const int NeighbourhoodBytes = 64 << 10;

    /// <summary>The length of "soon afterwards", in neighbourhoods. It is small because this is memory; the cache is on the disk.</summary>
    private const int MaxRecent = 16;

    private readonly Lock _gate = new();

    /// <summary>The neighbourhoods with a recent read of a single member.</summary>
    private readonly LruCache<PackRange, bool> _alone = new(MaxRecent, long.MaxValue, static _ => 0);

    private LruCache<PackRange, byte[]> _cached = NewKept();

    /// <summary>The reads in progress: the neighbourhood, or null for a single member.</summary>
    private readonly Dictionary<PackRange, Task<(ObjectReadOutcome Outcome, byte[] Bytes)>?> _underWay = [];

    public ValueTask<ObjectReadOutcome> ReadAsync(
        string name, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        var packRange = new PackRange(name, offset / NeighbourhoodBytes);
        int start = (int)(offset - packRange.Start);
        lock (_gate)
        {
            if (_cached.TryFind(packRange, out byte[]? cached))
            {
                cached.AsSpan(start, into.Length).CopyTo(into.Span);
                return ValueTask.FromResult(ObjectReadOutcome.Read);
            }

            if (_underWay.TryGetValue(packRange, out Task<(ObjectReadOutcome, byte[])>? fetched) || _alone.TryFind(packRange, out _))
            {
                // Without a token: it is read for many.
                fetched ??= _underWay[packRange] = Task.Run(() => FetchAsync(packRange, objectLength, _cached), CancellationToken.None);
                return TakeAsync(fetched, start, into, cancellationToken);
            }

            _underWay.Add(packRange, null);
        }

        return ReadAloneAsync(packRange, offset, into, objectLength, cancellationToken);
    }

    /// <summary>
    /// Forgets the neighbourhood of a member, so that the next read fetches the member alone from its pack. A reader that forgets each
    /// member before it reads it gets nothing from neighbours. A neighbourhood on its way is being read from there just now.
    /// </summary>
    public void Remove(string name, long offset)
    {
        var packRange = new PackRange(name, offset / NeighbourhoodBytes);
        lock (_gate)
        {
            _cached.Remove(packRange);
            _alone.Remove(packRange);
        }
    }

    /// <summary>Forgets all bytes, including those on their way.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            _cached = NewKept();
        }
    }

    private static LruCache<PackRange, byte[]> NewKept() => new(MaxRecent, long.MaxValue, static _ => 0);

    // Each reader copies its own part: a cancelled reader has already returned its memory.
    private static async ValueTask<ObjectReadOutcome> TakeAsync(
        Task<(ObjectReadOutcome, byte[])> fetched, int start, Memory<byte> into, CancellationToken cancellationToken)
    {
        (ObjectReadOutcome outcome, byte[] bytes) = await fetched.WaitAsync(cancellationToken);
        if (outcome == ObjectReadOutcome.Read)
        {
            bytes.AsSpan(start, into.Length).CopyTo(into.Span);
        }

        return outcome;
    }

    private async ValueTask<ObjectReadOutcome> ReadAloneAsync(
        PackRange packRange, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        try
        {
            return await objects.ReadAsync(packRange.Name, offset, into, objectLength, cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                if (_underWay.TryGetValue(packRange, out Task<(ObjectReadOutcome, byte[])>? fetched) && fetched is null)
                {
                    _underWay.Remove(packRange);
                    _alone.Set(packRange, true);
                }
            }
        }
    }

    private async Task<(ObjectReadOutcome Outcome, byte[] Bytes)> FetchAsync(
        PackRange packRange, long objectLength, LruCache<PackRange, byte[]> cached)
    {
        try
        {
            long end = Math.Min(packRange.Start + NeighbourhoodBytes + MaxMemberBytes, objectLength);
            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)(end - packRange.Start));
            ObjectReadOutcome outcome = await objects.ReadAsync(
                packRange.Name, packRange.Start, bytes, objectLength, CancellationToken.None);
            if (outcome == ObjectReadOutcome.Read)
            {
                cached.Set(packRange, bytes);
            }

            return (outcome, bytes);
        }
        finally
        {
            lock (_gate)
            {
                _underWay.Remove(packRange);
            }
        }
    }

    private readonly record struct PackRange(string Name, long Number)
    {
        public long Start => Number * NeighbourhoodBytes;
    }
}
