using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Placement;

namespace Hutch.Zone.Sites;

/// <summary>
/// What a home lets other sites read for the people who use them. The home believes a site nothing but which token was used there: it must
/// be one for that site, and what it may read is decided here. The zone's own site is believed, as it decides about rights anyway.
/// </summary>
public sealed class SiteReaders
{
    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;

    internal SiteReaders(ZoneDatabase zone, Authorizer authorizer) => (_zone, _authorizer) = (zone, authorizer);

    /// <summary>The dataset, when the site may read it for whoever uses it.</summary>
    /// <param name="siteId">The site that asks.</param>
    /// <param name="tokenId">The public part of the token that was used there; null for a reader without one.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="operation">What is done with it.</param>
    public async ValueTask<Result<NameRecord>> AdmitAsync(
        string siteId, string? tokenId, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        if (_zone.Joined?.Zone == siteId)
        {
            return await _zone.ReadAsync(tables => tables.Names.Find(dataset), ct) is { } name
                ? name
                : ErrorCode.NotFound.With($"There is no dataset {dataset}.");
        }

        if (await _zone.ReadAsync(tables => ServingBounds.Of(tables).Excludes(siteId, dataset), ct))
        {
            return ErrorCode.NotFound.With($"There is no dataset {dataset}.");
        }

        Result<Caller> reader = tokenId is null ? Caller.Anonymous : await FindAsync(siteId, tokenId, ct);
        return reader.IsOk
            ? (await _authorizer.AuthorizeAsync(reader.Value, dataset, operation, ct)).Then<NameRecord>(static access => access.Dataset)
            : reader.Error;
    }

    /// <summary>
    /// Who has asked at the zone's own site, as the zone says: its tokens and sessions are known to no other site. What the account may,
    /// the view here decides.
    /// </summary>
    public ValueTask<Result<Caller>> FindAsync(PassedCaller vouched, CancellationToken ct) => _zone.Joined is { } zone
        ? _zone.ReadAsync(tables => SiteTokens.FindCaller(tables, zone.Zone, vouched, _zone.Time.GetUtcNow()), ct)
        : throw new InvalidOperationException("A zone is not told by itself who asks.");

    /// <summary>Who used a token at another site, which must be the one that the token is for.</summary>
    public ValueTask<Result<Caller>> FindAsync(string siteId, string tokenId, CancellationToken ct) =>
        _zone.ReadAsync(tables => SiteTokens.FindCaller(tables, siteId, tokenId, _zone.Time.GetUtcNow()), ct);
}
