namespace Hutch.Messaging.InProcess;

/// <summary>The bus inside one process: each queue is a cursor over the durable outbox, so that nothing is stored twice.</summary>
/// <remarks>
/// Thread-safe. A queue starts at the newest line at its declaration. Lines that the outbox dropped before they were read are not
/// delivered: a reader that must not miss anything reads the state first and takes events as news of it.
/// </remarks>
public sealed class OutboxBus(IOutbox outbox, ICursorStore cursors) : IMessageBus
{
    private readonly ConcurrentDictionary<string, OutboxSubscription> _readers = new(StringComparer.Ordinal);

    public async ValueTask DeclareAsync(BusQueue queue, CancellationToken cancellationToken)
    {
        await PositionAsync(queue.Name, cancellationToken);
    }

    public async ValueTask<IBusSubscription> SubscribeAsync(BusQueue queue, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queue.Prefetch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(queue.MaxDeliveries, 1);
        long position = await PositionAsync(queue.Name, cancellationToken);
        var subscription = new OutboxSubscription(queue, position, outbox, cursors, this, Release);
        if (!_readers.TryAdd(queue.Name, subscription))
        {
            await subscription.DisposeAsync();
            throw new InvalidOperationException($"The queue '{queue.Name}' has a reader already.");
        }

        return subscription;
    }

    public async ValueTask PublishAsync(
        string queue, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // A queue that is not there yet begins before its first message.
        await PositionAsync(queue, cancellationToken);
        await outbox.PublishAsync(queue, headers, body, cancellationToken);
    }

    public async ValueTask DeleteAsync(string queue, CancellationToken cancellationToken)
    {
        if (_readers.ContainsKey(queue))
        {
            throw new InvalidOperationException($"The queue '{queue}' is being read.");
        }

        await cursors.DeleteAsync(queue, cancellationToken);
    }

    private async ValueTask<long> PositionAsync(string queue, CancellationToken cancellationToken)
    {
        if (await cursors.LoadAsync(queue, cancellationToken) is long known)
        {
            return known;
        }

        // Its first reader and its first message may come at the same moment: the place that was kept first counts.
        return await cursors.BeginAsync(queue, await outbox.NewestAsync(cancellationToken), cancellationToken);
    }

    private void Release(OutboxSubscription subscription) =>
        _readers.TryRemove(KeyValuePair.Create(subscription.Queue.Name, subscription));
}
