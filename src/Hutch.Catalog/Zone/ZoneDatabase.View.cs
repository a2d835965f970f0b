namespace Hutch.Catalog.Zone;

/// <content>The records of a site: the view of the zone that it has joined.</content>
public sealed partial class ZoneDatabase
{
    private static readonly HutchError MovedElsewhere = ErrorCode.Conflict.With("Another server of this site has moved its view.");

    /// <summary>Makes this the view of another zone, and removes its own accounts.</summary>
    /// <param name="bring">
    /// Called in the transaction of the change. Refuses the change, or returns the datasets of this server to report to the zone, with
    /// their owners there. Null for none.
    /// </param>
    public ValueTask<Result<Done>> JoinAsync(
        AuditActor actor, JoinedZoneRecord joined,
        Func<ZoneTables, Result<IReadOnlyList<(ImportedDataset Dataset, PrincipalId Owner)>>>? bring, CancellationToken ct)
    {
        string former = Id;
        return ChangeAsync<Done>(
            actor,
            change =>
            {
                former = change.ZoneId;
                IReadOnlyList<(ImportedDataset Dataset, PrincipalId Owner)>? imported = [];
                if (bring is not null && !bring(change).TryGet(out imported, out HutchError? refusal))
                {
                    return refusal;
                }

                change.JoinedZone.Pin(joined, imported.Count > 0);
                change.View.Begin(joined.Zone);
                foreach ((ImportedDataset dataset, PrincipalId owner) in imported)
                {
                    change.GivenNames.Import(dataset, owner);
                }

                change.AddAudit("site.join", "zone:" + joined.Zone, $"as {joined.SiteName}, id {joined.SiteId}, at {joined.Address}");
                return Done.Value;
            },
            () =>
            {
                _engine.Id = joined.Zone;
                View.Begin(joined with { FormerId = former }, _time.GetUtcNow(), TimeSpan.Zero);
            },
            ct);
    }

    /// <summary>
    /// Makes this again the site of a zone that has taken it back. Accounts that were made without the zone end; a view of the same
    /// membership stays, as it may know what the zone has lost.
    /// </summary>
    public ValueTask<Result<Done>> ReturnAsync(AuditActor actor, JoinedZoneRecord joined, CancellationToken ct)
    {
        return ChangeAsync<Done>(
            actor,
            change =>
            {
                if (change.JoinedZone.Find() is { } before && before.Zone == joined.Zone && before.SiteId == joined.SiteId)
                {
                    change.JoinedZone.SetAddress(joined);
                }
                else
                {
                    change.JoinedZone.Clear();
                    change.JoinedZone.Pin(joined, isBringing: false);
                    change.View.Begin(joined.Zone);
                }

                change.AddAudit("site.join", "zone:" + joined.Zone, $"back as {joined.SiteName}, id {joined.SiteId}, at {joined.Address}");
                return Done.Value;
            },
            () =>
            {
                _engine.Id = joined.Zone;
                View.Begin(joined, _time.GetUtcNow(), TimeSpan.Zero);
            },
            ct);
    }

    /// <summary>
    /// Brings the view from one position to the zone's state at another, once: it does nothing if another server of the site has moved the
    /// view. See <see cref="ViewTable.Apply"/>.
    /// </summary>
    /// <param name="from">The position from which the rows were gathered; null for none.</param>
    /// <returns>The position of the view: the new one, or that of the other server.</returns>
    public async ValueTask<Result<FeedPosition>> ApplyAsync(
        IReadOnlyCollection<FeedItem> items, bool isWhole, FeedPosition? from, FeedPosition to, CancellationToken ct)
    {
        bool areSummaries = !isWhole && items.All(static item => item.Table == SummaryTable.Name);
        try
        {
            FeedPosition? here = from;
            Result<Done> applied = areSummaries
                ? await KeepAsync(tables => IsAt(tables) ? ApplyQuietly(tables, items, to) : MovedElsewhere, ct)
                : await ChangeOwnAsync<Done>(
                    AuditActor.Server, change => IsAt(change) ? change.Follow(items, isWhole, to) : MovedElsewhere, ct);
            if (items.Any(static item => item.Table == SummaryTable.Name) || applied.Error == MovedElsewhere)
            {
                SummaryNews.Raise();
            }

            return applied.IsOk ? to
                : applied.Error == MovedElsewhere && here is not null ? here
                : (Result<FeedPosition>)applied.Error;

            bool IsAt(ZoneTables tables) => (here = tables.View.Position()) == from;
        }
        catch (FormatException e)
        {
            return ErrorCode.Unprocessable.With($"The zone sends what its feed cannot have: {e.Message}.");
        }
    }

    /// <summary>
    /// Applies summaries of datasets. They change often and invalidate no cache, so caches stay, and the audit gets no line.
    /// </summary>
    private static Result<Done> ApplyQuietly(ZoneTables tables, IReadOnlyCollection<FeedItem> items, FeedPosition to)
    {
        tables.View.Apply(items, isWhole: false, to);
        return Done.Value;
    }

    /// <summary>Returns true if this is the view of a zone, from now on also in memory.</summary>
    private bool TryReadJoined(DbConnection connection)
    {
        var tables = new ZoneTables(connection, _time);
        if (tables.JoinedZone.Find() is not { } joined)
        {
            return false;
        }

        View.Begin(joined, tables.View.LastContact(), tables.View.ClockAhead());
        _engine.Id = joined.Zone;
        return true;
    }

    private void ReadJoined(DbConnection connection)
    {
        if (Joined is null)
        {
            TryReadJoined(connection);
        }
    }
}
