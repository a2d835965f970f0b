using System.Collections.Concurrent;
using Hutch.Messaging.InProcess;

namespace Hutch.Messaging.Tests.InProcess;

/// <summary>Positions that outlive the bus.</summary>
internal sealed class MemoryCursors : ICursorStore
{
    private readonly ConcurrentDictionary<string, long> _positions = new();

    /// <summary>True while nothing can be saved.</summary>
    public bool Fails { get; set; }

    public long this[string queue] => _positions[queue];

    public ValueTask<long?> LoadAsync(string queue, CancellationToken cancellationToken) =>
        new(_positions.TryGetValue(queue, out long position) ? position : null);

    public ValueTask<long> BeginAsync(string queue, long position, CancellationToken cancellationToken) =>
        new(_positions.GetOrAdd(queue, position));

    public ValueTask SaveAsync(string queue, long position, CancellationToken cancellationToken)
    {
        if (Fails)
        {
            throw new IOException("The disk is full.");
        }

        _positions[queue] = position;
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAsync(string queue, CancellationToken cancellationToken)
    {
        _positions.TryRemove(queue, out _);
        return ValueTask.CompletedTask;
    }
}
