namespace Hutch.Contracts;

/// <summary>A key that was narrowed without a server.</summary>
public sealed record NarrowedKey
{
    /// <summary>The key, sent as a bearer token or as the session token of S3.</summary>
    public required string Key { get; init; }

    /// <summary>Id of the token with which it ends.</summary>
    public required string Token { get; init; }

    /// <summary>Its permissions in English, as the end of a sentence that begins with "It".</summary>
    public required string Permits { get; init; }

    /// <summary>Access key of S3.</summary>
    public required string AccessKey { get; init; }

    /// <summary>Secret key of S3.</summary>
    public required string SecretKey { get; init; }
}

/// <summary>What a key says of itself.</summary>
public sealed record ExplainedKey
{
    /// <summary>What it is: <c>key</c>, <c>token</c>, <c>link</c> or <c>join-token</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Id of the zone; absent for tokens from before zones had ids.</summary>
    public string? Zone { get; init; }

    /// <summary>Id of the token with which it ends.</summary>
    public string? Token { get; init; }

    /// <summary>What each block permits, in English, in their order.</summary>
    public IReadOnlyList<string> Blocks { get; init; } = [];

    /// <summary>What all blocks together permit, in English; absent if only the server knows.</summary>
    public string? Permits { get; init; }
}
