using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Cluster.Bytes.Packing;

namespace Hutch.Cluster.Engine;

/// <summary>
/// The background jobs on the objects of a site, each done by one server at a time: packing rows, merging small packs, deleting condemned
/// objects and the scrub.
/// </summary>
/// <remarks>Packing and merging are one job: a pack names the one before, and a merge writes the list of all packs.</remarks>
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

    /// <summary>Short, because dropped temporary data occupy space until the sweep.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The delay before a merge that found damage is retried: it finds the damage again until an operator has repaired it.
    /// </summary>
    private static readonly TimeSpan MergeAgainAfter = TimeSpan.FromHours(1);

    private readonly PackMeter _meter = new();
    private DateTimeOffset _mergeFrom = DateTimeOffset.MinValue;

    public (int Count, long Bytes) Stored
    {
        get
        {
            List<LaneRow> lanes = view.Read(static queries => queries.Lanes());
            return ((int)lanes.Sum(static lane => lane.Objects), lanes.Sum(static lane => lane.Bytes));
        }
    }

    internal bool IsCondemned(string name) => view.Read(queries => queries.Find(name)) is { CondemnedSince: not null };

    /// <summary>The disk of this server, which has its views and its cache. A bucket does not report its free space.</summary>
    public DiskSpace Space => disk.Space(folder);

    /// <summary>Packs and merges due rows and packs until it is cancelled.</summary>
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

    /// <summary>Packs due rows, and merges. Returns the number of packed rows.</summary>
    /// <param name="everything">True to pack rows that could still wait.</param>
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

    /// <summary>Deletes due objects periodically until it is cancelled.</summary>
    public async Task SweepAsync(IPackLog packs, CancellationToken ct)
    {
        while (true)
        {
            await SweepOnceAsync(packs, ct);
            await Task.Delay(SweepEvery, source.Time, ct);
        }
    }

    public async Task<int> SweepOnceAsync(IPackLog packs, CancellationToken ct)
    {
        await log.CatchUpAsync(ct);
        return await new ObjectSweep(packs, objects, view, TimeSpan.FromDays(options.KeepCondemnedDays), source.Time).RunAsync(ct);
    }

    public void Dispose() => _meter.Dispose();

    public ObjectScrub Scrub(ScrubOptions scrub) => new(objects, view, disk, folder, scrub.RateBytesPerSecond, source.Time);

    /// <param name="pack">Packs the waiting rows, unless another server already does so.</param>
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
