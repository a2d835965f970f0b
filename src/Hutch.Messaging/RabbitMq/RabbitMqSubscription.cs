using System.Runtime.CompilerServices;

namespace Hutch.Messaging.RabbitMq;

/// <summary>The reading of a queue: a reader at the broker, and another one when its channel was closed.</summary>
internal sealed partial class RabbitMqSubscription(
    BusQueue queue, RabbitMqBus bus, BrokerConnection connection, ILogger logger, Action<RabbitMqSubscription> released) : IBusSubscription
{
    private readonly Channel<RabbitMqDelivery> _ready = Channel.CreateUnbounded<RabbitMqDelivery>();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private volatile RabbitMqReader? _reader;

    public BusQueue Queue => queue;

    /// <summary>Messages that were handed out and are not answered yet.</summary>
    public int Unacknowledged => _reader?.Unacknowledged ?? 0;

    public async IAsyncEnumerable<Delivery> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _reading = PumpAsync(_stop.Token);
        await foreach (RabbitMqDelivery delivery in _ready.Reader.ReadAllAsync(cancellationToken))
        {
            yield return delivery;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        released(this);
        _stop.Dispose();
    }

    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadUntilClosedAsync(cancellationToken) is { } reason)
            {
                LogClosed(logger, queue.Name, reason);
                await Task.Delay(TimeSpan.FromSeconds(bus.Options.RetrySeconds), bus.Time, cancellationToken);
            }

            throw new InvalidOperationException($"The queue '{queue.Name}' was deleted at the broker.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ready.Writer.TryComplete();
        }
        catch (Exception e)
        {
            // The reader gets the failure and decides if it begins anew.
            _ready.Writer.TryComplete(e);
        }
    }

    /// <summary>Reads on a channel until the broker closes it, and why; null when the queue is gone.</summary>
    private async Task<string?> ReadUntilClosedAsync(CancellationToken cancellationToken)
    {
        await using IChannel channel = await connection.OpenChannelAsync(null, cancellationToken);
        var reader = new RabbitMqReader(channel, queue, bus, _ready);
        _reader = reader;
        try
        {
            await channel.BasicQosAsync(0, checked((ushort)queue.Prefetch), global: false, cancellationToken);
            await channel.BasicConsumeAsync(bus.Names.Queue(queue.Name), autoAck: false, reader, cancellationToken);
        }
        catch (Exception e) when (BrokerConnection.IsLost(e) && !connection.IsOpen)
        {
            return BrokerConnection.Words(e);
        }

        return await reader.Ended.WaitAsync(cancellationToken);
    }

    [LoggerMessage(
        EventId = 5503, Level = LogLevel.Warning, Message = "The reading of the queue {Queue} was ended and begins again: {Reason}")]
    private static partial void LogClosed(ILogger logger, string queue, string reason);
}
