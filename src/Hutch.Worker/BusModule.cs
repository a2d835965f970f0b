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

    /// <summary>Makes it; without an address the bus is inside the process.</summary>
    public BusModule(SiteServices site, BusOptions options, string dataFolder, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(options);
        Cursors = site.Engine.Cursors ?? new CursorFile(dataFolder);
        if (!options.IsOn)
        {
            Bus = new OutboxBus(site.Outbox, Cursors);
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
        Loops = [loops.Leased("events to the broker", relay.RunAsync)];
        site.Warnings.Add(() => broker.Trouble is { } trouble ? BrokerProblems.Unavailable(options.Shown, trouble) : null);
    }

    public ICursorStore Cursors { get; }

    public IMessageBus Bus { get; }

    /// <summary>The lengths of the broker's queues; null without a broker.</summary>
    public BrokerDepths? Depths { get; }

    public IReadOnlyList<BackgroundTask> Loops { get; } = [];

    public ValueTask DisposeAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Queues that the server does not read, but that an operator wants to see.</summary>
    private static string[] QueuesOfServices(BusOptions bus) =>
    [
        .. bus.RecipeQueues.Where(queue => !queue.EndsWith('*')),
        ImageParameters.Queue,
        BusQueue.ZocaloDeadLetterPrefix + ImageParameters.Queue,
    ];
}
