using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>A token, without its secret.</summary>
public sealed record TokenInfo
{
    /// <summary>Public part of the token.</summary>
    public required string Id { get; init; }

    /// <summary>What its owner called it.</summary>
    public string? Name { get; init; }

    /// <summary><c>read</c>, <c>write</c>, <c>manage</c>, <c>admin</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends; absent when it does not.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>The one dataset it is good for; absent when for all.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>The access key, when it is a key of the S3 door; absent otherwise.</summary>
    public string? AccessKey { get; init; }
}

/// <summary>Asks for a token of the caller.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateToken
{
    /// <summary>What to call it.</summary>
    public string? Name { get; init; }

    /// <summary>Scopes; <c>read</c> and <c>write</c> when absent. None may exceed those of the token that asks.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Life in seconds; absent for no end.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>Name or id of the one dataset it shall be good for.</summary>
    public string? Dataset { get; init; }

    /// <summary>
    /// Whether it shall be a key of the S3 door; it is good there only, and its scopes are <c>read</c>, <c>write</c> and <c>manage</c> when
    /// absent.
    /// </summary>
    public bool S3 { get; init; }
}

/// <summary>A new token, shown only here.</summary>
public sealed record CreatedToken
{
    /// <summary>Public part, by which it is revoked.</summary>
    public required string Id { get; init; }

    /// <summary>The token, to be sent as Bearer; absent for a key of the S3 door.</summary>
    public string? Token { get; init; }

    /// <summary>For a key of the S3 door: its access key.</summary>
    public string? AccessKey { get; init; }

    /// <summary>For a key of the S3 door: its secret key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>When it ends; absent when it does not.</summary>
    public DateTimeOffset? Expires { get; init; }
}
