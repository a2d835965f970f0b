namespace Hutch.Contracts;

/// <summary>A token, without its secret.</summary>
public sealed record TokenInfo
{
    /// <summary>Public part of the token; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>Name, chosen by its owner.</summary>
    public string? Name { get; init; }

    /// <summary>Scopes: <c>read</c>, <c>write</c>, <c>manage</c>, <c>admin</c>; or <c>work</c>; or <c>scim</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public required DateTimeOffset Created { get; init; }

    /// <summary>Expiry time; absent: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Time of the last use, to the minute.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>The one dataset it is limited to; absent: all.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>For the scope <c>work</c>: the namespace of the runs that it may work on.</summary>
    public string? Namespace { get; init; }

    /// <summary>The instrument whose running visit it shows on a screen.</summary>
    public string? Instrument { get; init; }

    /// <summary>Id of the only site that accepts it; absent: the site of the zone's own server.</summary>
    public string? SiteId { get; init; }

    /// <summary>True if it reaches only data that are at home, or copied, at that site.</summary>
    public bool HeldOnly { get; init; }

    /// <summary>Access key, for an S3 key.</summary>
    public string? AccessKey { get; init; }

    /// <summary>Names of the sites that an S3 key or a narrowable token opens beside the zone's own.</summary>
    public IReadOnlyList<string>? Sites { get; init; }

    /// <summary>True if its holder can narrow it without a server.</summary>
    public bool Narrowable { get; init; }
}

/// <summary>Creates a token for the caller.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateToken
{
    /// <summary>Name in lists.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Scopes, none beyond those of the token of this request. Default: <c>read</c> and <c>write</c>. <c>work</c>, for workers, cannot be
    /// combined, and needs the role <c>operator</c>, <c>site-admin</c> or <c>administrator</c>. Neither can <c>scim</c>, for an identity
    /// provider, which needs the role <c>administrator</c>.
    /// </summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Lifetime in seconds; absent: unlimited.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>Name or id of the one dataset to limit it to.</summary>
    public string? Dataset { get; init; }

    /// <summary>
    /// For a narrowable token with <c>dataset</c>: the only folder of it, a path. The answer has the key with this restriction already, so
    /// that its holder cannot remove it.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>For the scope <c>work</c>: the namespace of the runs. Default: <c>default</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// For a screen at an instrument: the token only reads datasets of the visit that runs there, and has no other right of the account.
    /// Needs the role <c>administrator</c>.
    /// </summary>
    public string? Instrument { get; init; }

    /// <summary>Name of the only site that accepts it. Default: the site of the zone's own server.</summary>
    public string? Site { get; init; }

    /// <summary>
    /// Create a token that its holder can narrow without a server: see docs/formats/narrowed-tokens.md. It has the scopes <c>read</c>,
    /// <c>write</c> and <c>manage</c> at most.
    /// </summary>
    public bool Narrowable { get; init; }

    /// <summary>Create an S3 key, which works only for S3. Its default scopes are <c>read</c>, <c>write</c> and <c>manage</c>.</summary>
    public bool S3 { get; init; }

    /// <summary>
    /// For an S3 key or a narrowable token: names of the sites that it opens beside the zone's own, or <c>all</c> alone for those that
    /// are in the zone now. At each site it has at most the scopes <c>read</c>, <c>write</c> and <c>manage</c>.
    /// </summary>
    public IReadOnlyList<string>? Sites { get; init; }
}

/// <summary>A new token. It is shown only here.</summary>
public sealed record CreatedToken
{
    /// <summary>Public part of the token; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>The token, sent as a bearer token; absent for an S3 key.</summary>
    public string? Token { get; init; }

    /// <summary>Access key, for an S3 key.</summary>
    public string? AccessKey { get; init; }

    /// <summary>Secret key, for an S3 key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>Expiry time; absent: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Sites that an S3 key or a narrowable token opens beside the zone's own.</summary>
    public IReadOnlyList<OpenedSite>? Sites { get; init; }
}

/// <summary>A site that an S3 key or a narrowable token opens.</summary>
public sealed record OpenedSite
{
    /// <summary>Id in the zone, by which a narrowed key names it.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Region for which requests to it are signed. Clients learn it from its first answer; presigned URLs need it.</summary>
    public required string Region { get; init; }
}

/// <summary>Exchanges the token of the request for one of a site (RFC 8693), for a login there.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ExchangeToken
{
    /// <summary>Name of the site, or the address of its portal.</summary>
    public required string Site { get; init; }

    /// <summary>
    /// Required scopes of the new token: <c>read</c>, <c>write</c>, <c>manage</c>, and <c>held</c> for data at the site alone.
    /// Default: the scopes that the token of the request and your consent both allow.
    /// </summary>
    public IReadOnlyList<string>? Scopes { get; init; }
}

/// <summary>A token for a site, which ends with the token that was exchanged. It is shown only here.</summary>
public sealed record ExchangedTokenInfo
{
    /// <summary>Name of the site.</summary>
    public required string Site { get; init; }

    /// <summary>Address of the site.</summary>
    public required string Address { get; init; }

    /// <summary>SHA-256 of its certificate, if that is to be trusted without an authority.</summary>
    public string? Certificate { get; init; }

    /// <summary>Public part of the token.</summary>
    public required string Id { get; init; }

    public required string Token { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"{nameof(ExchangedTokenInfo)} {Site}";
}
