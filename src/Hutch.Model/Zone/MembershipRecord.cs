namespace Hutch.Model.Zone;

/// <summary>A group of a user.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="GroupName">Its name.</param>
/// <param name="Manager">Whether the user may change it.</param>
public sealed record MembershipRecord(PrincipalId GroupId, string GroupName, bool Manager);
