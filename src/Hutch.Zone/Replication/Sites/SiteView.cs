namespace Hutch.Zone.Replication.Sites;

public sealed class SiteView
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ZoneDatabase _zone;
    private readonly TimeProvider _time;
    private long? _written;
    private long? _adopted;

    internal SiteView(ZoneDatabase zone, TimeProvider time)
    {
        _zone = zone;
        _time = time;
    }

    /// <summary>Returns the durable position in the zone's feed; null before the first.</summary>
    public ValueTask<FeedPosition?> PositionAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.View.Position(), ct);

    /// <inheritdoc cref="ZoneDatabase.LifeAsync"/>
    public ValueTask<string> LifeAsync(CancellationToken ct) => _zone.LifeAsync(ct);

    /// <summary>Updates the view to the zone's state at a position, completely or, when a row is invalid, not at all.</summary>
    /// <inheritdoc cref="ZoneDatabase.ApplyAsync"/>
    public ValueTask<Result<FeedPosition>> ApplyAsync(
        IReadOnlyCollection<FeedItem> items, bool isWhole, FeedPosition? from, FeedPosition to, CancellationToken ct) =>
        _zone.ApplyAsync(items, isWhole, from, to, ct);

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

    /// <summary>
    /// Looks at intervals for contact that another server of the site has had with the zone: its changes are in the shared view.
    /// </summary>
    public async ValueTask AdoptContactAsync(CancellationToken ct)
    {
        if (_zone.IsEmbedded || (_adopted is { } at && _time.GetElapsedTime(at) < WriteEvery))
        {
            return;
        }

        _adopted = _time.GetTimestamp();
        if (await _zone.ReadAsync(static tables => tables.View.LastContact(), ct) is { } heard)
        {
            _zone.View.AdoptContact(heard);
        }
    }

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
