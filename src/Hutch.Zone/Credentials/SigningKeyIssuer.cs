namespace Hutch.Zone.Credentials;

/// <summary>
/// Derives signing keys for the sites of this zone. A site gets those of its own region, for the days around the present one by the clock
/// of the zone, of the S3 keys that open it. Nothing that it says changes region or days.
/// </summary>
public sealed class SigningKeyIssuer
{
    private readonly ZoneDatabase _zone;
    private readonly S3Keys _keys;

    internal SigningKeyIssuer(ZoneDatabase zone, S3Keys keys) => (_zone, _keys) = (zone, keys);

    /// <param name="siteId">The site that asks, as its connection proves it.</param>
    /// <param name="tokens">The tokens that the zone made for it; others are left out of the answer, without a word about them.</param>
    public async ValueTask<Result<IssuedSigningKeys>> IssueAsync(string siteId, IReadOnlyList<string> tokens, CancellationToken ct)
    {
        DateTimeOffset now = _zone.Time.GetUtcNow();
        DateOnly first = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-DerivedKey.DaysBack);
        (string? region, List<(string Token, TokenRecord Key)> found) = await _zone.ReadAsync(
            tables => Find(tables, siteId, tokens, now), ct);
        return region is null
            ? ErrorCode.Forbidden.With("The zone has no such site.")
            : new IssuedSigningKeys(
                region,
                [
                    .. found.Select(one => new DerivedKey(
                        one.Token, one.Key.Id, first, _keys.SigningKeys(one.Key, first, DerivedKey.Days, region))),
                ]);
    }

    private static (string? Region, List<(string Token, TokenRecord Key)> Found) Find(
        ZoneTables tables, string siteId, IReadOnlyList<string> tokens, DateTimeOffset now)
    {
        var found = new List<(string Token, TokenRecord Key)>();
        foreach (string id in tokens.Distinct())
        {
            if (FindKey(tables, siteId, id, now) is { } key)
            {
                found.Add((id, key));
            }
        }

        return (tables.Sites.Find(siteId) is { RemovedAt: null } site ? site.Region : null, found);
    }

    /// <summary>Returns the S3 key of which a token was made for a site; null if there is none, or either has ended.</summary>
    private static TokenRecord? FindKey(ZoneTables tables, string siteId, string tokenId, DateTimeOffset now)
    {
        return tables.Tokens.Find(tokenId) is { LoginId: { } keyId } token && token.Scope.Site == siteId && IsGood(token)
            && tables.Tokens.Find(keyId) is { S3Generation: not null } key && IsGood(key) && key.UserId == token.UserId
            && key.Scope.Opens.Contains(siteId) && tables.Principals.FindUser(key.UserId) is { DisabledAt: null }
            ? key
            : null;

        bool IsGood(TokenRecord one) => one.RevokedAt is null && !(one.ExpiresAt <= now);
    }
}

/// <param name="Region">The region of the asking site.</param>
public sealed record IssuedSigningKeys(string Region, IReadOnlyList<DerivedKey> Keys);
