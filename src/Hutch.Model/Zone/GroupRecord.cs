namespace Hutch.Model.Zone;

/// <summary>A group.</summary>
/// <param name="Description">A line for people, or null.</param>
/// <param name="CreatedAt">The time of its creation.</param>
public sealed record GroupRecord(PrincipalId Id, string Name, string? Description, DateTimeOffset CreatedAt);

/// <summary>A member of a group.</summary>
/// <param name="UserName">The user's name.</param>
/// <param name="Manager">Whether the user may change the group.</param>
public sealed record MemberRecord(PrincipalId UserId, string UserName, bool Manager, DateTimeOffset Since);

/// <summary>A group that a user belongs to.</summary>
/// <param name="Manager">Whether the user may change it.</param>
public sealed record MembershipRecord(PrincipalId GroupId, string GroupName, bool Manager);
