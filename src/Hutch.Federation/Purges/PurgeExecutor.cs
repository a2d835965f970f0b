using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Site.Replication.Purges;
using Hutch.Zone.Replication.Purges;

namespace Hutch.Federation.Purges;

/// <summary>
/// Executes the zone's orders to purge datasets everywhere, and reports when nothing is left here. Failures are retried automatically. See
/// docs/design/federation.md (purge at all sites).
/// </summary>
internal sealed partial class PurgeExecutor(
    SiteRegistry sites, SiteKeyStore keys, PurgeRegistry orders, IPurgedStores stores, IZoneReports reports, TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseWhileAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAtMostEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>The delay before another attempt to rewrite data that was being read.</summary>
    private static readonly TimeSpan CleanEvery = TimeSpan.FromSeconds(20);

    private readonly Dictionary<DatasetId, PurgeRecord> _open = [];
    private readonly Dictionary<DatasetId, long> _cleaned = [];
    private long _number;
    private bool _isAway;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long version = orders.Version;
            bool isDone = await StepAsync(ct);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
            TimeSpan pause = isDone ? Timeout.InfiniteTimeSpan : TryAgainAfter;
            await Task.WhenAny(orders.WaitForChangeAsync(version, either.Token), Task.Delay(pause, time, either.Token));
            await either.CancelAsync();
            await Task.Delay(_isAway ? PauseWhileAway : LookAtMostEvery, time, ct);
        }
    }

    /// <summary>
    /// Does the next step of each; after a start, of all that were ever ordered, as the records here may have been put back.
    /// </summary>
    internal async Task<bool> StepAsync(CancellationToken ct)
    {
        try
        {
            (long number, IReadOnlyList<PurgeRecord> changed) = await orders.ChangesAsync(_number, ct);
            foreach (PurgeRecord purge in changed)
            {
                _open[purge.Order.Dataset] = purge;
            }

            (_number, _isAway) = (number, false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The connection to the zone must not end with it. The log gets one line for each time that the records are away.
            if (!_isAway)
            {
                NotRead(e);
            }

            _isAway = true;
            return false;
        }

        foreach (PurgeRecord purge in _open.Values.ToList())
        {
            DatasetId dataset = purge.Order.Dataset;
            try
            {
                Result<bool> isOver = await StepAsync(purge, ct);
                if (isOver is { IsOk: true, Value: true })
                {
                    _open.Remove(dataset);
                    _cleaned.Remove(dataset);
                }
                else if (!isOver.IsOk)
                {
                    NotDone(dataset, isOver.Error.Message);
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // One purge must not end the others.
                Failed(dataset, e);
            }
        }

        return _open.Count == 0;
    }

    private async Task<Result<bool>> StepAsync(PurgeRecord purge, CancellationToken ct)
    {
        (DatasetId dataset, DateTimeOffset at) = purge.Order;
        SiteKey own = await keys.GetAsync(ct);
        BlobHash zone = (await sites.FindPeerAsync(sites.ZoneId, ct))?.Key ?? own.Fingerprint;
        if (!new PurgeStatement(sites.ZoneId, dataset, at).IsSigned(zone, purge.Proof))
        {
            NotSigned(dataset);
            return true;
        }

        IReadOnlyList<OrderedPurges> all = await stores.ListAsync(ct);
        bool isClean = true;
        foreach (OrderedPurges store in all)
        {
            Result<Done> ended = await store.EndAsync(dataset, ct);
            if (!ended.IsOk)
            {
                return ended.Error;
            }

            isClean &= await store.IsCleanAsync(dataset, ct);
        }

        if (!isClean)
        {
            return await CleanAsync(all, dataset, ct);
        }

        stores.ClearCaches();
        string proof = new PurgedStatement(sites.ZoneId, dataset, at, sites.OwnId).Sign(own);
        return (await reports.ReportPurgedAsync(dataset, proof, ct)).Then<bool>(static _ => true);
    }

    private async Task<Result<bool>> CleanAsync(IReadOnlyList<OrderedPurges> all, DatasetId dataset, CancellationToken ct)
    {
        long now = time.GetTimestamp();
        if (_cleaned.TryGetValue(dataset, out long before) && time.GetElapsedTime(before, now) < CleanEvery)
        {
            return false;
        }

        foreach (OrderedPurges store in all)
        {
            if (!await store.IsCleanAsync(dataset, ct) && await store.CleanAsync(dataset, ct) is { IsOk: false } refused)
            {
                return refused.Error;
            }
        }

        _cleaned[dataset] = now;
        return false;
    }

    [LoggerMessage(5651, LogLevel.Error, "The purges that the zone has ordered could not be read")]
    private partial void NotRead(Exception e);

    [LoggerMessage(5652, LogLevel.Error, "A step in the purge of {Dataset} failed")]
    private partial void Failed(DatasetId dataset, Exception e);

    [LoggerMessage(5653, LogLevel.Debug, "The purge of {Dataset} waits: {Why}")]
    private partial void NotDone(DatasetId dataset, string why);

    [LoggerMessage(5654, LogLevel.Warning, "A purge of {Dataset} at all sites is not signed by the zone, and is not carried out")]
    private partial void NotSigned(DatasetId dataset);
}
