using Hutch.Messaging.InProcess;

namespace Hutch.Messaging.RabbitMq;

/// <summary>
/// Carries what happens at the site from its outbox to the broker's topic exchange, in order. Its place in the outbox moves on only when
/// the broker has confirmed, and until then the outbox keeps the lines: a broker that is away loses nothing.
/// </summary>
/// <remarks>One for each site. After a crash the last lines are published again.</remarks>
public sealed partial class EventRelay(IOutbox outbox, ICursorStore cursors, RabbitMqBus bus, ILogger<EventRelay> logger)
{
    /// <summary>The place is kept under this name, among those of queues.</summary>
    public const string CursorName = "rabbitmq.relay";

    private const int LinesAtOnce = 512;
    private const long LinesPerSave = 1000;
    private static readonly TimeSpan SaveAfter = TimeSpan.FromSeconds(1);

    private long _saved;
    private long _savedAt;

    /// <summary>Up to where the broker has everything.</summary>
    public long Position { get; private set; }

    /// <summary>Carries until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Position = await BeginAsync(cancellationToken);
        _saved = Position;
        outbox.RetainAfter(Position);
        try
        {
            await CarryAsync(cancellationToken);
        }
        finally
        {
            await SaveAsync(CancellationToken.None);
        }
    }

    private async Task<long> BeginAsync(CancellationToken cancellationToken)
    {
        if (await cursors.LoadAsync(CursorName, cancellationToken) is long known)
        {
            return known;
        }

        long newest = await outbox.NewestAsync(cancellationToken);
        await cursors.SaveAsync(CursorName, newest, cancellationToken);
        return newest;
    }

    private async Task CarryAsync(CancellationToken cancellationToken)
    {
        var batch = new List<OutboxMessage>(LinesAtOnce);
        await using IAsyncEnumerator<OutboxMessage> lines =
            outbox.ReadAsync(Position, topics: null, cancellationToken).GetAsyncEnumerator(cancellationToken);
        Task<bool> next = lines.MoveNextAsync().AsTask();
        while (await next)
        {
            do
            {
                batch.Add(lines.Current);
                next = lines.MoveNextAsync().AsTask();
            }
            while (batch.Count < LinesAtOnce && next.IsCompletedSuccessfully && await next);

            try
            {
                await PublishAsync(batch, cancellationToken);
            }
            catch
            {
                // The enumerator must not be left in the middle of a step.
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            Position = batch[^1].Sequence;
            outbox.RetainAfter(Position);
            batch.Clear();
            if (Position - _saved >= LinesPerSave || bus.Time.GetElapsedTime(_savedAt) >= SaveAfter)
            {
                await SaveAsync(cancellationToken);
            }
        }
    }

    /// <summary>Publishes lines together; when some were not confirmed, again from the first of them, so that the order stays.</summary>
    private async Task PublishAsync(List<OutboxMessage> lines, CancellationToken cancellationToken)
    {
        int from = 0;
        while (from < lines.Count)
        {
            // The channel first: concurrent waits for one lose the order.
            await bus.Publisher.ReadyAsync(cancellationToken);
            Task<bool>[] sent = [.. lines.Skip(from).Select(line => SendAsync(line, cancellationToken))];
            int lost = Array.IndexOf(await Task.WhenAll(sent), false);
            if (lost < 0)
            {
                return;
            }

            from += lost;
            LogAgain(logger, lines.Count - from);
        }
    }

    private async Task<bool> SendAsync(OutboxMessage line, CancellationToken cancellationToken)
    {
        BusMessage message = line.Message;
        if (line.Queue is { } queue)
        {
            await bus.PublishAsync(queue, message.Headers, message.Body, cancellationToken);
            return true;
        }

        var properties = new BasicProperties
        {
            Persistent = true,
            ContentType = "application/json",
            MessageId = line.Sequence.ToString(CultureInfo.InvariantCulture),
            Headers = message.Headers.Count == 0 ? null : MessageHeaders.ToWire(message.Headers),
        };
        return await bus.Publisher.TryAsync(
            bus.Names.Events, BrokerNames.Key(message.Topic, message.Dataset), mandatory: false, properties, message.Body,
            cancellationToken);
    }

    private async ValueTask SaveAsync(CancellationToken cancellationToken)
    {
        if (Position != _saved)
        {
            await cursors.SaveAsync(CursorName, Position, cancellationToken);
            _saved = Position;
        }

        _savedAt = bus.Time.GetTimestamp();
    }

    [LoggerMessage(EventId = 5504, Level = LogLevel.Information, Message = "{Count} events were not confirmed and are published again")]
    private static partial void LogAgain(ILogger logger, int count);
}
