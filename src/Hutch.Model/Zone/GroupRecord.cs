namespace Hutch.Model.Zone;

/// <summary>A group.</summary>
/// <param name="Id">The identity.</param>
/// <param name="Name">The name.</param>
/// <param name="Description">A line for people, or null.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record GroupRecord(PrincipalId Id, string Name, string? Description, DateTimeOffset CreatedAt);

/// <summary>A member of a group.</summary>
/// <param name="UserId">The user.</param>
/// <param name="UserName">The user's name.</param>
/// <param name="Manager">Whether the user may change the group.</param>
/// <param name="Since">Since when.</param>
public sealed record MemberRecord(PrincipalId UserId, string UserName, bool Manager, DateTimeOffset Since);

/// <summary>A group that a user belongs to.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="GroupName">Its name.</param>
/// <param name="Manager">Whether the user may change it.</param>
public sealed record MembershipRecord(PrincipalId GroupId, string GroupName, bool Manager);
