namespace Hutch.Contracts;

/// <summary>A right on a dataset.</summary>
public sealed record GrantInfo
{
    /// <summary>Holder: <c>user:NAME</c>, <c>group:NAME</c> or <c>public</c>.</summary>
    public required string Principal { get; init; }

    /// <summary><c>view</c>, <c>read</c>, <c>derive</c>, <c>write</c> or <c>manage</c>; each includes those before it.</summary>
    public required string Right { get; init; }

    /// <summary>Time when it takes effect (embargo); absent: at once.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>User who granted it.</summary>
    public string? By { get; init; }

    public DateTimeOffset? Time { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutGrant
{
    /// <summary><c>view</c>, <c>read</c>, <c>derive</c>, <c>write</c> or <c>manage</c>.</summary>
    public required string Right { get; init; }

    /// <summary>Time when it takes effect (embargo). Default: at once.</summary>
    public DateTimeOffset? After { get; init; }
}
