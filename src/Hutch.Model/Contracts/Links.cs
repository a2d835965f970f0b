using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>A share link, without its secret.</summary>
public sealed record LinkInfo
{
    /// <summary>Its public part.</summary>
    public required string Id { get; init; }

    /// <summary>What it gives to whoever has it.</summary>
    public required string Right { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Who made it.</summary>
    public string? By { get; init; }
}

/// <summary>Asks for a share link.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateLink
{
    /// <summary><c>view</c> or <c>read</c>.</summary>
    public required string Right { get; init; }

    /// <summary>Life in seconds; 7 days when absent.</summary>
    public long? ExpiresIn { get; init; }
}

/// <summary>A new share link, shown only here.</summary>
public sealed record CreatedLink
{
    /// <summary>Its public part, by which it is withdrawn.</summary>
    public required string Id { get; init; }

    /// <summary>The secret, used as a bearer token.</summary>
    public required string Token { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Expires { get; init; }
}
