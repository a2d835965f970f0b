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

    /// <summary>Returns true for a row about a purge at all sites, which sites of an earlier release cannot read.</summary>
    public static bool IsOfPurges(FeedItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Table == PurgeTable.Name;
    }

    /// <summary>Returns true for a row with a summary, which sites of an earlier release cannot read.</summary>
    public static bool IsOfSummaries(FeedItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Table == SummaryTable.Name;
    }

    /// <summary>Returns true for the token of an S3 key that opens a site, which sites of an earlier release cannot read.</summary>
    public static bool IsOfS3Keys(FeedItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Table == "tokens" && FeedTable.Column(item, "scope") is { } scope
            && TokenScope.Parse(scope) is { IsOk: true, Value.Opens.Count: > 0 };
    }

    /// <summary>Returns true for a login that reaches what one site has, which sites of an earlier release cannot read.</summary>
    public static bool IsOfHeldLogins(FeedItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Table == "tokens" && FeedTable.Column(item, "scope") is { } scope
            && TokenScope.Parse(scope) is { IsOk: true, Value.IsHeldOnly: true };
    }

    /// <summary>Returns the changes after a position for one site; null for a removed site.</summary>
    public ValueTask<FeedBatch?> ReadAsync(string siteId, FeedPosition? after, CancellationToken ct) =>
        ReadAsync(siteId, after, readsVisits: true, ct);

    private ValueTask<FeedBatch?> ReadAsync(string siteId, FeedPosition? after, bool readsVisits, CancellationToken ct) => _zone.ReadAsync(
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
                Items =
                [
                    .. batch.Items.Where(item => readsVisits || !IsOfVisits(tables, item))
                        .Select(item => FeedFilter.Admit(site, bounds, item)).OfType<FeedItem>(),
                ],
            };
        },
        ct);

    /// <summary>
    /// Returns true for a visit or a member of one. A site of an earlier release gets neither: it does not know when writing ends.
    /// </summary>
    private static bool IsOfVisits(ZoneTables tables, FeedItem item) =>
        item.Table == VisitTable.Name
        || (item is { Table: "memberships", Row: not null } && PrincipalId.TryParse(item.Key.Split(' ')[0], out PrincipalId group)
            && tables.Visits.Find(group) is not null);

    /// <summary>Returns the changes after a position for one site, and waits for a change when there is none yet.</summary>
    /// <param name="readsVisits">False for a site of an earlier release, which cannot read visits.</param>
    public async ValueTask<FeedBatch?> AwaitAsync(
        string siteId, FeedPosition? after, TimeSpan timeout, bool readsVisits, CancellationToken ct)
    {
        long end = _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        while (true)
        {
            long version = _zone.Version;
            FeedBatch? batch = await ReadAsync(siteId, after, readsVisits, ct);
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
