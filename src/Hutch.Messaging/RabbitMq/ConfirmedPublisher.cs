namespace Hutch.Messaging.RabbitMq;

/// <remarks>
/// Thread-safe; all callers share a channel. Messages in flight when the connection is lost may have arrived or not: they are published
/// again, so that each arrives at least once.
/// </remarks>
internal sealed class ConfirmedPublisher(
    BrokerConnection connection, Func<IChannel, CancellationToken, Task> prepare, TimeSpan afterRefusal, TimeProvider time)
    : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private PublishingChannel? _channel;

    /// <summary>Publishes to a queue; waits for the broker while it is away. False when there is no queue of that name.</summary>
    public async Task<bool> TryToQueueAsync(
        string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            while (!await TryAsync("", queue, true, properties, body, cancellationToken))
            {
                // The connection was lost; the channel that comes next waits for it.
            }

            return true;
        }
        catch (PublishException e) when (e.IsReturn)
        {
            return false;
        }
    }

    /// <summary>Publishes once; false when it was not confirmed, and is to be published again.</summary>
    /// <exception cref="PublishException">There is no queue for it, and it is mandatory.</exception>
    public async Task<bool> TryAsync(
        string exchange, string key, bool mandatory, BasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken)
    {
        PublishingChannel channel = await ReadyAsync(cancellationToken);
        try
        {
            // The library may leave pending messages unanswered: the wait ends with the connection.
            await channel.Channel.BasicPublishAsync(exchange, key, mandatory, properties, body, cancellationToken).AsTask()
                .WaitAsync(channel.Lost);
            return true;
        }
        catch (Exception e) when (BrokerConnection.IsLost(e)
            || (e is OperationCanceledException && channel.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            return IsAllowed(channel) ? false : throw channel.Refusal();
        }
        catch (PublishException e) when (!e.IsReturn)
        {
            // It cannot store the message now: its queue is full, or without most of its nodes.
            await Task.Delay(afterRefusal, time, cancellationToken);
            return false;
        }
    }

    public async ValueTask<PublishingChannel> ReadyAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _channel) is { IsOpen: true } open)
        {
            return open;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            while (_channel is not { IsOpen: true })
            {
                var opened = new PublishingChannel(connection.Loss);
                try
                {
                    await opened.OpenAsync(connection, cancellationToken);
                    await prepare(opened.Channel, cancellationToken);
                }
                catch (Exception e) when (BrokerConnection.IsLost(e) && !connection.IsOpen)
                {
                    await opened.DisposeAsync();
                    continue;
                }

                if (Interlocked.Exchange(ref _channel, opened) is { } old)
                {
                    await old.DisposeAsync();
                }
            }

            return _channel;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is { } channel)
        {
            await channel.DisposeAsync();
        }

        _gate.Dispose();
    }

    // A channel that the broker closed while the connection stayed means a refusal, not a loss. Only a deleted exchange is made again with
    // the
    // next channel.
    private bool IsAllowed(PublishingChannel channel) =>
        !connection.IsOpen || channel.CloseReason is null or { Initiator: not ShutdownInitiator.Peer } or { ReplyCode: Constants.NotFound };
}
