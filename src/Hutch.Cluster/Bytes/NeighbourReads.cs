using Hutch.Model;
using Hutch.Objects;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// Reads small members out of packs. Whoever comes while a neighbour is being read, or soon afterwards, fetches the whole neighbourhood,
/// and all who come until that is there, or soon afterwards, take their part of it: those who read the files of one folder, together or one
/// after the other, cost the object store few requests, and nobody waits for another. Who reads one file here and one there fetches only
/// these. What is in a pack never changes, so that a request may serve those who came after it was sent.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NeighbourReads(IObjectStore objects)
{
    /// <summary>The largest member that is read together with others.</summary>
    public const int MaxMemberBytes = 16 << 10;

    /// <summary>Members that begin in the same so many bytes of a pack are neighbours.</summary>
    private const int NeighbourhoodBytes = 64 << 10;

    /// <summary>What "soon afterwards" is: so many neighbourhoods later. Few, as this is memory, and the cache is on the disk.</summary>
    private const int MaxRecent = 16;

    private readonly Lock _gate = new();

    /// <summary>Where one member was read alone a while ago.</summary>
    private readonly LruCache<Place, bool> _alone = new(MaxRecent, long.MaxValue, static _ => 0);

    /// <summary>What was fetched a while ago.</summary>
    private LruCache<Place, byte[]> _kept = NewKept();

    /// <summary>Where something is being read: the neighbourhood, or null while it is one member.</summary>
    private readonly Dictionary<Place, Task<(ObjectReadOutcome Outcome, byte[] Bytes)>?> _underWay = [];

    /// <summary>Reads a part of an object, as <see cref="IObjectStore.ReadAsync"/> does.</summary>
    public ValueTask<ObjectReadOutcome> ReadAsync(
        string name, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        var place = new Place(name, offset / NeighbourhoodBytes);
        int start = (int)(offset - place.Start);
        lock (_gate)
        {
            if (_kept.TryFind(place, out byte[]? kept))
            {
                kept.AsSpan(start, into.Length).CopyTo(into.Span);
                return ValueTask.FromResult(ObjectReadOutcome.Read);
            }

            if (_underWay.TryGetValue(place, out Task<(ObjectReadOutcome, byte[])>? fetched) || _alone.TryFind(place, out _))
            {
                // Without a token: it is read for many.
                fetched ??= _underWay[place] = Task.Run(() => FetchAsync(place, objectLength, _kept), CancellationToken.None);
                return TakeAsync(fetched, start, into, cancellationToken);
            }

            _underWay.Add(place, null);
        }

        return ReadAloneAsync(place, offset, into, objectLength, cancellationToken);
    }

    /// <summary>
    /// Forgets the bytes among which a member lies, so that it is next read from its pack, and alone: who has each forgotten before it is
    /// read gets nothing of its neighbours. What is on its way is read from there just now.
    /// </summary>
    public void Forget(string name, long offset)
    {
        var place = new Place(name, offset / NeighbourhoodBytes);
        lock (_gate)
        {
            _kept.Forget(place);
            _alone.Forget(place);
        }
    }

    /// <summary>Forgets all bytes, also those that are on their way.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _kept = NewKept();
        }
    }

    private static LruCache<Place, byte[]> NewKept() => new(MaxRecent, long.MaxValue, static _ => 0);

    // Each copies its own part: who was cancelled has given its memory to others.
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
        Place place, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        try
        {
            return await objects.ReadAsync(place.Name, offset, into, objectLength, cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                if (_underWay.TryGetValue(place, out Task<(ObjectReadOutcome, byte[])>? fetched) && fetched is null)
                {
                    _underWay.Remove(place);
                    _alone.Keep(place, true);
                }
            }
        }
    }

    /// <param name="place">What is fetched.</param>
    /// <param name="objectLength">Bytes of the object.</param>
    /// <param name="kept">Where it stays for a while: what was forgotten meanwhile is kept nowhere.</param>
    private async Task<(ObjectReadOutcome Outcome, byte[] Bytes)> FetchAsync(Place place, long objectLength, LruCache<Place, byte[]> kept)
    {
        try
        {
            long end = Math.Min(place.Start + NeighbourhoodBytes + MaxMemberBytes, objectLength);
            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)(end - place.Start));
            ObjectReadOutcome outcome = await objects.ReadAsync(place.Name, place.Start, bytes, objectLength, CancellationToken.None);
            if (outcome == ObjectReadOutcome.Read)
            {
                kept.Keep(place, bytes);
            }

            return (outcome, bytes);
        }
        finally
        {
            lock (_gate)
            {
                _underWay.Remove(place);
            }
        }
    }

    private readonly record struct Place(string Name, long Number)
    {
        public long Start => Number * NeighbourhoodBytes;
    }
}
