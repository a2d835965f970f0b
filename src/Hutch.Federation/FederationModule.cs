using Hutch.Datasets;
using Hutch.Datasets.Facility;
using Hutch.Datasets.Programs;
using Hutch.Doors;
using Hutch.Federation.Copies;
using Hutch.Federation.Doors;
using Hutch.Federation.Evicting;
using Hutch.Federation.Folders;
using Hutch.Federation.Homes;
using Hutch.Federation.Quotas;
using Hutch.Federation.Searches;
using Hutch.Federation.Starts;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Life.Quotas;
using Hutch.Zone;
using Microsoft.Extensions.Hosting;

namespace Hutch.Federation;

/// <summary>
/// The door for other sites, where the options name an address, the membership in a zone, and the loops for homes, copies and evictions.
/// </summary>
public sealed class FederationModule : IAsyncDisposable
{
    private readonly SiteDoor? _door;
    private readonly ZoneMembership _membership;
    private readonly EvictionWorker _evictions;
    private readonly Attestations _attestations;
    private readonly StartHandler _starts;

    /// <param name="check">Looks into what git brought before it is copied; null for a server without git.</param>
    /// <param name="memory">The memory for connections, which is the host's.</param>
    public FederationModule(
        ZoneServices zone, SiteServices site, PeerModule peers, FolderSharing folders, SearchModule search,
        IForwardedRequests passed, IRepositoryCheck? check, IMemoryPoolFactory<byte> memory, Action<string>? notice)
    {
        (SitesOptions options, TimeProvider time, ILoggerFactory loggers) = (peers.Options, peers.Time, peers.Loggers);
        var readiness = new MoveReadiness(time);
        var reports = new ZoneReportsHolder();
        _attestations = new Attestations(site.Attester, time);
        var callers = new ForwardedCallers(zone.Sites, zone.SiteReaders, zone.View, time);
        _starts = new StartHandler(callers);
        SiteDispatch dispatch = Dispatch(zone, site, peers, folders, search, passed, readiness, _attestations, reports,
            (callers, _starts));
        ILogger<EvictionWorker> logger = loggers.CreateLogger<EvictionWorker>();
        var holds = new HoldNegotiation(
            zone.Sites, peers.Keys, zone.Copies, site.Evictions, site.Offers, _attestations, peers.ReadThrough.FindHolderAsync,
            peers.ReadThrough.CheckSize, logger);
        var recall = new EvictionRecall(
            site.Evictions, site.Offers, site.Copies, site.Collector, peers.ReadThrough.FindHolderAsync, time);
        _evictions = new EvictionWorker(zone.Sites, zone.Copies, site.Evictions, holds, recall, time, logger);
        var loops = new LoopFactory(site.Warnings, site.Engine.Leases, time, loggers.CreateLogger<FederationModule>());
        BackgroundTask[] reverse = [];
        if (options.Listen is { } address)
        {
            // An address that cannot be one is refused before anything is opened.
            _ = ListenAddress.Parse(address, SitesOptions.UsualPort);
            _door = new SiteDoor(
                options, peers.Keys, dispatch, new SiteConnections(zone.Sites, peers.Reverse, peers.Traffic), memory, loggers, notice);
        }
        else
        {
            var dialer = new ReverseDialer(options, zone.Sites, peers.Keys, dispatch, peers.Traffic, memory, time, loggers);
            reverse = [loops.Everywhere("connections to sites that cannot dial this one", dialer.RunAsync)];
        }

        _membership = new ZoneMembership(peers.Keys, peers.Contacts, _door, zone.Sites, zone.Copies, peers.Traffic, time);
        var federation = new FederationLoops(
            zone, site, peers, _membership, reports, _evictions, readiness, check, loggers.CreateLogger<FederationLoops>());
        Loops = [.. reverse, loops.Everywhere("the connection to the zone", federation.RunAsync)];
        site.Warnings.AddMany(federation.Warnings);
    }

    /// <summary>Takes starts of programs from other sites from now on.</summary>
    public void Serve(ProgramStarter programs) => _starts.Programs = programs;

    public ISiteNetwork Network => _membership;

    /// <summary>Gives up bytes that other sites hold.</summary>
    public IEvictionWorker Evictions => _evictions;

    /// <summary>The door for other sites; null where no address is configured.</summary>
    public IDoor? Door => _door;

    /// <summary>Opens and closes the door with the host; null where no address is configured.</summary>
    public IHostedService? Listener => _door;

    /// <summary>Connections to sites that cannot dial this one, and the connection to the zone.</summary>
    public IReadOnlyList<BackgroundTask> Loops { get; }

    /// <summary>Closes the door and ends the readings for other sites.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_door?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _attestations.DisposeAsync();
    }

    private static SiteDispatch Dispatch(
        ZoneServices zone, SiteServices site, PeerModule peers, FolderSharing folders, SearchModule search, IForwardedRequests passed,
        MoveReadiness readiness, Attestations attestations, ZoneReportsHolder reports, (ForwardedCallers, StartHandler) passing)
    {
        (ForwardedCallers callers, StartHandler starts) = passing;
        TimeProvider time = peers.Time;
        var copies = new CopyRequests(
            peers.Keys, zone.Sites, zone.Copies, zone.SiteReaders, zone.Homes, site.Offers, site.CopyHolds, readiness, time);
        var routes = new SiteRoutes(zone.Sites);
        copies.AddTo(routes);
        starts.AddTo(routes);
        new UnhashedRequests(copies, site.UnhashedFiles, time).AddTo(routes);
        new HoldRequests(peers.Keys, zone.Sites, zone.Copies, site.CopyHolds, attestations, reports).AddTo(routes);
        new SiteRequests(
            zone.Sites, peers.Keys, zone.Feed, zone.SiteNames, zone.JoinImport, zone.Restored, zone.Copies, zone.SiteLoginAuthorizer,
            peers.Contacts, time).AddTo(routes);
        new PurgeRequests(zone.Sites, zone.Purges).AddTo(routes);
        new LostRequests(zone.Sites, zone.Losses).AddTo(routes);
        new QuotaRequests(zone.Sites, new OwnerQuotaSpace(site.Quotas, site.HeadCompactor)).AddTo(routes);
        new FolderRequests(zone.Sites, zone.SiteReaders, zone.Homes, folders).AddTo(routes);
        new SummaryRequests(zone.Sites, zone.Summaries).AddTo(routes);
        new SigningKeyRequests(zone.Sites, zone.SigningKeyIssuer).AddTo(routes);
        new SearchHandler(zone.Sites, zone.SiteReaders, search.Finding, search.Cards, peers.Options.MetadataAtZone, time).AddTo(routes);
        return new SiteDispatch(
            routes, new ForwardedRequestHandler(callers, zone.Sites, passed), zone.Sites, peers.Contacts,
            peers.Loggers.CreateLogger<SiteDispatch>());
    }
}
