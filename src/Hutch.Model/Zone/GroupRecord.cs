namespace Hutch.Model.Zone;

public sealed record GroupRecord(PrincipalId Id, string Name, string? Description, DateTimeOffset CreatedAt);

public sealed record MemberRecord(PrincipalId UserId, string UserName, bool Manager, DateTimeOffset Since);

public sealed record MembershipRecord(PrincipalId GroupId, string GroupName, bool Manager);
