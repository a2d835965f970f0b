using Hutch.Zone.Replication.Placement;

namespace Hutch.Zone.Replication.Sites;

/// <summary>The feed of the zone, filtered for each site. See docs/design/federation.md (the zone feed).</summary>
public sealed class ZoneFeed
{
    internal const int MaxItems = 1000;

    private readonly ZoneDatabase _zone;
    private readonly TimeProvider _time;

    internal ZoneFeed(ZoneDatabase zone, TimeProvider time)
    {
        _zone = zone;
        _time = time;
    }

    /// <summary>Returns true for the token of an S3 key that opens a site.</summary>
    public static bool IsOfS3Keys(FeedItem item)
    {
        return item.Table == "tokens" && FeedTable.Column(item, "scope") is { } scope
            && TokenScope.Parse(scope) is { IsOk: true, Value.Opens.Count: > 0 };
    }

    /// <summary>Returns the changes after a position for one site; null for a removed site.</summary>
    public ValueTask<FeedBatch?> ReadAsync(string siteId, FeedPosition? after, CancellationToken ct) => _zone.ReadAsync(
        tables =>
        {
            if (tables.Sites.Find(siteId) is not { RemovedAt: null } site)
            {
                return null;
            }

            FeedBatch batch = tables.Feed.Since(after, MaxItems);
            if (batch.Items.Count == 0)
            {
                return batch;
            }

            var bounds = ServingBounds.From(tables);
            return batch with
            {
                Items = [.. batch.Items.Select(item => FeedFilter.Admit(site, bounds, item)).OfType<FeedItem>()],
            };
        },
        ct);

    /// <summary>Returns the changes after a position for one site, and waits for a change when there is none yet.</summary>
    public async ValueTask<FeedBatch?> AwaitAsync(string siteId, FeedPosition? after, TimeSpan timeout, CancellationToken ct)
    {
        long end = _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        while (true)
        {
            long version = _zone.Version;
            FeedBatch? batch = await ReadAsync(siteId, after, ct);
            TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), end);
            if (batch is null || batch.To.Sequence != after?.Sequence || batch.After is null || left <= TimeSpan.Zero)
            {
                return batch;
            }

            try
            {
                await _zone.WaitForChangeAsync(version, ct).WaitAsync(left, _time, ct);
            }
            catch (TimeoutException)
            {
                return batch;
            }
        }
    }

    public ValueTask<bool> KnowsAsync(FeedPosition position, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Feed.Knows(position), ct);
}
