using Hutch.Objects;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// Reads small members out of packs. Whoever comes while a neighbour is being read fetches the whole neighbourhood, and all who come until
/// that is there take their part of it: many who read the files of one folder cost the object store few requests, and nobody waits for
/// another. What is in a pack never changes, so that a request may serve those who came after it was sent.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NeighbourReads(IObjectStore objects)
{
    /// <summary>The largest member that is read together with others.</summary>
    public const int MaxMemberBytes = 16 << 10;

    /// <summary>Members that begin in the same so many bytes of a pack are neighbours.</summary>
    private const int NeighbourhoodBytes = 64 << 10;

    private readonly Lock _gate = new();

    /// <summary>Where something is being read: the neighbourhood, or null while it is one member.</summary>
    private readonly Dictionary<Place, Task<(ObjectReadOutcome Outcome, byte[] Bytes)>?> _underWay = [];

    /// <summary>Reads a part of an object, as <see cref="IObjectStore.ReadAsync"/> does.</summary>
    public ValueTask<ObjectReadOutcome> ReadAsync(
        string name, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        var place = new Place(name, offset / NeighbourhoodBytes);
        lock (_gate)
        {
            if (_underWay.TryGetValue(place, out Task<(ObjectReadOutcome, byte[])>? fetched))
            {
                // Without a token: it is read for many.
                fetched ??= _underWay[place] = Task.Run(() => FetchAsync(place, objectLength), CancellationToken.None);
                return TakeAsync(fetched, (int)(offset - place.Start), into, cancellationToken);
            }

            _underWay.Add(place, null);
        }

        return ReadAloneAsync(place, offset, into, objectLength, cancellationToken);
    }

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
                }
            }
        }
    }

    private async Task<(ObjectReadOutcome Outcome, byte[] Bytes)> FetchAsync(Place place, long objectLength)
    {
        try
        {
            long end = Math.Min(place.Start + NeighbourhoodBytes + MaxMemberBytes, objectLength);
            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)(end - place.Start));
            return (await objects.ReadAsync(place.Name, place.Start, bytes, objectLength, CancellationToken.None), bytes);
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
