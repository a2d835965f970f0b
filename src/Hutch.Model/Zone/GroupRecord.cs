namespace Hutch.Model.Zone;

/// <summary>A group.</summary>
/// <param name="Description">A line for display; null for none.</param>
/// <param name="CreatedAt">The time of its creation.</param>
public sealed record GroupRecord(PrincipalId Id, string Name, string? Description, DateTimeOffset CreatedAt);

/// <summary>A member of a group.</summary>
/// <param name="Manager">True if the user can change the group.</param>
public sealed record MemberRecord(PrincipalId UserId, string UserName, bool Manager, DateTimeOffset Since);

/// <summary>A user's membership in a group.</summary>
/// <param name="Manager">True if the user can change the group.</param>
public sealed record MembershipRecord(PrincipalId GroupId, string GroupName, bool Manager);
