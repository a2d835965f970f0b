namespace Hutch.Zone.Replication.Sites;

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

    /// <summary>Returns the durable position in the zone's feed; null before the first.</summary>
    public ValueTask<FeedPosition?> PositionAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.View.Position(), ct);

    /// <summary>Updates the view to the zone's state at a position, completely or, when a row is invalid, not at all.</summary>
    public ValueTask<Result<Done>> ApplyAsync(
        IReadOnlyCollection<FeedItem> items, bool isWhole, FeedPosition to, CancellationToken ct) =>
        _zone.ApplyAsync(items, isWhole, to, ct);

    /// <summary>Waits until the view has reached a number of the zone's feed.</summary>
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

    public ValueTask<NameRecord?> FindNameAsync(DatasetId dataset, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Names.Find(dataset), ct);

    public async ValueTask RecordContactAsync(DateTimeOffset zoneNow, CancellationToken ct)
    {
        _zone.View.RecordContact(zoneNow);
        if (_written is { } at && _time.GetElapsedTime(at) < WriteEvery)
        {
            return;
        }

        _written = _time.GetTimestamp();
        _ = await _zone.KeepAsync(
            tables =>
            {
                tables.View.RecordContact(_zone.View.ClockAhead);
                return Done.Value;
            },
            ct);
    }
}
