using Hutch.Datasets;
using Hutch.Datasets.Facility;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Search;
using Hutch.Doors;
using Hutch.Federation.Copies;
using Hutch.Federation.Folders;
using Hutch.Federation.Forwarding;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Quotas;
using Hutch.Federation.Reading;
using Hutch.Federation.Reverse;
using Hutch.Federation.Searches;
using Hutch.Federation.Starts;
using Hutch.Federation.Traffic;
using Hutch.Site;
using Hutch.Zone;

namespace Hutch.Federation;

/// <summary>The connections to other sites, and the requests over them for callers here.</summary>
public sealed class PeerModule : IAsyncDisposable
{
    // Of their own, so that the bodies of forwarded requests hold up no search.
    private readonly CallerPeers _forwarding;
    private readonly CallerPeers _requests;

    /// <param name="site">The site. Its evicted bytes are read at their holders from now on.</param>
    /// <param name="dataFolder">The folder for the cache.</param>
    public PeerModule(
        ZoneServices zone, SiteServices site, ReaderModule readers, SiteKeyStore keys, SitesOptions options, string dataFolder,
        TimeProvider time, ILoggerFactory loggers)
    {
        (Options, Time, Loggers) = (options, time, loggers);
        Keys = keys;
        Contacts = new SiteContacts(time);
        Life = new SiteLife(zone.View.LifeAsync, () => site.Engine.IsTakenOver, time);
        Traffic = new SiteTraffic(time);
        Connections = new PeerConnections(zone.Sites, options.Door, Reverse, time) { Traffic = Traffic, Life = Life };
        Nearest = new NearestSites(zone.Sites, zone.Copies);
        ReadThrough = new ReadThrough(
            new ReadFolder(dataFolder, options.ReadCacheBytes, site.Files.HasSpace), Keys, Connections, Nearest, zone.Authorizer,
            zone.Summaries,
            readers, site.Freshness, loggers);
        site.Blobs.ReadEvictedFrom(ReadThrough.Evicted);
        _forwarding = new CallerPeers(Keys, Connections);
        _requests = new CallerPeers(Keys, Connections);
        Forwarder = new RequestForwarder(_forwarding, zone.View, site.Freshness);
        Searches = (new ZoneSearch(_requests), new HomeCards(_requests));
        Starts = new StartHandOver(_requests);
        Folders = new ZoneFolders(_requests);
        Quotas = new HomeQuotas(_requests);
    }

    public IRequestForwarder Forwarder { get; }

    public (IZoneSearch Zone, IHomeCards Homes) Searches { get; }

    public IStartHandOver Starts { get; }

    public IZoneFolders Folders { get; }

    public IHomeQuotas Quotas { get; }

    public IReadThrough Reads => ReadThrough;

    internal SitesOptions Options { get; }

    internal TimeProvider Time { get; }

    internal ILoggerFactory Loggers { get; }

    internal SiteKeyStore Keys { get; }

    internal SiteContacts Contacts { get; }

    internal SiteLife Life { get; }

    internal ReverseConnections Reverse { get; } = new();

    internal SiteTraffic Traffic { get; }

    internal PeerConnections Connections { get; }

    internal NearestSites Nearest { get; }

    internal ReadThrough ReadThrough { get; }

    public async ValueTask DisposeAsync()
    {
        await ReadThrough.DisposeAsync();
        _forwarding.Dispose();
        _requests.Dispose();
    }
}
