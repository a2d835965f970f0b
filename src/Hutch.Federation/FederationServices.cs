using Hutch.Datasets;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Placement;
using Hutch.Datasets.Replication.Sites;
using Hutch.Disk;
using Hutch.Doors;
using Hutch.Federation.Copies;
using Hutch.Federation.Doors;
using Hutch.Federation.Evicting;
using Hutch.Federation.Homes;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Purges;
using Hutch.Federation.Reading;
using Hutch.Federation.Reverse;
using Hutch.Federation.Traffic;
using Hutch.Federation.Writing;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Life.Quotas;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Replication.Copies;
using Hutch.Zone;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation;

/// <summary>What a host adds to speak with other sites.</summary>
public static class FederationServices
{
    /// <summary>
    /// Adds the door for other sites, where the options name an address, and the connection to the zone, where this server has joined one.
    /// The host has a zone, a site, a clock and loggers.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Where it listens, and its limits.</param>
    /// <param name="name">What this site is called while it has joined no zone.</param>
    /// <param name="dataFolder">Where its key is kept.</param>
    /// <param name="notice">Told the address in words.</param>
    public static IServiceCollection AddFederation(
        this IServiceCollection services, SitesOptions options, string name, string dataFolder, Action<string>? notice)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(provider => new SiteKeyStore(LocalDisk.Instance, dataFolder, Zone(provider).Sites));
        services.AddSingleton<SiteContacts>();
        services.AddSingleton<ReverseConnections>();
        services.AddSingleton<SiteTraffic>();
        services.AddSingleton<SiteDispatch>();
        services.AddSingleton(provider => new PeerWays(
            Zone(provider).Sites, options.Door, provider.GetRequiredService<ReverseConnections>(),
            provider.GetRequiredService<TimeProvider>())
        {
            Traffic = provider.GetRequiredService<SiteTraffic>(),
        });
        services.AddSingleton(static provider => new MoveReadiness(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SiteRequests(
            Zone(provider).Sites, provider.GetRequiredService<SiteKeyStore>(), Zone(provider).Feed,
            Zone(provider).SiteNames, Zone(provider).JoiningData, Zone(provider).Restored, Zone(provider).Copies,
            provider.GetRequiredService<SiteContacts>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CopyRequests(
            provider.GetRequiredService<SiteKeyStore>(), Zone(provider).Sites, Zone(provider).Copies, Zone(provider).SiteReaders,
            Zone(provider).Homes, provider.GetRequiredService<SiteServices>().Offers, provider.GetRequiredService<SiteServices>().CopyHolds,
            provider.GetRequiredService<MoveReadiness>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new UnhashedRequests(
            provider.GetRequiredService<CopyRequests>(), provider.GetRequiredService<SiteServices>().UnhashedFiles,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ZoneLedger>();
        services.AddSingleton(static provider => new NearestSites(Zone(provider).Sites, Zone(provider).Copies));
        services.AddSingleton(static provider => new Attestations(
            provider.GetRequiredService<SiteServices>().Attester, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new HoldRequests(
            provider.GetRequiredService<SiteKeyStore>(), Zone(provider).Sites, Zone(provider).Copies,
            provider.GetRequiredService<SiteServices>().CopyHolds, provider.GetRequiredService<Attestations>(),
            provider.GetRequiredService<ZoneLedger>()));
        services.AddSingleton(provider => new PurgeRequests(Zone(provider).Sites, Zone(provider).Purges));
        services.AddSingleton(provider => new SummaryRequests(Zone(provider).Sites, Zone(provider).Summaries));
        services.AddSingleton(provider => new LostRequests(Zone(provider).Sites, Zone(provider).Losses));
        services.AddSingleton(provider => new RoomRequests(
            Zone(provider).Sites,
            new OwnerRoom(provider.GetRequiredService<SiteServices>().Quotas, provider.GetRequiredService<SiteServices>().HeadFolder)));
        services.AddSingleton(provider => new LinkRequests(
            Zone(provider).Sites, Zone(provider).SiteReaders, () => provider.GetRequiredService<AuthorizedServices>().Links));
        services.AddSingleton(provider => new StepRequests(
            Zone(provider).Sites, Zone(provider).SiteReaders, () => provider.GetRequiredService<AuthorizedServices>().Steps));
        services.AddSingleton<ISiteQuestions>(provider => new SiteQuestions(
            provider.GetRequiredService<SiteKeyStore>(), provider.GetRequiredService<PeerWays>(), Zone(provider).View));
        services.AddSingleton(provider => new PassedIntake(
            Zone(provider).Sites, Zone(provider).SiteReaders, Zone(provider).View, provider.GetRequiredService<IPassedRequests>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHomeDoors>(provider => new PassedWrites(
            provider.GetRequiredService<SiteKeyStore>(), provider.GetRequiredService<PeerWays>(),
            provider.GetRequiredService<SiteServices>().Freshness));
        if (options.Listen is { } address)
        {
            // What cannot be an address is said before anything is opened.
            _ = ListenAddress.Parse(address, SitesOptions.UsualPort);
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SiteDoor>(
                provider,
                options,
                ActivatorUtilities.CreateInstance<SiteConnections>(provider, Zone(provider).Sites),
                notice ?? (static _ => { })));
            services.AddSingleton<IDoor>(static provider => provider.GetRequiredService<SiteDoor>());
            services.AddHostedService(static provider => provider.GetRequiredService<SiteDoor>());
        }
        else
        {
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ReverseLoop>(
                provider,
                ActivatorUtilities.CreateInstance<ReverseDialer>(provider, options, Zone(provider).Sites),
                provider.GetRequiredService<SiteServices>().Warnings));
        }

        services.AddSingleton(provider => new SiteNetwork(
            provider.GetRequiredService<PeerWays>(),
            name,
            provider.GetRequiredService<SiteKeyStore>(),
            provider.GetRequiredService<SiteContacts>(),
            provider.GetService<SiteDoor>(),
            Zone(provider).Sites,
            Zone(provider).View,
            Zone(provider).Restored,
            Zone(provider).Copies,
            Zone(provider).Homes,
            provider.GetRequiredService<SiteServices>().Copies,
            provider.GetRequiredService<SiteServices>().HomeMoves,
            provider.GetRequiredService<SiteServices>().CopyEnds,
            provider.GetRequiredService<SiteServices>().CopyHolds,
            provider.GetRequiredService<ZoneLedger>(),
            provider.GetRequiredService<SiteServices>().Freshness,
            provider.GetService<IRepositoryCheck>(),
            provider.GetRequiredService<MoveReadiness>(),
            provider.GetRequiredService<EvictionWorker>(),
            Zone(provider).Purges,
            Zone(provider).Losses,
            Zone(provider).Summaries,
            DatasetsHere.Of(provider.GetRequiredService<SiteServices>()),
            new PurgedStores(
                provider.GetRequiredService<SiteServices>().Purges, (ReadThrough)provider.GetRequiredService<IReadThrough>()),
            provider.GetRequiredService<SiteServices>().Files,
            provider.GetRequiredService<NearestSites>(),
            provider.GetRequiredService<SiteServices>().Engine.Leases,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SiteNetwork>>()));
        services.AddSingleton<IReadThrough>(provider =>
        {
            var reading = new ReadThrough(
                dataFolder, options, provider.GetRequiredService<SiteKeyStore>(), provider.GetRequiredService<PeerWays>(),
                provider.GetRequiredService<NearestSites>(), Zone(provider).Summaries, provider.GetRequiredService<SiteServices>().Files,
                provider.GetRequiredService<SiteServices>().Freshness, provider.GetRequiredService<ILoggerFactory>());
            provider.GetRequiredService<SiteServices>().Blobs.Held = reading.Held;
            return reading;
        });
        services.AddSingleton(provider =>
        {
            var reading = (ReadThrough)provider.GetRequiredService<IReadThrough>();
            return new EvictionWorker(
                Zone(provider).Sites, provider.GetRequiredService<SiteKeyStore>(), Zone(provider).Copies,
                provider.GetRequiredService<SiteServices>().Evictions, provider.GetRequiredService<SiteServices>().Offers,
                provider.GetRequiredService<SiteServices>().Copies, provider.GetRequiredService<SiteServices>().Collector,
                provider.GetRequiredService<Attestations>(), reading.FindHolderAsync, reading.WhyTooLarge,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<EvictionWorker>>());
        });
        services.AddSingleton<IEvictionWork>(static provider => provider.GetRequiredService<EvictionWorker>());
        services.AddSingleton<ISiteNetwork>(static provider => provider.GetRequiredService<SiteNetwork>());
        services.AddHostedService(static provider =>
            ActivatorUtilities.CreateInstance<FederationLoop>(provider, provider.GetRequiredService<SiteServices>().Warnings));
        services.AddHostedService(static provider => new ProvisionalNamesLoop(
            provider.GetRequiredService<AuthorizedServices>().ProvisionalNames, provider.GetRequiredService<SiteServices>().Warnings,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ProvisionalNamesLoop>>()));
        services.AddHostedService(static provider => new PlacementLoop(
            provider.GetRequiredService<AuthorizedServices>().Placement, provider.GetRequiredService<SiteServices>().Engine.Leases,
            provider.GetRequiredService<SiteServices>().Warnings, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PlacementLoop>>()));
        return services;
    }

    private static ZoneServices Zone(IServiceProvider provider) => provider.GetRequiredService<ZoneServices>();
}

/// <summary>Places copies with the host, at one of the servers of the zone.</summary>
internal sealed class PlacementLoop(
    PlacementWork placement, IJobLeases leases, SiteWarnings warnings, TimeProvider time, ILogger<PlacementLoop> logger)
    : BackgroundService
{
    private readonly BackgroundWork _work = new(
        PlacementWork.Job,
        new LeasedWork(leases, PlacementWork.Job, (_, ct) => placement.RunAsync(ct), time).RunAsync,
        warnings, time, logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(stoppingToken);
}

/// <summary>Tells the zone of datasets that were made without it, with the host.</summary>
internal sealed class ProvisionalNamesLoop(
    ProvisionalNames names, SiteWarnings warnings, TimeProvider time, ILogger<ProvisionalNamesLoop> logger)
    : BackgroundService
{
    private readonly BackgroundWork _work = new("lasting names for datasets made without the zone", names.RunAsync, warnings, time, logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(stoppingToken);
}

/// <summary>Keeps the connection to the zone with the host.</summary>
internal sealed class FederationLoop : BackgroundService
{
    private readonly BackgroundWork _work;

    public FederationLoop(SiteNetwork network, SiteWarnings warnings, TimeProvider time, ILogger<FederationLoop> logger)
    {
        warnings.AddMany(network.Warnings);
        _work = new BackgroundWork("the connection to the zone", network.RunAsync, warnings, time, logger);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(stoppingToken);
}

/// <summary>Keeps the connections of a server that cannot be dialled with the host.</summary>
internal sealed class ReverseLoop(ReverseDialer dialer, SiteWarnings warnings, TimeProvider time, ILogger<ReverseLoop> logger)
    : BackgroundService
{
    private readonly BackgroundWork _work = new("connections to sites that cannot dial this one", dialer.RunAsync, warnings, time, logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(stoppingToken);
}
