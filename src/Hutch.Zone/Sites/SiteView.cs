using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Sites;

/// <summary>The view that a site has of its zone, and how old it is.</summary>
public sealed class SiteView
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ZoneDatabase _zone;
    private readonly TimeProvider _time;
    private long? _written;

    internal SiteView(ZoneDatabase zone, TimeProvider time)
    {
        _zone = zone;
        _time = time;
    }

    /// <summary>How far the zone was followed, durably; null before anything came.</summary>
    public ValueTask<FeedPosition?> PositionAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.View.Position(), ct);

    /// <summary>Makes the view what the zone was at a position. All of it or, when a row is none, nothing.</summary>
    /// <param name="items">What has changed.</param>
    /// <param name="isWhole">Whether this is everything that there is.</param>
    /// <param name="to">The position.</param>
    public ValueTask<Result<Done>> ApplyAsync(
        IReadOnlyCollection<FeedItem> items, bool isWhole, FeedPosition to, CancellationToken ct) =>
        _zone.ApplyAsync(items, isWhole, to, ct);

    /// <summary>Waits until the view is what the zone was at a number of its feed, or later.</summary>
    public async Task AwaitAsync(long sequence, CancellationToken ct)
    {
        while (true)
        {
            long version = _zone.Version;
            if (await PositionAsync(ct) is { } at && at.Sequence >= sequence)
            {
                return;
            }

            // What only lists say comes without a change of the zone.
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(_zone.WaitForChangeAsync(version, either.Token), Task.Delay(LookEvery, _time, either.Token));
            await either.CancelAsync();
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The name of a dataset, as far as it is known here; null for none.</summary>
    public ValueTask<NameRecord?> FindNameAsync(DatasetId dataset, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Names.Find(dataset), ct);

    /// <summary>Notes that the zone has answered.</summary>
    /// <param name="zoneNow">What time it is there.</param>
    public async ValueTask HearAsync(DateTimeOffset zoneNow, CancellationToken ct)
    {
        _zone.View.Hear(zoneNow);
        if (_written is { } at && _time.GetElapsedTime(at) < WriteEvery)
        {
            return;
        }

        _written = _time.GetTimestamp();
        _ = await _zone.KeepAsync(
            tables =>
            {
                tables.View.Hear(_zone.View.ClockAhead);
                return Done.Value;
            },
            ct);
    }
}
