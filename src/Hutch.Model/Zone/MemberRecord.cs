namespace Hutch.Model.Zone;

/// <summary>A user in a group.</summary>
/// <param name="UserId">The user.</param>
/// <param name="UserName">The user's name.</param>
/// <param name="Manager">Whether the user may change the group.</param>
/// <param name="Since">Since when.</param>
public sealed record MemberRecord(PrincipalId UserId, string UserName, bool Manager, DateTimeOffset Since);
