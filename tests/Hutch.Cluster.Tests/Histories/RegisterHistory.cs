using System.Collections.Concurrent;

namespace Hutch.Cluster.Tests.Histories;

/// <summary>
/// What several clients did with several registers, in the order of one clock: the beginning of an operation is noted before it is sent, its
/// end after it was answered. Thread-safe.
/// </summary>
internal sealed class RegisterHistory
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<RegisterOperation>> _registers = new(StringComparer.Ordinal);
    private long _now;

    /// <summary>The registers of which there are operations.</summary>
    public IEnumerable<string> Keys => _registers.Keys;

    /// <summary>How many operations were noted.</summary>
    public int Count => _registers.Values.Sum(static operations => operations.Count);

    /// <summary>Notes a moment: later ones have higher numbers.</summary>
    public long Tick() => Interlocked.Increment(ref _now);

    /// <summary>Notes an answered read.</summary>
    public void NoteRead(string key, string? value, long begun) => Add(key, new RegisterOperation(false, value, begun, Tick()));

    /// <summary>Notes a write that was acknowledged.</summary>
    public void NoteWritten(string key, string value, long begun) => Add(key, new RegisterOperation(true, value, begun, Tick()));

    /// <summary>Notes a write of which nobody knows whether it was done. One that was refused is not noted at all.</summary>
    public void NoteUnknown(string key, string value, long begun) =>
        Add(key, new RegisterOperation(true, value, begun, RegisterOperation.Never));

    public IReadOnlyList<RegisterOperation> From(string key) => [.. _registers[key]];

    /// <summary>What in the history no single register that does one thing after the other could have answered; empty when it could.</summary>
    public IReadOnlyList<string> FindFaults() =>
        [.. Keys.Order(StringComparer.Ordinal).SelectMany(key => RegisterCheck.FindFaults(From(key)).Select(fault => $"{key}: {fault}"))];

    private void Add(string key, RegisterOperation operation) =>
        _registers.GetOrAdd(key, static _ => new ConcurrentQueue<RegisterOperation>()).Enqueue(operation);
}
