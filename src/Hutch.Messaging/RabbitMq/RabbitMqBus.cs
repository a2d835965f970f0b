namespace Hutch.Messaging.RabbitMq;

/// <summary>
/// The bus over a RabbitMQ broker (3.10 or later): quorum queues, publisher confirms, manual acknowledgements. Events come to its topic
/// exchange through an <see cref="EventRelay"/>.
/// </summary>
/// <remarks>
/// Thread-safe. While the broker is away every operation waits for it, and <see cref="Trouble"/> says why. A queue that is at the broker
/// already is taken as it is, so that queues of other programs can be read. See docs/operations/broker.md.
/// </remarks>
public sealed class RabbitMqBus : IMessageBus, IAsyncDisposable
{
    /// <summary>The time for which a delay queue is kept after its last message has left.</summary>
    private static readonly TimeSpan DelayQueueLife = TimeSpan.FromMinutes(10);

    /// <summary>So many queues are remembered for people to look at.</summary>
    private const int MaxUsed = 200;

    private readonly BrokerConnection _connection;
    private readonly BrokerConnection _publishing;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, RabbitMqSubscription> _readers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _used = new(StringComparer.Ordinal);
    private int _disposed;

    /// <summary>Nothing is connected before it is used.</summary>
    public RabbitMqBus(BusOptions options, TimeProvider time, ILogger<RabbitMqBus> logger)
    {
        (Options, Time, _logger) = (options, time, logger);
        Names = new BrokerNames(options.Namespace);
        _connection = new BrokerConnection(options, "reading", recovers: true, time, logger);
        _publishing = new BrokerConnection(options, "publishing", recovers: false, time, logger);
        Publisher = new ConfirmedPublisher(_publishing, DeclareExchangeAsync, TimeSpan.FromSeconds(options.RetrySeconds), time);
    }

    /// <summary>The reason that the broker cannot be used now, in a sentence; null while it can, or was not needed yet.</summary>
    public string? Trouble => _connection.Trouble ?? _publishing.Trouble;

    /// <summary>Connects once: why that failed, in a sentence; null when it did not.</summary>
    public static async Task<string?> ProbeAsync(BusOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using IConnection connection =
                await BrokerConnection.ConnectOnceAsync(options, "probe", recovers: false, cancellationToken);
            return null;
        }
        catch (Exception e) when (BrokerConnection.IsUnreachable(e))
        {
            return BrokerConnection.Words(e);
        }
    }

    internal bool IsConnected => _connection.IsOpen;

    internal BusOptions Options { get; }

    internal TimeProvider Time { get; }

    internal ConfirmedPublisher Publisher { get; }

    internal BrokerNames Names { get; }

    public async ValueTask DeclareAsync(BusQueue queue, CancellationToken cancellationToken)
    {
        await AgainWhenLostAsync(async () =>
        {
            await EnsureAsync(queue, cancellationToken);
            await using IChannel channel = await _connection.OpenChannelAsync(null, cancellationToken);
            if (queue.Bindings.Count > 0)
            {
                await DeclareExchangeAsync(channel, cancellationToken);
            }

            foreach (BusBinding binding in queue.Bindings)
            {
                await channel.QueueBindAsync(
                    Names.Queue(queue.Name), Names.Events, BrokerNames.Key(binding), cancellationToken: cancellationToken);
            }

            return true;
        });
    }

    public async ValueTask<IBusSubscription> SubscribeAsync(BusQueue queue, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queue.Prefetch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(queue.MaxDeliveries, 1);
        var subscription = new RabbitMqSubscription(queue, this, _connection, _logger, Release);
        if (!queue.IsShared && !_readers.TryAdd(queue.Name, subscription))
        {
            throw new InvalidOperationException($"The queue '{queue.Name}' has a reader already.");
        }

        try
        {
            await DeclareAsync(queue, cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    public async ValueTask PublishAsync(
        string queue, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        while (!await TryPublishAsync(queue, headers, body, cancellationToken))
        {
            if (queue.StartsWith(BusQueue.TemporaryPrefix, StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"The queue '{queue}' is gone: it belonged to a program that has ended.");
            }

            await AgainWhenLostAsync(async () =>
            {
                await EnsureAsync(new BusQueue { Name = queue, IsShared = true }, cancellationToken);
                return true;
            });
        }
    }

    /// <summary>Publishes to a queue that is there: false when there is none of that name. Returns after the message is durable.</summary>
    public async ValueTask<bool> TryPublishAsync(
        string queue, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        Record(queue);
        string? at = MessageHeaders.DelayOf(headers) is { } delay
            ? await AgainWhenLostAsync(() => FindDelayAsync(queue, delay, cancellationToken))
            : Names.Queue(queue);
        var properties = new BasicProperties
        {
            Persistent = true,
            Headers = MessageHeaders.ToWire(headers),
            Expiration = headers.GetValueOrDefault(BusMessage.ExpirationHeader),
        };
        return at is not null && await Publisher.TryToQueueAsync(at, properties, body, cancellationToken);
    }

    public async ValueTask DeleteAsync(string queue, CancellationToken cancellationToken)
    {
        if (_readers.ContainsKey(queue))
        {
            throw new InvalidOperationException($"The queue '{queue}' is being read.");
        }

        await using IChannel channel = await _connection.OpenChannelAsync(null, cancellationToken);
        await channel.QueueDeleteAsync(Names.Queue(queue), cancellationToken: cancellationToken);
        _used.TryRemove(queue, out _);
        string dead = BusQueue.DeadLetterPrefix + queue;
        if (await FindAsync(dead, cancellationToken) is { MessageCount: 0 })
        {
            await channel.QueueDeleteAsync(Names.Queue(dead), cancellationToken: cancellationToken);
            _used.TryRemove(dead, out _);
        }
    }

    /// <summary>Returns the length of a queue; null if there is none.</summary>
    public async ValueTask<QueueDepth?> DepthAsync(string queue, CancellationToken cancellationToken) =>
        await AgainWhenLostAsync(() => FindAsync(queue, cancellationToken)) is { } found ? DepthOf(found) : null;

    internal Task<IChannel> OpenChannelAsync(CancellationToken cancellationToken) =>
        _connection.OpenChannelAsync(null, cancellationToken);

    /// <summary>Looks for a queue by its name at the broker.</summary>
    internal async Task<bool> ExistsAsync(string queue, CancellationToken cancellationToken) =>
        await FindAtBrokerAsync(queue, cancellationToken) is not null;

    /// <summary>Returns lengths of used and other queues by name, without missing, inaccessible and empty dead-letter ones.</summary>
    internal async Task<IReadOnlyList<QueueDepth>> DepthsAsync(IEnumerable<string> others, CancellationToken cancellationToken)
    {
        var found = new List<QueueDepth>();
        IChannel channel = await _connection.OpenChannelAsync(null, cancellationToken);
        try
        {
            foreach (string queue in _used.Keys.Select(Names.Queue).Concat(others).Distinct().Order(StringComparer.Ordinal))
            {
                try
                {
                    found.Add(DepthOf(await channel.QueueDeclarePassiveAsync(queue, cancellationToken)));
                }
                catch (OperationInterruptedException) when (_connection.IsOpen)
                {
                    // The refusal has cost the channel.
                    await channel.DisposeAsync();
                    channel = await _connection.OpenChannelAsync(null, cancellationToken);
                }
            }
        }
        finally
        {
            await channel.DisposeAsync();
        }

        return [.. found.Where(queue => !queue.IsDeadLetters || queue.Ready > 0)];
    }

    public async ValueTask DisposeAsync()
    {
        // A host that gives it out under two types disposes it twice.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await Publisher.DisposeAsync();
        await _publishing.DisposeAsync();
        await _connection.DisposeAsync();
    }

    /// <summary>Makes a queue, and that of its dead letters; one that is there is left as it is.</summary>
    private async Task EnsureAsync(BusQueue queue, CancellationToken cancellationToken)
    {
        Record(queue.Name);
        Record(queue.DeadLetters);
        if (await FindAsync(queue.Name, cancellationToken) is not null)
        {
            return;
        }

        await using IChannel channel = await _connection.OpenChannelAsync(null, cancellationToken);
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        if (!queue.IsShared)
        {
            arguments["x-single-active-consumer"] = true;
        }

        if (!queue.Name.StartsWith(BusQueue.DeadLetterPrefix, StringComparison.Ordinal))
        {
            if (await FindAsync(queue.DeadLetters, cancellationToken) is null)
            {
                await channel.QueueDeclareAsync(
                    Names.Queue(queue.DeadLetters), durable: true, exclusive: false, autoDelete: false,
                    new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
            }

            // For readers of others. Ours count themselves, and give up with a reason.
            arguments["x-dead-letter-exchange"] = "";
            arguments["x-dead-letter-routing-key"] = Names.Queue(queue.DeadLetters);
        }

        try
        {
            await channel.QueueDeclareAsync(
                Names.Queue(queue.Name), durable: true, exclusive: false, autoDelete: false, arguments,
                cancellationToken: cancellationToken);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            // Another process declared it first with other arguments: it is used as it is.
        }
    }

    /// <summary>
    /// Returns the delay queue of a queue; null if that does not exist. Expired messages become its dead letters and go to that queue. It
    /// is deleted when it was not declared for a while, long after its last message.
    /// </summary>
    private async Task<string?> FindDelayAsync(string queue, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (await FindAsync(queue, cancellationToken) is null)
        {
            return null;
        }

        string name = Names.Delay(queue, delay);
        await using IChannel channel = await _connection.OpenChannelAsync(null, cancellationToken);
        await channel.QueueDeclareAsync(
            name, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?>
            {
                ["x-queue-type"] = "quorum",
                ["x-message-ttl"] = (long)delay.TotalMilliseconds,
                ["x-expires"] = (long)(delay + DelayQueueLife).TotalMilliseconds,
                ["x-dead-letter-exchange"] = "",
                ["x-dead-letter-routing-key"] = Names.Queue(queue),
            },
            cancellationToken: cancellationToken);
        return name;
    }

    /// <summary>Does what does no harm when it is done twice, once more when the connection was lost in the middle of it.</summary>
    private async Task<T> AgainWhenLostAsync<T>(Func<Task<T>> work)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (BrokerConnection.IsLost(e) && !_connection.IsOpen)
            {
                // The next attempt waits for the connection.
            }
        }
    }

    /// <summary>Returns the state of a queue; null if there is none. Asking for a missing queue closes the channel.</summary>
    private Task<QueueDeclareOk?> FindAsync(string queue, CancellationToken cancellationToken) =>
        FindAtBrokerAsync(Names.Queue(queue), cancellationToken);

    private async Task<QueueDeclareOk?> FindAtBrokerAsync(string queue, CancellationToken cancellationToken)
    {
        await using IChannel channel = await _connection.OpenChannelAsync(null, cancellationToken);
        try
        {
            return await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    private QueueDepth DepthOf(QueueDeclareOk queue)
    {
        string name = Names.NameOf(queue.QueueName);
        return new QueueDepth(
            queue.QueueName,
            queue.MessageCount,
            _readers.TryGetValue(name, out RabbitMqSubscription? reader) ? reader.Unacknowledged : null,
            (int)queue.ConsumerCount,
            BusQueue.IsDeadLetters(name));
    }

    private void Record(string queue)
    {
        if (!_used.ContainsKey(queue) && _used.Count < MaxUsed && !queue.StartsWith(BusQueue.TemporaryPrefix, StringComparison.Ordinal))
        {
            _used.TryAdd(queue, true);
        }
    }

    private Task DeclareExchangeAsync(IChannel channel, CancellationToken cancellationToken) =>
        channel.ExchangeDeclareAsync(Names.Events, ExchangeType.Topic, durable: true, cancellationToken: cancellationToken);

    private void Release(RabbitMqSubscription subscription) =>
        _readers.TryRemove(KeyValuePair.Create(subscription.Queue.Name, subscription));
}
