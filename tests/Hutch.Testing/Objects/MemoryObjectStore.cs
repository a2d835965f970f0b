using Hutch.Model;
using Hutch.Objects;
using Hutch.Objects.Http;

namespace Hutch.Testing.Objects;

/// <summary>A store in memory for most tests: it is fast and fails as a test wants.</summary>
public sealed class MemoryObjectStore : IObjectStore
{
    private static readonly Uri Nowhere = new("http://memory/");

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _modified = new(StringComparer.Ordinal);
    private readonly List<ObjectCall> _calls = [];
    private string? _last;

    public string Name => "memory/bucket";

    /// <summary>Whether it reports that it keeps old versions.</summary>
    public bool KeepsVersions { get; set; }

    /// <summary>The time of the store.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Chooses the fault of a call; none by default.</summary>
    public Func<ObjectCall, ObjectFault> Fault { get; set; } = static _ => ObjectFault.None;

    /// <summary>Awaited before each call, which makes the store slow.</summary>
    public Func<ObjectCall, CancellationToken, Task> Delay { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<ObjectCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The keys, in order.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_gate)
            {
                return [.. _objects.Keys];
            }
        }
    }

    /// <summary>The bytes of an object; a test damages them here.</summary>
    public byte[] this[string key]
    {
        get
        {
            lock (_gate)
            {
                return _objects[key];
            }
        }

        set
        {
            lock (_gate)
            {
                _objects[key] = value;
            }
        }
    }

    /// <summary>Another store with the same objects, and without faults.</summary>
    public MemoryObjectStore Copy()
    {
        var copy = new MemoryObjectStore { Time = Time };
        lock (_gate)
        {
            foreach ((string key, byte[] bytes) in _objects)
            {
                copy._objects[key] = bytes;
            }
        }

        return copy;
    }

    /// <summary>Removes an object without a call.</summary>
    public void Remove(string key)
    {
        lock (_gate)
        {
            _objects.Remove(key);
        }
    }

    public async ValueTask PutAsync(string key, ObjectBody body, CancellationToken cancellationToken)
    {
        byte[] bytes = body.ToArray();
        await CallAsync(
            new ObjectCall(ObjectOperation.Put, key),
            _ =>
            {
                _objects[key] = bytes;
                _modified[key] = Time.GetUtcNow();
                _last = key;
                return Done.Value;
            },
            cancellationToken);
    }

    public ValueTask<ObjectReadOutcome> ReadAsync(
        string key, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken) => CallAsync(
        new ObjectCall(ObjectOperation.Read, key),
        isStale =>
        {
            if (!_objects.TryGetValue(key, out byte[]? bytes) || (isStale && key == _last))
            {
                return ObjectReadOutcome.Missing;
            }

            if (bytes.Length != objectLength)
            {
                return ObjectReadOutcome.Different;
            }

            bytes.AsSpan((int)offset, into.Length).CopyTo(into.Span);
            return ObjectReadOutcome.Read;
        },
        cancellationToken);

    public ValueTask<long?> FindLengthAsync(string key, CancellationToken cancellationToken) => CallAsync(
        new ObjectCall(ObjectOperation.FindLength, key),
        isStale => _objects.TryGetValue(key, out byte[]? bytes) && !(isStale && key == _last) ? bytes.Length : (long?)null,
        cancellationToken);

    public async ValueTask<IReadOnlyList<UndeletedObject>> DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        foreach (string key in keys)
        {
            await CallAsync(new ObjectCall(ObjectOperation.Delete, key), _ => _objects.Remove(key), cancellationToken);
        }

        return [];
    }

    public ValueTask<ObjectPage> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken) => CallAsync(
        new ObjectCall(ObjectOperation.List, prefix),
        isStale =>
        {
            ObjectFacts[] found =
            [
                .. _objects
                    .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(pair.Key, after) > 0)
                    .Where(pair => !(isStale && pair.Key == _last))
                    .Select(pair => new ObjectFacts(pair.Key, pair.Value.Length, _modified.GetValueOrDefault(pair.Key)))
                    .Take(limit + 1),
            ];
            return new ObjectPage([.. found.Take(limit)], found.Length <= limit);
        },
        cancellationToken);

    public ValueTask<bool> KeepsVersionsAsync(CancellationToken cancellationToken) => new(KeepsVersions);

    public void Dispose()
    {
        // Nothing is held.
    }

    private async ValueTask<T> CallAsync<T>(ObjectCall call, Func<bool, T> act, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Delay(call, cancellationToken);
        ObjectFault fault = Fault(call);
        bool isWrite = call.Operation is ObjectOperation.Put or ObjectOperation.Delete;
        T answer = default!;
        lock (_gate)
        {
            _calls.Add(call);
            fault = fault == ObjectFault.Full && call.Operation != ObjectOperation.Put ? ObjectFault.None : fault;
            if (fault is ObjectFault.None or ObjectFault.LoseAnswer or ObjectFault.Stale)
            {
                answer = act(fault == ObjectFault.Stale);
            }
        }

        return fault switch
        {
            ObjectFault.Full => throw ErrorCode.InsufficientStorage.With("memory/bucket answered 403 QuotaExceeded.").ToException(),
            ObjectFault.Refuse => throw ErrorCode.Unavailable.With("memory/bucket answered 503 SlowDown.").ToException(),
            ObjectFault.Lose or ObjectFault.LoseAnswer when isWrite => throw new ObjectOutcomeUnknownException("lost", new IOException()),
            ObjectFault.Lose or ObjectFault.LoseAnswer => throw new ServerUnreachableException(Nowhere, new IOException("cut")),
            _ => answer,
        };
    }
}
