using Hutch.Datasets;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Search;
using Hutch.Doors;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Reading;
using Hutch.Federation.Reverse;
using Hutch.Federation.Traffic;
using Hutch.Federation.Writing;
using Hutch.Site;
using Hutch.Zone;

namespace Hutch.Federation;

/// <summary>The ways to other sites, and what goes over them for a caller: reads, questions, and writes that are passed on.</summary>
public sealed class PeerModule : IAsyncDisposable
{
    private readonly ForwardedWrites _passed;
    private readonly PeerRequests _questions;

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
        _questions = new PeerRequests(Keys, Connections, zone.View);
        _passed = new ForwardedWrites(Keys, Connections, site.Freshness);
    }

    public IPeerRequests Questions => _questions;

    public ISearchPeers Searches => _questions;

    public IProgramPeers Programs => _questions;

    public IReadThrough Reads => ReadThrough;

    public IHomeDoors Homes => _passed;

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
        _passed.Dispose();
        _questions.Dispose();
    }
}
