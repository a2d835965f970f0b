using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Names;

namespace Hutch.Zone.Replication.Sites;

/// <summary>
/// Names for datasets created at a site of the zone. The zone trusts the site only to name the token used there: it must be one that its
/// owner created for this site, and its rights are checked here.
/// </summary>
public sealed class SiteNames
{
    /// <summary>The time during which a site can return a name. Later the dataset may exist.</summary>
    private static readonly TimeSpan GiveBackLimit = TimeSpan.FromMinutes(5);

    private readonly ZoneDatabase _zone;

    internal SiteNames(ZoneDatabase zone) => _zone = zone;

    /// <returns>The number of the feed from which sites know the name.</returns>
    public async ValueTask<Result<long>> ReserveAsync(string siteId, string tokenId, NameReservation wanted, CancellationToken ct)
    {
        (Result<Caller> found, long? known) = await _zone.ReadAsync(
            tables => (FindCaller(tables, siteId, tokenId), KnownAt(tables, siteId, wanted)), ct);
        return found.IsOk && known is { } sequence ? sequence
            : found.IsOk
            ? await _zone.ChangeAsync(found.Value.Actor, change => Reserve(change, siteId, tokenId, wanted), ct)
            : found.Error;
    }

    /// <summary>Frees a name that a site has just reserved without creating its dataset.</summary>
    public async ValueTask<Result<Done>> ReleaseAsync(string siteId, DatasetId dataset, CancellationToken ct) =>
        await _zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                if (change.Names.Find(dataset) is not { } name || name.Home.SiteId != siteId)
                {
                    return ErrorCode.NotFound.With($"No dataset {dataset} is at home at this site.");
                }

                if (name.CreatedAt <= _zone.Time.GetUtcNow() - GiveBackLimit)
                {
                    return ErrorCode.Conflict.With($"The name {name.FullName} was reserved too long ago to be given back.");
                }

                change.Names.Release(dataset);
                change.AddAudit("name.release", "dataset:" + dataset, $"site:{siteId} could not create the dataset");
                return Done.Value;
            },
            ct);

    private Result<long> Reserve(ZoneChange change, string siteId, string tokenId, NameReservation wanted) =>
        FindCaller(change, siteId, tokenId)
            .Then(caller => Authorizer.Authorize(caller, Operation.DatasetCreate).Then<Caller>(_ => caller))
            .Then(caller => wanted.IsThere && change.Homes.Find(wanted.Dataset) is not null
                ? ErrorCode.AlreadyExists.With($"The dataset id {wanted.Dataset} is in use, or was.")
                : DatasetNames.Reserve(change, caller, wanted.Dataset, wanted.Owner, wanted.Slug, siteId, wanted.IsThere))
            .Then<long>(_ => change.Feed.Newest().Sequence);

    /// <summary>
    /// Returns the number of the feed when the zone already knows a dataset that a site created without it, because the earlier response
    /// was lost. Later changes by the owner stay valid.
    /// </summary>
    private static long? KnownAt(ZoneTables tables, string siteId, NameReservation wanted) =>
        wanted.IsThere && tables.Names.Find(wanted.Dataset) is { } name && name.Home.SiteId == siteId
            ? tables.Feed.Newest().Sequence
            : null;

    private Result<Caller> FindCaller(ZoneTables tables, string siteId, string tokenId) =>
        SiteTokens.FindCaller(tables, siteId, tokenId, _zone.Time.GetUtcNow(), isNew: true);
}

/// <param name="Owner">The user or group that will own it; null for the owner of the token.</param>
public sealed record NameReservation(DatasetId Dataset, AccountName? Owner, Slug Slug)
{
    /// <summary>True if the site created the dataset while the zone was away; a taken name then gets a number.</summary>
    public bool IsThere { get; init; }
}
