using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Zone.Replication.Sites;

/// <summary>
/// Access of other sites to this home for their users. The home trusts a site only to name the token used there: it must be one for that
/// site, and its rights are checked here. The zone's own site is trusted, because it decides about rights anyway.
/// </summary>
public sealed class SiteReaders
{
    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;

    internal SiteReaders(ZoneDatabase zone, Authorizer authorizer) => (_zone, _authorizer) = (zone, authorizer);

    /// <summary>Returns the dataset when a site may read it for its user.</summary>
    /// <param name="tokenId">The public part of the token used there; null for an anonymous reader.</param>
    public async ValueTask<Result<NameRecord>> AdmitAsync(
        string siteId, string? tokenId, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        if (_zone.Joined?.Zone == siteId)
        {
            return await _zone.ReadAsync(tables => tables.Names.Find(dataset), ct) is { } name
                ? name
                : ErrorCode.NotFound.With($"There is no dataset {dataset}.");
        }

        if (await _zone.ReadAsync(tables => ServingBounds.From(tables).Excludes(siteId, dataset), ct))
        {
            return ErrorCode.NotFound.With($"There is no dataset {dataset}.");
        }

        Result<Caller> reader = tokenId is null ? Caller.Anonymous : await FindReaderAsync(siteId, tokenId, ct);
        return reader.IsOk
            ? (await _authorizer.AuthorizeAsync(reader.Value, dataset, operation, ct)).Then<NameRecord>(static access => access.Dataset)
            : reader.Error;
    }

    /// <summary>
    /// Returns the caller of a request at the zone's own site, which the zone vouches for, because no other site knows its tokens and
    /// sessions. The view here decides about the account's rights.
    /// </summary>
    public ValueTask<Result<Caller>> FindAsync(ForwardedCaller vouched, CancellationToken ct) => _zone.Joined is { } zone
        ? _zone.ReadAsync(tables => SiteTokens.FindCaller(tables, zone.Zone, vouched, _zone.Time.GetUtcNow()), ct)
        : throw new InvalidOperationException("A zone is not told by itself who asks.");

    /// <summary>
    /// Returns the caller of a token that was used at another site, which must be the token's site. The token of an S3 key is refused: the
    /// S3 door passes reads on and nothing else, so a site has no reason to ask for more.
    /// </summary>
    public async ValueTask<Result<Caller>> FindAsync(string siteId, string tokenId, CancellationToken ct) =>
        (await FindReaderAsync(siteId, tokenId, ct)).Then<Caller>(static caller => caller.Scope.Opens.Count == 0
            ? caller
            : ErrorCode.Forbidden.With("Over S3, a site reads at other sites, and changes nothing there."));

    /// <summary>Returns the scopes of the rules that keep datasets from a site, except those at home there; empty for none.</summary>
    public ValueTask<IReadOnlyCollection<RuleScope>> HiddenFromAsync(string siteId, CancellationToken ct) => _zone.ReadAsync(
        tables => tables.Sites.Find(siteId) is { } site ? ServingBounds.HiddenFrom(tables, site) : [], ct);

    /// <summary>Returns those of some datasets that a site may know, in their order.</summary>
    public ValueTask<IReadOnlyList<DatasetId>> ServedAsync(string siteId, IReadOnlyList<DatasetId> datasets, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<DatasetId>>(
            tables => ServingBounds.From(tables) is var bounds && bounds.IsEmpty
                ? datasets
                : [.. datasets.Where(dataset => !bounds.Excludes(siteId, dataset))],
            ct);

    /// <summary>Returns the rule that keeps new datasets of an owner and a type away from a site; null for none.</summary>
    public ValueTask<string?> FindExclusionAsync(string siteId, string owner, TypeLineage type, CancellationToken ct) => _zone.ReadAsync(
        tables => tables.Sites.Find(siteId) is { } site && tables.Principals.Find(owner) is { } principal
            ? ServingBounds.From(tables).FindExclusion(site, principal.Id, type)?.ToString()
            : null,
        ct);

    private ValueTask<Result<Caller>> FindReaderAsync(string siteId, string tokenId, CancellationToken ct) =>
        _zone.ReadAsync(tables => SiteTokens.FindCaller(tables, siteId, tokenId, _zone.Time.GetUtcNow()), ct);
}
