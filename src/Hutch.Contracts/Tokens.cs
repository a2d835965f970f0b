using System.Text.Json.Serialization;
using Hutch.Model;

namespace Hutch.Contracts;

/// <summary>A token, without its secret.</summary>
public sealed record TokenInfo
{
    /// <summary>Public part of the token; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>Name its owner gave it.</summary>
    public string? Name { get; init; }

    /// <summary>What it allows: <c>read</c>, <c>write</c>, <c>manage</c>, <c>admin</c>; or <c>work</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public required DateTimeOffset Created { get; init; }

    /// <summary>When it expires; absent: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>The one dataset it is limited to; absent: all.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>The namespace of runs that it may work on, for the scope <c>work</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Id of the only site at which it is good; absent: the one beside the zone.</summary>
    public string? SiteId { get; init; }

    /// <summary>Access key, for an S3 key.</summary>
    public string? AccessKey { get; init; }
}

/// <summary>Creates a token for the caller.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateToken
{
    /// <summary>Name to list it by.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Scopes, none beyond those of the token used for this request. Default: <c>read</c> and <c>write</c>. <c>work</c>, for workers,
    /// stands alone, and needs the role <c>operator</c>, <c>site-admin</c> or <c>administrator</c>.
    /// </summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Lifetime in seconds; absent: unlimited.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>Name or id of the one dataset to limit it to.</summary>
    public string? Dataset { get; init; }

    /// <summary>For the scope <c>work</c>: the namespace whose runs it is for. Default: <c>default</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name of the only site at which it shall be good, and where it can be used then. Default: the one beside the zone.</summary>
    public string? Site { get; init; }

    /// <summary>Create an S3 key, which works only for S3. Its default scopes are <c>read</c>, <c>write</c> and <c>manage</c>.</summary>
    public bool S3 { get; init; }
}

/// <summary>A new token. It is shown only here.</summary>
public sealed record CreatedToken
{
    /// <summary>Public part of the token; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>The token, to be sent as a bearer token; absent for an S3 key.</summary>
    public string? Token { get; init; }

    /// <summary>Access key, for an S3 key.</summary>
    public string? AccessKey { get; init; }

    /// <summary>Secret key, for an S3 key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>When it expires; absent: never.</summary>
    public DateTimeOffset? Expires { get; init; }
}
