namespace Hutch.Contracts;

/// <summary>A share link, without its secret.</summary>
public sealed record LinkInfo
{
    /// <summary>Public part of the link; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>Right that the link gives: <c>view</c> or <c>read</c>.</summary>
    public required string Right { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>User who created it.</summary>
    public string? By { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateLink
{
    /// <summary><c>view</c> or <c>read</c>.</summary>
    public required string Right { get; init; }

    /// <summary>Lifetime in seconds. Default: 7 days.</summary>
    public long? ExpiresIn { get; init; }
}

/// <summary>A new share link. The secret is shown only here.</summary>
public sealed record CreatedLink
{
    /// <summary>Public part of the link; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>The secret, used as a bearer token.</summary>
    public required string Token { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>
    /// Address for a browser, below the public address of the zone, for a link of any site. Servers of an earlier release omit it.
    /// </summary>
    public string? Url { get; init; }
}
