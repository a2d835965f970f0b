using Hutch.Datasets;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Site.Replication.Purges;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Reading;

/// <summary>
/// Datasets of other sites, read through this one: see docs/design/federation.md (reading at any site). What comes of each site is
/// kept apart. It begins with the first read; a server that reads nothing of others has neither file nor connection for it. Thread-safe.
/// </summary>
internal sealed class ReadThrough : IReadThrough, IAsyncDisposable
{
    private const string Folder = "cache";

    private static readonly TimeSpan RetireAfter = TimeSpan.FromMinutes(10);

    private readonly string _folder;
    private readonly PeerConnections _connections;
    private readonly SiteKeyStore _keys;
    private readonly SiteRegistry _registry;
    private readonly NearestSites _nearest;
    private readonly Authorizer _authorizer;
    private readonly SummaryRegistry _summaries;
    private readonly ReaderModule _readers;
    private readonly CopyFreshness _freshness;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ReadCache _cache;
    private readonly ReadCounts _counts;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, HomeReading> _homes = new(StringComparer.Ordinal);
    private readonly List<Task> _retired = [];
    private readonly CancellationTokenSource _stop = new();
    private HomePeers? _peers;
    private BlobHash _key;

    public ReadThrough(
        ReadFolder folder, SiteKeyStore keys, PeerConnections connections, NearestSites nearest, Authorizer authorizer,
        SummaryRegistry summaries,
        ReaderModule readers, CopyFreshness freshness, ILoggerFactory loggers)
    {
        _summaries = summaries;
        _folder = Path.Combine(folder.DataFolder, Folder);
        (_authorizer, _readers) = (authorizer, readers);
        (_keys, _connections, _registry, _nearest, _freshness) = (keys, connections, connections.Registry, nearest, freshness);
        (_time, _loggers) = (connections.Time, loggers);
        _cache = new ReadCache(OpenCache, folder.CacheBytes, folder.HasRoom);
        _counts = new ReadCounts(() => _cache.UsedBytes);
        Evicted = new EvictedReads(FindHolderAsync, NameAsync, _cache, _counts, _time, loggers.CreateLogger<EvictedReads>());
    }

    public EvictedReads Evicted { get; }

    /// <summary>Refuses the eviction of a file that would be too large to be read from its holders; null if it is not.</summary>
    public HutchError? CheckSize(long bytes) => _cache.CheckSize(bytes) is { } refusal
        ? (ErrorCode.InsufficientStorage with { Advice = "Allow more for what is read of other sites: `sites.readCacheBytes`." })
            .With(refusal.Message)
        : null;

    public async Task<Result<ReadRoute>> OpenAsync(
        Caller caller, NameRecord dataset, SnapshotRef? at, long newerThan, CancellationToken ct)
    {
        HomeReading home = await FindAsync(dataset.Home.SiteId, ct);
        var order = new CopyOrder(
            _registry.ZoneId, _key, dataset.Dataset, dataset.Owner.Name, dataset.Slug, dataset.Home.Epoch);
        bool mayList = (await _authorizer.AuthorizeAsync(caller, dataset.Dataset, Operation.EntryList, ct)).IsOk;
        var reader = new ListingReader(caller.Token?.Id, mayList, stop => MayHaveUnhashedAsync(dataset.Dataset, stop));
        return await home.OpenAsync(dataset, order, reader, at, newerThan, ct);
    }

    /// <summary>Only files in a facility's folder are ever without a hash. Where those of a new dataset are may not be known yet.</summary>
    private async ValueTask<bool> MayHaveUnhashedAsync(DatasetId dataset, CancellationToken ct) =>
        await _summaries.FindAsync([dataset], ct) is not [{ InFolder: false }];

    /// <summary>
    /// Returns the records of datasets of other sites, in which a purge may have to end something. Records of earlier processes are of no
    /// use, and are deleted.
    /// </summary>
    public async Task<IReadOnlyList<OrderedPurges>> RecordsAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_retired.TrueForAll(static one => one.IsCompleted))
            {
                IEnumerable<string> sites = (await _registry.StateAsync(ct)).Sites.Select(static site => site.Id);
                sites.Append(_registry.ZoneId).Except(_homes.Keys).SelectMany(FoldersOf).ToList().ForEach(Empty);
            }

            return [.. _homes.Values.Select(static home => home.Purges)];
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets all bytes that were read of other sites: they come again when they are read again.</summary>
    public void ClearCache() => _cache.Clear();

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_retired);
        foreach (HomeReading home in _homes.Values)
        {
            await home.DisposeAsync();
        }

        await Evicted.DisposeAsync();

        _homes.Clear();
        _stop.Dispose();
        _peers?.Dispose();
        _cache.Dispose();
        _counts.Dispose();
    }

    /// <summary>
    /// An empty folder for the records of a site. There are two in turn, as with the one before some read on for a while. What an earlier
    /// process has left in them, perhaps damaged or of an older release, is of no use.
    /// </summary>
    private string NewFolder(string siteId, HomeReading? before)
    {
        string[] folders = FoldersOf(siteId);
        foreach (string folder in folders.Where(one => one != before?.Folder))
        {
            LocalDisk.Instance.CreateFolder(folder);
            Empty(folder);
        }

        return folders.First(one => one != before?.Folder);
    }

    private string[] FoldersOf(string siteId) => [Path.Combine(_folder, siteId + "-a"), Path.Combine(_folder, siteId + "-b")];

    private static void Empty(string folder)
    {
        foreach (string one in new[] { folder, Path.Combine(folder, "segments") })
        {
            foreach (string name in LocalDisk.Instance.ListFiles(one))
            {
                LocalDisk.Instance.Delete(Path.Combine(one, name));
            }
        }
    }

    /// <summary>Ends it after a while, so that its present readers can continue.</summary>
    private void Retire(HomeReading? full)
    {
        if (full is not null)
        {
            _retired.RemoveAll(static one => one.IsCompleted);
            _retired.Add(EndAsync());
        }

        async Task EndAsync()
        {
            await Task.Delay(RetireAfter, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await full.DisposeAsync();
        }
    }

    private IDiskFile OpenCache()
    {
        LocalDisk.Instance.CreateFolder(_folder);
        ScratchFile.DeleteLeftOvers(LocalDisk.Instance, _folder);
        return ScratchFile.Open(LocalDisk.Instance, _folder, Guid.Empty);
    }

    private async ValueTask<string> NameAsync(string siteId, CancellationToken ct) =>
        (await _registry.FindPeerAsync(siteId, ct))?.Name ?? "a site that does not belong to the zone any more";

    internal Task<Result<IHolderPeer>> FindHolderAsync(string siteId, CancellationToken ct) => FindHolderAsync(siteId, null, ct);

    private async Task<Result<IHomePeer>> FindCopyAsync(string siteId, Reader reader, CancellationToken ct) =>
        (await FindHolderAsync(siteId, reader, ct)).Then<IHomePeer>(static holder => Result<IHomePeer>.Ok(holder));

    private async Task<Result<IHolderPeer>> FindHolderAsync(string siteId, Reader? reader, CancellationToken ct)
    {
        HomePeers peers;
        await _gate.WaitAsync(ct);
        try
        {
            peers = PeersOf(await _keys.GetAsync(ct));
        }
        finally
        {
            _gate.Release();
        }

        return await peers.FindHolderAsync(siteId, reader, ct);
    }

    private HomePeers PeersOf(SiteKey key) => _peers ??= new HomePeers(key, _connections);

    private async Task<HomeReading> FindAsync(string siteId, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_homes.TryGetValue(siteId, out HomeReading? home) || home.IsFull)
            {
                HomeReading? before = home;
                SiteKey key = await _keys.GetAsync(ct);
                _key = key.Fingerprint;
                var holders = new ReadHolders(
                    siteId, (dataset, stop) => _nearest.ListAsync(dataset, siteId, stop), FindCopyAsync, NameAsync, _cache, _counts, _time,
                    _loggers.CreateLogger<ReadHolders>());
                home = await HomeReading.OpenAsync(
                    siteId, NewFolder(siteId, before), _readers, PeersOf(key), holders, _freshness, _cache, _counts, _time, _loggers, ct);
                _homes[siteId] = home;
                Retire(before);
            }

            return home;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>The location and limits of the read-through cache.</summary>
/// <param name="CacheBytes">The most bytes of blobs.</param>
/// <param name="HasRoom">Returns true if the disk has free space for a number of bytes.</param>
internal sealed record ReadFolder(string DataFolder, long CacheBytes, Func<long, bool> HasRoom);
