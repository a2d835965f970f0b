using Hutch.Objects;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// Reads small members out of packs. Whoever comes while the same neighbourhood of a pack is being read waits, and all who wait share the
/// next request: many who read the files of one folder cost the object store little, and nobody waits who is alone.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NeighbourReads(IObjectStore objects)
{
    /// <summary>The largest member that is read together with others.</summary>
    public const int MaxMemberBytes = 16 << 10;

    /// <summary>Members that begin in the same so many bytes of a pack are neighbours.</summary>
    private const int NeighbourhoodBytes = 64 << 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<Place, SharedRead?> _underWay = [];

    /// <summary>Reads a part of an object, as <see cref="IObjectStore.ReadAsync"/> does.</summary>
    public ValueTask<ObjectReadOutcome> ReadAsync(
        string name, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        var place = new Place(name, offset / NeighbourhoodBytes);
        lock (_gate)
        {
            if (_underWay.TryGetValue(place, out SharedRead? next))
            {
                next ??= _underWay[place] = new SharedRead(objectLength);
                next.Include(offset, into.Length);
                return next.TakeAsync(offset, into, cancellationToken);
            }

            _underWay.Add(place, null);
        }

        return ReadFirstAsync(place, offset, into, objectLength, cancellationToken);
    }

    private async ValueTask<ObjectReadOutcome> ReadFirstAsync(
        Place place, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        try
        {
            return await objects.ReadAsync(place.Name, offset, into, objectLength, cancellationToken);
        }
        finally
        {
            _ = ReadOnAsync(place);
        }
    }

    /// <summary>Reads for those who came meanwhile, until nobody waits any more.</summary>
    private async Task ReadOnAsync(Place place)
    {
        while (TakeNext(place) is { } next)
        {
            await next.RunAsync(objects, place.Name);
        }
    }

    private SharedRead? TakeNext(Place place)
    {
        lock (_gate)
        {
            SharedRead? next = _underWay[place];
            if (next is null)
            {
                _underWay.Remove(place);
            }
            else
            {
                _underWay[place] = null;
            }

            return next;
        }
    }

    private readonly record struct Place(string Name, long Neighbourhood);

    /// <summary>One request for all who wait.</summary>
    private sealed class SharedRead(long objectLength)
    {
        private readonly TaskCompletionSource<(ObjectReadOutcome Outcome, byte[] Bytes)> _answer =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private long _start = long.MaxValue;
        private long _end;

        public void Include(long offset, int length) =>
            (_start, _end) = (Math.Min(_start, offset), Math.Max(_end, offset + length));

        // Each copies its own part: who was cancelled has given its memory to others.
        public async ValueTask<ObjectReadOutcome> TakeAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            (ObjectReadOutcome outcome, byte[] bytes) = await _answer.Task.WaitAsync(cancellationToken);
            if (outcome == ObjectReadOutcome.Read)
            {
                bytes.AsSpan((int)(offset - _start), into.Length).CopyTo(into.Span);
            }

            return outcome;
        }

        public async Task RunAsync(IObjectStore objects, string name)
        {
            try
            {
                byte[] bytes = GC.AllocateUninitializedArray<byte>((int)(_end - _start));
                _answer.SetResult((await objects.ReadAsync(name, _start, bytes, objectLength, CancellationToken.None), bytes));
            }
            catch (Exception e)
            {
                _answer.SetException(e);
            }
        }
    }
}
