using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Purges;

/// <summary>
/// What ends at every site at once, on the word of an administrator of the zone, and which sites have not said yet that nothing is left.
/// See docs/design/federation.md (purge at all sites).
/// </summary>
public sealed class PurgeRegistry
{
    private const string Target = "dataset:";

    private readonly ZoneDatabase _zone;

    internal PurgeRegistry(ZoneDatabase zone) => _zone = zone;

    /// <summary>Rises with every change of the zone.</summary>
    public long Version => _zone.Version;

    /// <summary>Waits until there may be something new.</summary>
    public Task WaitForChangeAsync(long version, CancellationToken ct) => _zone.WaitForChangeAsync(version, ct);

    /// <summary>
    /// Orders that a dataset ends at every site. What was ordered once is never taken back; once more, it changes nothing.
    /// </summary>
    /// <param name="caller">An administrator of the zone.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="reason">Why; it stays at the zone.</param>
    /// <param name="seal">Signs it.</param>
    public async ValueTask<Result<PurgeStanding>> OrderAsync(
        Caller caller, DatasetId dataset, string reason, IHomeSeal seal, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(seal);
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PurgeOrder);
        return allowed.IsOk
            ? await _zone.ChangeAsync(caller.Actor, change => Order(change, caller, dataset, reason, seal), ct)
            : allowed.Error;
    }

    /// <summary>How far the purge of a dataset is.</summary>
    public async ValueTask<Result<PurgeStanding>> FindAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<Done> allowed = MayRead(caller);
        return !allowed.IsOk ? allowed.Error
            : await _zone.ReadAsync(tables => tables.Purges.Find(dataset) is { } purge ? Stand(tables, purge) : null, ct) is { } standing
                ? standing
                : ErrorCode.NotFound.With($"No purge of dataset {dataset} at all sites was ordered.");
    }

    /// <summary>Purges that were ordered, the newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="onlyOpen">Only those that a site has not carried out yet.</param>
    /// <param name="after">The dataset after which to go on; null for the beginning.</param>
    /// <param name="limit">How many, at most.</param>
    public async ValueTask<Result<IReadOnlyList<PurgeStanding>>> ListAsync(
        Caller caller, bool onlyOpen, DatasetId? after, int limit, CancellationToken ct)
    {
        Result<Done> allowed = MayRead(caller);
        return allowed.IsOk
            ? Result<IReadOnlyList<PurgeStanding>>.Ok(await _zone.ReadAsync(
                tables => tables.Purges.List(onlyOpen ? _zone.SiteId : null, after, limit).Select(purge => Stand(tables, purge)).ToList(),
                ct))
            : allowed.Error;
    }

    /// <summary>The purges that have changed since a number of the feed, with its newest number.</summary>
    public ValueTask<(long Number, IReadOnlyList<PurgeRecord> Purges)> ChangesAsync(long since, CancellationToken ct) => _zone.ReadAsync(
        tables => (tables.Feed.NewestNumber(), tables.Purges.ChangedSince(since)), ct);

    /// <summary>The purge of a dataset; null for none.</summary>
    public ValueTask<PurgeRecord?> FindAsync(DatasetId dataset, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Purges.Find(dataset), ct);

    /// <summary>Notes that nothing of a dataset is left at a site, which has signed that. Said again it changes nothing.</summary>
    public async ValueTask<Result<Done>> TellAsync(string siteId, DatasetId dataset, string proof, CancellationToken ct)
    {
        Result<bool> isNews = await _zone.ReadAsync(tables => IsNews(tables, siteId, dataset), ct);
        return isNews is { IsOk: true, Value: true }
            ? await _zone.ChangeAsync(AuditActor.Server, change => Take(change, siteId, dataset, proof), ct)
            : isNews.Then<Done>(static _ => Done.Value);
    }

    /// <summary>A site does not know what others have said.</summary>
    private Result<Done> MayRead(Caller caller)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PurgeRead);
        return allowed.IsOk && _zone.Joined is { } zone
            ? (ErrorCode.Unprocessable with { Advice = "Ask there." }).With(
                $"This server is a site, and how far purges are is known at its zone, {zone.Address}.")
            : allowed;
    }

    private static Result<Done> Take(ZoneChange change, string siteId, DatasetId dataset, string proof)
    {
        Result<bool> isNews = IsNews(change, siteId, dataset);
        if (isNews is not { IsOk: true, Value: true })
        {
            return isNews.Then<Done>(static _ => Done.Value);
        }

        change.Purges.Answer(dataset, siteId, proof);
        change.Copies.Remove(dataset, siteId);
        change.Note("purge.answer", Target + dataset, "site:" + siteId);
        return Done.Value;
    }

    /// <returns>A refusal when nobody has ordered that.</returns>
    private static Result<bool> IsNews(ZoneTables tables, string siteId, DatasetId dataset) => tables.Purges.Find(dataset) is { } purge
        ? purge.Answers.All(answer => answer.SiteId != siteId)
        : ErrorCode.Conflict.With($"The zone has not ordered that dataset {dataset} is purged.");

    private Result<PurgeStanding> Order(ZoneChange change, Caller caller, DatasetId dataset, string reason, IHomeSeal seal)
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

        change.Note(Operation.PurgeOrder.Name, Target + dataset, reason);
        return Stand(change, change.Purges.Find(dataset)!);
    }

    /// <summary>
    /// Every site is asked, as any can have read it through. One that was removed before it had answered is named, and not waited for.
    /// </summary>
    private PurgeStanding Stand(ZoneTables tables, PurgeRecord purge)
    {
        var told = purge.Answers.ToDictionary(static answer => answer.SiteId, static answer => answer.At);
        IEnumerable<PurgeSite> others = tables.Sites.ListAll()
            .Where(site => site.RemovedAt is null || told.ContainsKey(site.Id) || site.RemovedAt >= purge.Order.At)
            .Select(site => new PurgeSite(site.Id, site.Name, At(site.Id), site.RemovedAt is not null));
        return new PurgeStanding(
            purge, tables.Names.Find(purge.Order.Dataset)?.FullName,
            [new PurgeSite(_zone.SiteId, null, At(_zone.SiteId), false), .. others]);

        DateTimeOffset? At(string siteId) => told.TryGetValue(siteId, out DateTimeOffset at) ? at : null;
    }
}

/// <summary>How far a purge is.</summary>
/// <param name="Purge">What was ordered.</param>
/// <param name="Name">What the dataset is called; null when its name was freed.</param>
/// <param name="Sites">Every site that had to do with it.</param>
public sealed record PurgeStanding(PurgeRecord Purge, string? Name, IReadOnlyList<PurgeSite> Sites)
{
    /// <summary>Whether a site that belongs to the zone has not said yet that nothing is left there.</summary>
    public bool IsOpen => Sites.Any(static site => site.IsMissing);
}

/// <summary>What a site has said of a purge.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="Name">What it is called; null for the one beside the zone.</param>
/// <param name="At">When it said that nothing is left; null while it has not.</param>
/// <param name="IsRemoved">Whether it does not belong to the zone any more.</param>
public sealed record PurgeSite(string SiteId, string? Name, DateTimeOffset? At, bool IsRemoved)
{
    /// <summary>Whether it is waited for.</summary>
    public bool IsMissing => At is null && !IsRemoved;
}
