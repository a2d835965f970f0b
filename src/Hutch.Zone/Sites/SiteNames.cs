using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Names;

namespace Hutch.Zone.Sites;

/// <summary>
/// Names for datasets that people make at a site of the zone. The zone believes the site nothing but which token was used there: it must
/// be one that its owner made for this site, and what it may do is decided here.
/// </summary>
public sealed class SiteNames
{
    /// <summary>For so long the site that wanted a name can give it back. Later it may have become a dataset.</summary>
    private static readonly TimeSpan GiveBackLimit = TimeSpan.FromMinutes(5);

    private readonly ZoneDatabase _zone;

    internal SiteNames(ZoneDatabase zone) => _zone = zone;

    /// <summary>Reserves a name for a dataset that will be at home at a site.</summary>
    /// <param name="siteId">The site that asks.</param>
    /// <param name="tokenId">The public part of the token that was used there.</param>
    /// <param name="wanted">What is wanted.</param>
    /// <returns>The number of the feed from which on sites know the name.</returns>
    public async ValueTask<Result<long>> ReserveAsync(string siteId, string tokenId, WantedName wanted, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        (Result<Caller> found, long? known) = await _zone.ReadAsync(
            tables => (FindCaller(tables, siteId, tokenId), KnownAt(tables, siteId, wanted)), ct);
        return found.IsOk && known is { } sequence ? sequence
            : found.IsOk
            ? await _zone.ChangeAsync(found.Value.Actor, change => Reserve(change, siteId, tokenId, wanted), ct)
            : found.Error;
    }

    /// <summary>Frees a name that a site has just reserved and has made no dataset for.</summary>
    public async ValueTask<Result<Done>> GiveBackAsync(string siteId, DatasetId dataset, CancellationToken ct) =>
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
                change.Note("name.release", "dataset:" + dataset, $"site:{siteId} could not create the dataset");
                return Done.Value;
            },
            ct);

    private Result<long> Reserve(ZoneChange change, string siteId, string tokenId, WantedName wanted) =>
        FindCaller(change, siteId, tokenId)
            .Then(caller => Authorizer.Authorize(caller, Operation.DatasetCreate).Then<Caller>(_ => caller))
            .Then(caller => wanted.IsThere && change.Homes.Find(wanted.Dataset) is not null
                ? ErrorCode.AlreadyExists.With($"The dataset id {wanted.Dataset} is in use, or was.")
                : DatasetNames.Reserve(change, caller, wanted.Dataset, wanted.Owner, wanted.Slug, siteId, wanted.IsThere))
            .Then<long>(_ => change.Feed.Newest().Sequence);

    /// <summary>
    /// The number of the feed when the zone knows a dataset that a site has made without it: the answer was lost, and whatever its owner
    /// has done with it since counts.
    /// </summary>
    private static long? KnownAt(ZoneTables tables, string siteId, WantedName wanted) =>
        wanted.IsThere && tables.Names.Find(wanted.Dataset) is { } name && name.Home.SiteId == siteId
            ? tables.Feed.Newest().Sequence
            : null;

    private Result<Caller> FindCaller(ZoneTables tables, string siteId, string tokenId) =>
        SiteTokens.FindCaller(tables, siteId, tokenId, _zone.Time.GetUtcNow());
}

/// <summary>A name that is wanted for a new dataset.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Owner">Who shall own it; null for the owner of the token.</param>
/// <param name="Slug">Its short name.</param>
public sealed record WantedName(DatasetId Dataset, AccountName? Owner, Slug Slug)
{
    /// <summary>Whether the site has made the dataset while it could not reach the zone: a taken name gets a number.</summary>
    public bool IsThere { get; init; }
}
