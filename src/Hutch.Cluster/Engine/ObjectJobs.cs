using Hutch.Catalog.Members;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Disk;
using Hutch.Objects;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;
using Hutch.Storage;
using Microsoft.Extensions.Logging;

namespace Hutch.Cluster.Engine;

/// <summary>
/// What is done for the objects of a site beside the requests, by one server at a time: rows become packs and small packs large ones, what
/// was condemned is deleted, and everything is read again.
/// </summary>
/// <remarks>
/// Packing and merging are one job: a pack names the one before it, and a merge writes the list of all, so that neither may know less than
/// the other did.
/// </remarks>
internal sealed partial class ObjectJobs(
    IObjectStore objects,
    MemberView view,
    ILogBodies log,
    IDisk disk,
    string folder,
    PackSource source,
    ClusterOptions options,
    ILogger logger)
    : IDisposable
{
    private const int LookEverySeconds = 10;

    /// <summary>Soon: temporary data that made room are in the way.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    /// <summary>A merge that met damage would meet it again: until somebody has looked into it, it is only tried so often.</summary>
    private static readonly TimeSpan MergeAgainAfter = TimeSpan.FromHours(1);

    private readonly PackMeter _meter = new();
    private DateTimeOffset _mergeFrom = DateTimeOffset.MinValue;

    /// <summary>The objects that hold something: how many there are, and their bytes.</summary>
    public (int Count, long Bytes) Stored
    {
        get
        {
            List<LaneRow> lanes = view.Read(static queries => queries.Lanes());
            return ((int)lanes.Sum(static lane => lane.Objects), lanes.Sum(static lane => lane.Bytes));
        }
    }

    /// <summary>Whether an object waits to be deleted.</summary>
    internal bool IsCondemned(string name) => view.Read(queries => queries.Find(name)) is { CondemnedSince: not null };

    /// <summary>The disk of this server, which has its views and its cache. A bucket does not say how much room it has.</summary>
    public DiskSpace Space => disk.Space(folder);

    /// <summary>Packs and merges what is due, until it is cancelled.</summary>
    public async Task PackAsync(IPackLog packs, CancellationToken ct)
    {
        var every = TimeSpan.FromSeconds(Math.Min(LookEverySeconds, options.Packs.PackAfterSeconds));
        try
        {
            while (true)
            {
                _meter.Backlog = await packs.ReadBacklogAsync(ct);
                await PackOnceAsync(packs, everything: false, ct);
                await Task.Delay(every, source.Time, ct);
            }
        }
        finally
        {
            _meter.Backlog = null;
        }
    }

    /// <summary>Packs what is due, and merges. Returns how many rows were packed.</summary>
    /// <param name="packs">The log, for the holder of the lease.</param>
    /// <param name="everything">Whether rows are packed that could wait.</param>
    /// <param name="ct">Cancels between two packs.</param>
    public async Task<int> PackOnceAsync(IPackLog packs, bool everything, CancellationToken ct)
    {
        // What an earlier holder of the lease recorded.
        await log.CatchUpAsync(ct);
        int packed = await new Packer(packs, objects, view, disk, folder, source, options.Packs).RunAsync(everything, ct);
        if (source.Time.GetUtcNow() >= _mergeFrom)
        {
            await MergeAsync(packs, ct);
        }

        return packed;
    }

    /// <summary>Deletes what is due, now and then, until it is cancelled.</summary>
    public async Task SweepAsync(IPackLog packs, CancellationToken ct)
    {
        while (true)
        {
            await SweepOnceAsync(packs, ct);
            await Task.Delay(SweepEvery, source.Time, ct);
        }
    }

    /// <summary>Deletes what is due. Returns how many objects were deleted.</summary>
    public async Task<int> SweepOnceAsync(IPackLog packs, CancellationToken ct)
    {
        await log.CatchUpAsync(ct);
        return await new ObjectSweep(packs, objects, view, TimeSpan.FromDays(options.KeepCondemnedDays), source.Time).RunAsync(ct);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Reads everything again.</summary>
    public ObjectScrub Scrub(ScrubOptions scrub) => new(objects, view, disk, folder, scrub.RateBytesPerSecond, source.Time);

    /// <summary>The collector, for a site that stands on the objects.</summary>
    /// <param name="collections">The log.</param>
    /// <param name="pack">Packs what waits, unless another server does so anyway.</param>
    /// <param name="site">The site.</param>
    public ISweeper Collector(ICollectionLog collections, Func<CancellationToken, Task> pack, EngineSite site) => new ObjectCollector(
        collections, new CollectedBucket(objects, view, new PackFetch(objects, disk, folder), pack, source.Time), site);

    private async Task MergeAsync(IPackLog packs, CancellationToken ct)
    {
        try
        {
            await new PackMerger(packs, objects, view, disk, folder, source, options.Packs).RunAsync(ct);
        }
        catch (QuarantinedException e)
        {
            _mergeFrom = source.Time.GetUtcNow() + MergeAgainAfter;
            LogNotMerged(logger, e.Message);
        }
    }

    [LoggerMessage(
        EventId = 7140, Level = LogLevel.Error,
        Message = "Small packs are not merged, as one of them is damaged: {Damage} Run `hutch admin scrub` to find all that is")]
    private static partial void LogNotMerged(ILogger logger, string damage);
}
