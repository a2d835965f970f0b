using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Datasets.Analyses;
using Hutch.Messaging;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Datagrams;
using Hutch.Messaging.InProcess;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Processing;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Processing.Sending;
using Hutch.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Events;
using Hutch.Zone;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Worker;

/// <summary>What a host adds to work on data while it comes.</summary>
public static class LiveServices
{
    /// <summary>
    /// Adds the bus, what hands out runs, and the worker inside the server. The host has a <see cref="SiteServices"/>, its zone, a clock
    /// and loggers.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="dataFolder">The data folder, which this process has locked.</param>
    /// <param name="options">Limits of both.</param>
    /// <param name="bus">The broker; without an address the bus is inside the process.</param>
    /// <param name="callbacks">Where results may be sent by HTTP.</param>
    /// <param name="datagrams">Where results go as datagrams.</param>
    public static IServiceCollection AddLive(
        this IServiceCollection services, string dataFolder, AnalysisWorkerOptions options, BusOptions bus, CallbackOptions callbacks,
        DatagramOptions datagrams)
    {
        ArgumentNullException.ThrowIfNull(bus);
        services.AddSingleton<ICursorStore>(
            provider => provider.GetRequiredService<SiteServices>().Engine.Cursors ?? new CursorFile(dataFolder));
        services.AddSingleton<IOutbox>(provider => OutboxOf(provider.GetRequiredService<SiteServices>(), bus));
        services.AddSingleton(new RecipeQueues(bus));
        services.AddSingleton(new CallbackAddresses(callbacks));
        services.AddSingleton(provider => new CallbackClient(callbacks, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new DatagramSender(datagrams, provider.GetRequiredService<TimeProvider>()));
        if (bus.IsOn)
        {
            services.AddSingleton(bus);
            services.AddSingleton<RabbitMqBus>();
            services.AddSingleton<IMessageBus>(provider => provider.GetRequiredService<RabbitMqBus>());
            services.AddSingleton<EventRelay>();
            services.AddSingleton(provider => new BrokerDepths(provider.GetRequiredService<RabbitMqBus>(), QueuesOfServices(bus)));
            services.AddHostedService(CreateLoop<EventRelayService>);
        }
        else
        {
            services.AddSingleton<IMessageBus, OutboxBus>();
        }

        services.AddSingleton<IRunPermission>(provider =>
        {
            ZoneServices zone = provider.GetRequiredService<ZoneServices>();
            return new RunPermission(zone.Authenticator, zone.Authorizer);
        });
        services.AddSingleton(options);
        services.AddSingleton(provider =>
        {
            RunServices runs = provider.GetRequiredService<RunServices>();
            BlobStore blobs = provider.GetRequiredService<SiteServices>().Blobs;
            var destinations = ActivatorUtilities.CreateInstance<RowDestinations>(provider, runs.Inputs);
            var sender = ActivatorUtilities.CreateInstance<RowSender>(provider, runs.Results, runs.Inputs, destinations);
            return ActivatorUtilities.CreateInstance<RunDispatcher>(
                provider, runs.Registry, runs.Inputs, runs.Outputs, blobs, sender, options);
        });
        services.AddSingleton(AnalysisSteps.Catalog);
        foreach (IAnalysisStep step in AnalysisSteps.All)
        {
            services.AddSingleton(step);
        }

        services.AddSingleton(new ImageMemory(options.UsedImageBytes));
        services.AddSingleton<IWorkSource>(provider => new SiteWork(
            provider.GetRequiredService<RunDispatcher>(),
            provider.GetRequiredService<SiteServices>().Blobs,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AnalysisWorker>();
        services.AddHostedService(CreateLoop<AnalysisWorkerService>);
        return services;
    }

    private static T CreateLoop<T>(IServiceProvider provider)
    {
        SiteServices site = provider.GetRequiredService<SiteServices>();
        return ActivatorUtilities.CreateInstance<T>(provider, site.Warnings, site.Engine.Leases);
    }

    /// <summary>
    /// Where several servers run a site, one of them carries events, and another one may write the checkpoint that forgets them.
    /// </summary>
    private static SiteOutbox OutboxOf(SiteServices site, BusOptions bus)
    {
        if (bus.IsOn && site.Engine.Cursors is { } shared)
        {
            site.Outbox.KeepUnsent(shared, EventRelay.CursorName);
        }

        return site.Outbox;
    }

    /// <summary>Queues that the server does not read itself, and that an operator wants to see all the same.</summary>
    private static string[] QueuesOfServices(BusOptions bus) =>
    [
        .. bus.RecipeQueues.Where(queue => !queue.EndsWith('*')),
        ImageParameters.Queue,
        BusQueue.ZocaloDeadLetterPrefix + ImageParameters.Queue,
    ];
}
