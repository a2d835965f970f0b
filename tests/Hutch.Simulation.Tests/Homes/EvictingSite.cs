using Hutch.Disk;
using Hutch.Federation.Copies;
using Hutch.Federation.Doors;
using Hutch.Federation.Evicting;
using Hutch.Federation.Reading;
using Hutch.Model;
using Hutch.Model.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>A site that gives up bytes which others hold, holds those of others, and forgets with each stop what is not durable.</summary>
internal sealed class EvictingSite : IAsyncDisposable
{
    /// <summary>Room for what is read of other sites.</summary>
    private const long CacheBytes = 64 << 20;

    private readonly EvictionWorld _world;
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-evicting-").FullName;
    private readonly int _maxPerHour;
    private ReadCache _cache = null!;
    private ReadCounts _counts = null!;
    private EvictedReads _held = null!;

    /// <param name="world">The sites.</param>
    /// <param name="site">The site.</param>
    /// <param name="maxPerHour">How many datasets it reads for one home within an hour.</param>
    public EvictingSite(EvictionWorld world, MovingSite site, int maxPerHour = Attestations.MaxPerHour)
    {
        (_world, Site, _maxPerHour) = (world, site, maxPerHour);
        Start();
    }

    public MovingSite Site { get; }

    /// <summary>What it does wrong when it holds a copy.</summary>
    public Lie Lie { get; set; }

    public Attestations Attestations { get; private set; } = null!;

    public EvictionWorker Worker { get; private set; } = null!;

    /// <summary>What it answers homes.</summary>
    public HoldRequests Door
    {
        get
        {
            var zone = new ZoneReportsHolder();
            zone.Set(_world.Moving.Ledger(Site));
            return new HoldRequests(Site.Keys, Site.Registry, Site.Copies, Site.Site.CopyHolds, Attestations, zone);
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Does the next step of the eviction; what is read of its own bytes has ended then.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        await Worker.StepAsync(_world.Dataset, ct);
        await Attestations.WhenReadAsync(Ct);
    }

    /// <param name="hasLostRecords">Whether its records are lost and made anew from what is stored.</param>
    public async Task RestartAsync(bool hasLostRecords = false)
    {
        await StopAsync();
        await Site.RestartAsync(hasLostRecords);
        Start();
    }

    /// <summary>Copies its records and bytes as they are now, with the program stopped meanwhile.</summary>
    public async Task<string> BackUpAsync()
    {
        await StopAsync();
        string copy = await Site.BackUpAsync();
        Start();
        return copy;
    }

    /// <summary>Puts them back.</summary>
    public async Task PutBackAsync(string copy)
    {
        await StopAsync();
        await Site.PutBackAsync(copy);
        Start();
    }

    /// <summary>How far it is, as far as this server knows.</summary>
    public async Task<EvictionState?> StateAsync() => (await Site.FindAsync(_world.Dataset))!.Eviction?.State;

    /// <summary>Steps until it is so far, or for long enough to say that it does not get there.</summary>
    public async Task UntilAsync(EvictionState? state)
    {
        for (int i = 0; i < 12 && await StateAsync() != state; i++)
        {
            await StepAsync(Ct);
        }
    }

    /// <summary>Frees what nothing names, also of what was written last.</summary>
    public async Task CollectAsync()
    {
        await Site.Site.Engine.SealAsync(Ct);
        await Site.Site.Collector.CollectAsync(Ct);
    }

    /// <summary>Whether these bytes are stored here for good, as they are to be.</summary>
    public async Task<bool> HasAsync(BlobHash hash) =>
        await Site.Site.Blobs.FindPermanentAsync(hash, Ct) is { } content && BlobHash.Compute(await content.ReadAllAsync(8 << 20, Ct)) == hash;

    /// <summary>Reads as a door does.</summary>
    public async Task<byte[]?> ReadAsync(BlobHash hash) =>
        await Site.Site.Blobs.FindAsync(_world.Dataset, hash, Ct) is { } content ? await content.ReadAllAsync(8 << 20, Ct) : null;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Start()
    {
        _cache = new ReadCache(
            () => ScratchFile.Open(LocalDisk.Instance, _folder, Guid.Empty), CacheBytes, static _ => true);
        _counts = new ReadCounts(() => _cache.UsedBytes);
        _held = new EvictedReads(
            FindAsync, (id, _) => ValueTask.FromResult(_world.From(id).Site.Name), _cache, _counts, TimeProvider.System,
            NullLogger.Instance);
        Site.Site.Blobs.ReadEvictedFrom(_held);
        Attestations = new Attestations(Site.Site.Attester, TimeProvider.System, _maxPerHour);
        var holds = new HoldNegotiation(
            Site.Registry, Site.Keys, Site.Copies, Site.Site.Evictions, Site.Site.Offers, Attestations, FindAsync, _cache.CheckSize,
            NullLogger.Instance);
        var recall = new EvictionRecall(
            Site.Site.Evictions, Site.Site.Offers, Site.Site.Copies, Site.Site.Collector, FindAsync, Site.Clock);
        Worker = new EvictionWorker(Site.Registry, Site.Copies, Site.Site.Evictions, holds, recall, Site.Clock, NullLogger.Instance);
    }

    private async Task StopAsync()
    {
        await _held.DisposeAsync();
        await Attestations.DisposeAsync();
        _cache.Dispose();
        _counts.Dispose();
    }

    private Task<Result<IHolderPeer>> FindAsync(string siteId, CancellationToken ct) =>
        Task.FromResult(Result<IHolderPeer>.Ok(new FaultyHolder(_world, _world.From(siteId), Site)));
}
