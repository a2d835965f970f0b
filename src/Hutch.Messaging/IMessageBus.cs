namespace Hutch.Messaging;

/// <summary>
/// The seam between those who tell and those who work. Delivery is at least once and in order, redeliveries aside: work must be such
/// that doing it again changes nothing.
/// </summary>
/// <remarks>
/// Cut so that RabbitMQ fits: a queue is a durable queue bound to a topic exchange by routing key, <c>Prefetch</c> its QoS,
/// <see cref="Delivery"/> a manual acknowledgement, and dead letters a queue of their own. Every implementation passes the suite in
/// <c>tests/Hutch.Messaging.Tests/Conformance</c>.
/// </remarks>
public interface IMessageBus
{
    /// <summary>
    /// Makes a queue; from now on it keeps what flows into it, whether or not somebody reads. A queue of that name keeps what it has.
    /// Returns after it is durable. What happened just before may flow in too, where events take a moment to the queues.
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

    /// <summary>Removes a queue and forgets what is in it. Nothing happens when there is none; one that is being read is refused.</summary>
    ValueTask DeleteAsync(string queue, CancellationToken cancellationToken);
}
