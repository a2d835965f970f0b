using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>A right that somebody has on a dataset.</summary>
public sealed record GrantInfo
{
    /// <summary><c>user:NAME</c>, <c>group:NAME</c> or <c>public</c>.</summary>
    public required string Principal { get; init; }

    /// <summary><c>view</c>, <c>read</c>, <c>derive</c>, <c>write</c> or <c>manage</c>; each includes those before it.</summary>
    public required string Right { get; init; }

    /// <summary>When it begins (embargo); absent for at once.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Who gave it.</summary>
    public string? By { get; init; }

    /// <summary>When it was given.</summary>
    public DateTimeOffset? Time { get; init; }
}

/// <summary>Gives a right.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutGrant
{
    /// <summary><c>view</c>, <c>read</c>, <c>derive</c>, <c>write</c> or <c>manage</c>.</summary>
    public required string Right { get; init; }

    /// <summary>When it begins (embargo).</summary>
    public DateTimeOffset? After { get; init; }
}
