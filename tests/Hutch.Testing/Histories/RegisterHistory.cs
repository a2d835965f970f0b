using System.Collections.Concurrent;

namespace Hutch.Testing.Histories;

/// <summary>
/// The operations of several clients on several registers, in the order of one clock: the beginning of an operation is noted before it is
/// sent, its end after it is answered. Thread-safe.
/// </summary>
public sealed class RegisterHistory
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<RegisterOperation>> _registers = new(StringComparer.Ordinal);
    private long _now;

    /// <summary>The registers that have operations.</summary>
    public IEnumerable<string> Keys => _registers.Keys;

    /// <summary>The number of operations that were noted.</summary>
    public int Count => _registers.Values.Sum(static operations => operations.Count);

    /// <summary>Notes a moment: later ones have higher numbers.</summary>
    public long Tick() => Interlocked.Increment(ref _now);

    /// <summary>Notes an answered read.</summary>
    public void NoteRead(string key, string? value, long begun) => Add(key, new RegisterOperation(false, value, begun, Tick()));

    /// <summary>Notes a write that was acknowledged.</summary>
    public void NoteWritten(string key, string value, long begun) => Add(key, new RegisterOperation(true, value, begun, Tick()));

    /// <summary>Notes a write with an unknown outcome. A refused one is not noted.</summary>
    public void NoteUnknown(string key, string value, long begun) =>
        Add(key, new RegisterOperation(true, value, begun, RegisterOperation.Never));

    /// <summary>The operations of a register.</summary>
    public IReadOnlyList<RegisterOperation> From(string key) => [.. _registers[key]];

    /// <summary>Describes the answers that registers cannot give if they do one operation at a time; empty when there are none.</summary>
    public IReadOnlyList<string> FindFaults() =>
        [.. Keys.Order(StringComparer.Ordinal).SelectMany(key => RegisterCheck.FindFaults(From(key)).Select(fault => $"{key}: {fault}"))];

    private void Add(string key, RegisterOperation operation) =>
        _registers.GetOrAdd(key, static _ => new ConcurrentQueue<RegisterOperation>()).Enqueue(operation);
}
