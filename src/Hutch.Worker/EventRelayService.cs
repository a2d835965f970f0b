using Hutch.Datasets.Upkeep;
using Hutch.Messaging.RabbitMq;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Worker;

/// <summary>Carries events to the broker with the host, at one server of the site, and warns while the broker cannot be used.</summary>
internal sealed class EventRelayService : BackgroundService
{
    private readonly BackgroundWork _work;

    public EventRelayService(
        EventRelay relay, RabbitMqBus bus, BusOptions options, SiteWarnings warnings, IJobLeases leases, TimeProvider time,
        ILogger<EventRelayService> logger)
    {
        const string Job = "events to the broker";
        var leased = new LeasedWork(leases, Job, (_, ct) => relay.RunAsync(ct), time);
        _work = new BackgroundWork(Job, leased.RunAsync, warnings, time, logger);
        warnings.Add(() => bus.Trouble is { } trouble
            ? BrokerProblems.Unavailable(options.Shown, trouble)
            : null);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(stoppingToken);
}
