using Hutch.Datasets.Upkeep;
using Hutch.Messaging.InProcess;
using Hutch.Messaging.RabbitMq;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Events;

namespace Hutch.Worker;

/// <summary>The message bus: in the process over the durable outbox, or the broker of the facility.</summary>
public sealed class BusModule : IAsyncDisposable
{
    private readonly RabbitMqBus? _broker;
    private readonly OutboxQueues? _own;

    /// <summary>Makes it; without an address the bus is inside the process.</summary>
    public BusModule(SiteServices site, BusOptions options, string dataFolder, TimeProvider time, ILoggerFactory loggers)
    {
        Cursors = site.Engine.Cursors ?? new CursorFile(dataFolder);
        if (!options.IsOn)
        {
            Bus = new OutboxBus(site.Outbox, Cursors);
            Queues = _own = new OutboxQueues(site.Outbox, Cursors);
            return;
        }

        if (site.Engine.Cursors is { } shared)
        {
            // One of the servers carries events, and another one may write the checkpoint that forgets them.
            site.Outbox.RetainUnsent(shared, EventRelay.CursorName);
        }

        var broker = new RabbitMqBus(options, time, loggers.CreateLogger<RabbitMqBus>());
        var relay = new EventRelay(site.Outbox, Cursors, broker, loggers.CreateLogger<EventRelay>());
        var loops = new LoopFactory(site.Warnings, site.Engine.Leases, time, loggers.CreateLogger<BusModule>());
        (Bus, _broker) = (broker, broker);
        Depths = new BrokerDepths(broker, QueuesOfServices(options));
        Queues = new BrokerQueues(broker, Depths);
        Loops = [loops.Leased("events to the broker", relay.RunAsync)];
        site.Warnings.Add(() => broker.Trouble is { } trouble ? BrokerProblems.Unavailable(options.Shown, trouble) : null);
    }

    public ICursorStore Cursors { get; }

    public IMessageBus Bus { get; }

    /// <summary>The lengths of the broker's queues; null without a broker.</summary>
    public BrokerDepths? Depths { get; }

    /// <summary>The queues and their dead letters, for operators.</summary>
    public IQueueAdministration Queues { get; }

    /// <summary>Asks the broker for the length of a queue; null without a broker.</summary>
    public Func<string, CancellationToken, ValueTask<QueueDepth?>>? Depth => _broker is null ? null : _broker.DepthAsync;

    public IReadOnlyList<BackgroundTask> Loops { get; } = [];

    public ValueTask DisposeAsync()
    {
        _own?.Dispose();
        return _broker?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Queues that the server does not read, but that an operator wants to see, with their dead letters.</summary>
    private static string[] QueuesOfServices(BusOptions bus)
    {
        string prefix = bus.Namespace.Length == 0 ? "" : bus.Namespace + ".";
        string[] queues =
        [
            .. bus.RecipeQueues.Where(static queue => !queue.EndsWith('*')),
            .. string.IsNullOrEmpty(bus.ResultQueue) ? [] : new[] { prefix + bus.ResultQueue },
            ImageParameters.Queue,
        ];
        return
        [
            .. queues,
            .. queues.Select(static queue => BusQueue.ZocaloDeadLetterPrefix + queue),
            .. queues.Where(queue => queue.StartsWith(prefix, StringComparison.Ordinal))
                .Select(queue => prefix + BusQueue.DeadLetterPrefix + queue[prefix.Length..]),
        ];
    }
}
