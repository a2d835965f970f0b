namespace Hutch.Messaging.RabbitMq;

/// <summary>A reader on one channel of the broker: passes deliveries to the subscription and answers back.</summary>
internal sealed class RabbitMqReader(IChannel channel, BusQueue queue, RabbitMqBus bus, Channel<RabbitMqDelivery> ready)
    : AsyncDefaultBasicConsumer(channel)
{
    // A reader that dies gives back all that it was handed, through no fault of theirs: only so many deaths make a dead letter.
    private const int DeathsPerDelivery = 4;

    private readonly ConcurrentDictionary<ulong, bool> _unacknowledged = new();
    private readonly TaskCompletionSource<string?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Ends when this reader is handed nothing more and the connection is there: with the reason when its channel was closed or must be,
    /// as the broker sends too much, with null when the queue is gone.
    /// </summary>
    public Task<string?> Ended => _ended.Task;

    /// <summary>Messages that were handed out and are not answered yet.</summary>
    public int Unacknowledged => _unacknowledged.Count;

    public override async Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        if (_ended.Task.IsCompleted || _unacknowledged.Count >= queue.Prefetch)
        {
            // Unanswered messages return to the broker when the channel closes.
            _ended.TrySetResult(string.Create(
                CultureInfo.InvariantCulture,
                $"The broker handed out more than the {queue.Prefetch} unanswered messages that were asked for: it ignores the prefetch."));
            return;
        }

        (string topic, string? dataset) = exchange == bus.Names.Events ? BrokerNames.Parse(routingKey) : (queue.Name, null);

        // The library takes its memory back when this returns.
        var message = new BusMessage(topic, dataset, MessageHeaders.FromWire(properties.Headers), body.ToArray());
        var delivery = new RabbitMqDelivery(this, deliveryTag, message, MessageHeaders.Attempt(properties.Headers, redelivered));
        _unacknowledged[deliveryTag] = true;
        if (delivery.Attempt > queue.MaxDeliveries * DeathsPerDelivery)
        {
            await delivery.NackAsync(
                requeue: false, "It was handed out too often without an answer: its readers ended each time.", cancellationToken);
            return;
        }

        await ready.Writer.WriteAsync(delivery, cancellationToken);
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _ended.TrySetResult(null);
        return Task.CompletedTask;
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        // The broker delivers queued messages again; keeping them would exceed the prefetch.
        while (ready.Reader.TryRead(out _))
        {
        }

        _unacknowledged.Clear();

        // A channel that went with its connection comes back with it; the library sees to that.
        if (reason.Initiator == ShutdownInitiator.Peer && bus.IsConnected)
        {
            _ended.TrySetResult(reason.ReplyText);
        }

        return Task.CompletedTask;
    }

    internal async ValueTask AckAsync(RabbitMqDelivery delivery, CancellationToken cancellationToken)
    {
        _unacknowledged.TryRemove(delivery.Tag, out _);
        try
        {
            await Channel.BasicAckAsync(delivery.Tag, multiple: false, cancellationToken);
        }
        catch (Exception e) when (BrokerConnection.IsLost(e))
        {
            // The broker took the message back with the connection and delivers it again: delivery is at least once.
        }
    }

    internal async ValueTask NackAsync(RabbitMqDelivery delivery, bool requeue, string reason, CancellationToken cancellationToken)
    {
        if (!requeue || delivery.Attempt >= queue.MaxDeliveries)
        {
            await bus.PublishAsync(
                queue.DeadLetters, DeadLetter.Headers(delivery, queue.Name, reason), delivery.Message.Body, cancellationToken);
            await AckAsync(delivery, cancellationToken);
            return;
        }

        _unacknowledged.TryRemove(delivery.Tag, out _);
        try
        {
            await Channel.BasicNackAsync(delivery.Tag, multiple: false, requeue: true, cancellationToken);
        }
        catch (Exception e) when (BrokerConnection.IsLost(e))
        {
            // As for an acknowledgement.
        }
    }
}
