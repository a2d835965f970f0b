namespace Hutch.Messaging;

/// <summary>
/// The seam between publishers and workers. Delivery is at least once and in order, redeliveries aside: work must be idempotent.
/// </summary>
/// <remarks>
/// Cut so that RabbitMQ fits: a queue is a durable queue bound to a topic exchange by routing key, <c>Prefetch</c> its QoS,
/// <see cref="Delivery"/> a manual acknowledgement, and dead letters a queue of their own. Every implementation passes the suite in
/// <c>tests/Hutch.Messaging.Tests/Conformance</c>.
/// </remarks>
public interface IMessageBus
{
    /// <summary>
    /// Creates a queue, which from now on keeps its messages with or without a reader. An existing queue keeps its messages. Returns after
    /// it is durable. Recent earlier events may flow in too, where events take a moment to reach the queues.
    /// </summary>
    ValueTask DeclareAsync(BusQueue queue, CancellationToken cancellationToken);

    /// <summary>
    /// Begins to read a queue (declaring it if need be) where its last reader had answered everything. A queue has one reader at a time,
    /// unless it <see cref="BusQueue.IsShared"/>: one in another process waits until the first is gone.
    /// </summary>
    /// <exception cref="InvalidOperationException">The queue has a reader in this process already.</exception>
    ValueTask<IBusSubscription> SubscribeAsync(BusQueue queue, CancellationToken cancellationToken);

    /// <summary>
    /// Puts a message into a queue by its name, whether or not the queue was declared already. Returns after it is durable; where a broker
    /// is away, it waits for it.
    /// </summary>
    ValueTask PublishAsync(
        string queue, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Deletes a queue and its messages. Does nothing if there is none; a queue with a reader is refused.</summary>
    ValueTask DeleteAsync(string queue, CancellationToken cancellationToken);
}
