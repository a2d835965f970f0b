using System.Runtime.CompilerServices;
using Hutch.Messaging.InProcess;

namespace Hutch.Messaging.Tests.InProcess;

/// <summary>An outbox in memory.</summary>
internal sealed class MemoryOutbox : IOutbox
{
    private readonly Lock _lock = new();
    private readonly List<OutboxMessage> _lines = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Is awaited by the next question for the newest line.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Where somebody said that lines are still needed.</summary>
    public long? Kept { get; private set; }

    public void Add(string? queue, BusMessage message)
    {
        lock (_lock)
        {
            // With gaps, as in the journal.
            _lines.Add(new OutboxMessage((_lines.Count + 1) * 3, queue, message));
        }

        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public async ValueTask<long> NewestAsync(CancellationToken cancellationToken)
    {
        Task held = Held;
        Held = Task.CompletedTask;
        await held.WaitAsync(cancellationToken);
        lock (_lock)
        {
            return _lines.Count == 0 ? 0 : _lines[^1].Sequence;
        }
    }

    public async IAsyncEnumerable<OutboxMessage> ReadAsync(
        long after, IReadOnlyCollection<string>? topics, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next = Volatile.Read(ref _next).Task;
            List<OutboxMessage> found;
            lock (_lock)
            {
                found = [.. _lines.Where(line => line.Sequence > after && (line.Queue is not null || topics?.Contains(line.Message.Topic) != false))];
            }

            foreach (OutboxMessage line in found)
            {
                yield return line;
                after = line.Sequence;
            }

            if (found.Count == 0)
            {
                await next.WaitAsync(cancellationToken);
            }
        }
    }

    public ValueTask<IReadOnlyList<OutboxMessage>> PublishedAsync(long after, int most, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. _lines.Where(line => line.Sequence > after && line.Queue is not null).Take(most)]);
        }
    }

    public void RetainAfter(long sequence) => Kept = sequence;

    public ValueTask PublishAsync(
        string queue, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Add(queue, new BusMessage(queue, null, headers, body));
        return ValueTask.CompletedTask;
    }
}
