using Hutch.Datasets.Analyses;
using Hutch.Live.Analysis;
using Hutch.Messaging;
using Hutch.Messaging.InProcess;
using Hutch.Site;
using Hutch.Site.Events;
using Hutch.Site.Runs;
using Hutch.Zone;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Live;

/// <summary>What a host adds to work on data while it comes.</summary>
public static class LiveServices
{
    /// <summary>
    /// Adds the bus inside the process and the worker of per-image analysis. The host has a <see cref="SiteServices"/>, its zone, a
    /// clock and
    /// loggers.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="dataFolder">The data folder, which this process has locked.</param>
    /// <param name="options">Limits of the worker.</param>
    public static IServiceCollection AddLive(this IServiceCollection services, string dataFolder, AnalysisWorkerOptions options)
    {
        services.AddSingleton<ICursorStore>(_ => new CursorFile(dataFolder));
        services.AddSingleton<IOutbox>(provider =>
        {
            SiteServices site = provider.GetRequiredService<SiteServices>();
            return new SiteOutbox(site.Records, site.Events, site.Committer);
        });
        services.AddSingleton<IMessageBus, OutboxBus>();
        services.AddSingleton<IFrameStep>(provider => new PerImageStep(provider.GetRequiredService<SiteServices>()));
        services.AddSingleton<IRunPermission>(provider =>
        {
            ZoneServices zone = provider.GetRequiredService<ZoneServices>();
            return new RunPermission(zone.Authenticator, zone.Authorizer);
        });
        services.AddSingleton(options);
        services.AddSingleton<AnalysisWorker>();
        services.AddHostedService<AnalysisWorkerService>();
        return services;
    }
}
