using Hutch.Zone.Authorization;

namespace Hutch.Zone.Replication.Purges;

/// <summary>
/// Purges at all sites, ordered by an administrator of the zone, and the sites that have not yet confirmed them. See
/// docs/design/federation.md (purge at all sites).
/// </summary>
public sealed class PurgeRegistry
{
    private const string Target = "dataset:";

    private readonly ZoneDatabase _zone;

    internal PurgeRegistry(ZoneDatabase zone) => _zone = zone;

    public long Version => _zone.Version;

    public Task WaitForChangeAsync(long version, CancellationToken ct) => _zone.WaitForChangeAsync(version, ct);

    /// <summary>Orders a purge of a dataset at every site. An order is never revoked; repeating it changes nothing.</summary>
    /// <param name="reason">The reason, which stays at the zone.</param>
    public async ValueTask<Result<PurgeStatus>> OrderAsync(
        Caller caller, DatasetId dataset, string reason, IHomeSigner seal, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PurgeOrder);
        return allowed.IsOk
            ? await _zone.ChangeAsync(caller.Actor, change => Order(change, caller, dataset, reason, seal), ct)
            : allowed.Error;
    }

    public async ValueTask<Result<PurgeStatus>> FindAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<Done> allowed = AuthorizeRead(caller);
        return !allowed.IsOk ? allowed.Error
            : await _zone.ReadAsync(
                tables => tables.Purges.Find(dataset) is { } purge ? FindStatus(tables, purge) : null, ct) is { } standing
                ? standing
                : ErrorCode.NotFound.With($"No purge of dataset {dataset} at all sites was ordered.");
    }

    /// <summary>Lists orders, the newest first.</summary>
    /// <param name="onlyOpen">True for only those that a site has not yet carried out.</param>
    /// <param name="after">The dataset after which the list continues; null for the beginning.</param>
    public async ValueTask<Result<IReadOnlyList<PurgeStatus>>> ListAsync(
        Caller caller, bool onlyOpen, DatasetId? after, int limit, CancellationToken ct)
    {
        Result<Done> allowed = AuthorizeRead(caller);
        return allowed.IsOk
            ? Result<IReadOnlyList<PurgeStatus>>.Ok(await _zone.ReadAsync(
                tables => tables.Purges.List(onlyOpen ? _zone.SiteId : null, after, limit).Select(
                    purge => FindStatus(tables, purge)).ToList(),
                ct))
            : allowed.Error;
    }

    /// <summary>Returns the purges that have changed since a number of the feed, and the feed's newest number.</summary>
    public ValueTask<(long Number, IReadOnlyList<PurgeRecord> Purges)> ChangesAsync(long since, CancellationToken ct) => _zone.ReadAsync(
        tables => (tables.Feed.NewestNumber(), tables.Purges.ChangedSince(since)), ct);

    public ValueTask<PurgeRecord?> FindAsync(DatasetId dataset, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Purges.Find(dataset), ct);

    /// <summary>Records a site's signed statement that it has nothing left of a dataset. Repeating it changes nothing.</summary>
    public async ValueTask<Result<Done>> ReportAsync(string siteId, DatasetId dataset, string proof, CancellationToken ct)
    {
        Result<bool> isNews = await _zone.ReadAsync(tables => IsNews(tables, siteId, dataset), ct);
        return isNews is { IsOk: true, Value: true }
            ? await _zone.ChangeAsync(AuditActor.Server, change => Receive(change, siteId, dataset, proof), ct)
            : isNews.Then<Done>(static _ => Done.Value);
    }

    /// <summary>Checks that the caller may read purges here. A site does not know the statements of others.</summary>
    private Result<Done> AuthorizeRead(Caller caller)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PurgeRead);
        return allowed.IsOk && _zone.Joined is { } zone
            ? (ErrorCode.Unprocessable with { Advice = "Ask there." }).With(
                $"This server is a site, and how far purges are is known at its zone, {zone.Address}.")
            : allowed;
    }

    private static Result<Done> Receive(ZoneChange change, string siteId, DatasetId dataset, string proof)
    {
        Result<bool> isNews = IsNews(change, siteId, dataset);
        if (isNews is not { IsOk: true, Value: true })
        {
            return isNews.Then<Done>(static _ => Done.Value);
        }

        change.Purges.Answer(dataset, siteId, proof);
        change.Copies.Remove(dataset, siteId);
        change.AddAudit("purge.answer", Target + dataset, "site:" + siteId);
        return Done.Value;
    }

    /// <returns>True if the statement is new; a refusal when there is no such order.</returns>
    private static Result<bool> IsNews(ZoneTables tables, string siteId, DatasetId dataset) => tables.Purges.Find(dataset) is { } purge
        ? purge.Answers.All(answer => answer.SiteId != siteId)
        : ErrorCode.Conflict.With($"The zone has not ordered that dataset {dataset} is purged.");

    private Result<PurgeStatus> Order(ZoneChange change, Caller caller, DatasetId dataset, string reason, IHomeSigner seal)
    {
        if (change.Homes.Find(dataset) is null)
        {
            return ErrorCode.NotFound.With($"The zone has never known a dataset {dataset}.");
        }

        if (!change.Purges.Has(dataset))
        {
            var order = new PurgeOrder(dataset, DateTimeOffset.FromUnixTimeMilliseconds(_zone.Time.GetUtcNow().ToUnixTimeMilliseconds()));
            change.Purges.Add(order, seal.Sign(order), caller.Name, reason);
            change.Dois.SetDue(dataset);
        }

        change.AddAudit(Operation.PurgeOrder.Name, Target + dataset, reason);
        return FindStatus(change, change.Purges.Find(dataset)!);
    }

    /// <summary>
    /// Returns the progress of a purge. Every site must confirm, because any may have cached the dataset. A site that was removed before it
    /// confirmed is listed, but not awaited.
    /// </summary>
    private PurgeStatus FindStatus(ZoneTables tables, PurgeRecord purge)
    {
        var answeredAt = purge.Answers.ToDictionary(static answer => answer.SiteId, static answer => answer.At);
        IEnumerable<PurgeSite> others = tables.Sites.ListAll()
            .Where(site => site.RemovedAt is null || answeredAt.ContainsKey(site.Id) || site.RemovedAt >= purge.Order.At)
            .Select(site => new PurgeSite(site.Id, site.Name, At(site.Id), site.RemovedAt is not null));
        return new PurgeStatus(
            purge, tables.Names.Find(purge.Order.Dataset)?.FullName,
            [new PurgeSite(_zone.SiteId, null, At(_zone.SiteId), false), .. others]);

        DateTimeOffset? At(string siteId) => answeredAt.TryGetValue(siteId, out DateTimeOffset at) ? at : null;
    }
}

/// <param name="Name">The name of the dataset; null when its name was freed.</param>
/// <param name="Sites">Every site that must confirm or has confirmed it.</param>
public sealed record PurgeStatus(PurgeRecord Purge, string? Name, IReadOnlyList<PurgeSite> Sites)
{
    /// <summary>True if a site of the zone has not yet confirmed.</summary>
    public bool IsOpen => Sites.Any(static site => site.IsMissing);
}

/// <param name="Name">The site's name; null for the zone's own site.</param>
/// <param name="At">The time of the confirmation; null before it.</param>
public sealed record PurgeSite(string SiteId, string? Name, DateTimeOffset? At, bool IsRemoved)
{
    public bool IsMissing => At is null && !IsRemoved;
}
