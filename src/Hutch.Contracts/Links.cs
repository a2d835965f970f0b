using System.Text.Json.Serialization;

namespace Hutch.Contracts;

/// <summary>A share link, without its secret.</summary>
public sealed record LinkInfo
{
    /// <summary>Public part of the link; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>What it gives to everyone who has it: <c>view</c> or <c>read</c>.</summary>
    public required string Right { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>Who created it.</summary>
    public string? By { get; init; }
}

/// <summary>Creates a share link.</summary>
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
    /// Where it opens in a browser, at whatever site it was made: under the public address of the zone. Servers of an earlier release do
    /// not say it.
    /// </summary>
    public string? Url { get; init; }
}
