namespace Hutch.Contracts;

public sealed record GroupInfo
{
    public required string Name { get; init; }

    public IReadOnlyList<GroupMember> Members { get; init; } = [];
}

public sealed record GroupMember
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }

    /// <summary>True if the member may change the group.</summary>
    public bool Manager { get; init; }
}

/// <summary>Creates a group; the caller becomes its first manager.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateGroup
{
    /// <summary>Lower-case letters, digits and dashes.</summary>
    public required string Name { get; init; }
}

/// <summary>Adds a member to a group or changes its role.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutMember
{
    /// <summary>True if the member may change the group.</summary>
    public bool Manager { get; init; }
}
