namespace Hutch.Model.Zone;

public sealed record GroupRecord(PrincipalId Id, string Name, string? Description, DateTimeOffset CreatedAt);

public sealed record MemberRecord(PrincipalId UserId, string UserName, bool Manager, DateTimeOffset Since);

public sealed record MembershipRecord(PrincipalId GroupId, string GroupName, bool Manager)
{
    /// <summary>True if the group is a visit, of which only members know.</summary>
    public bool IsVisit => WritesUntil is not null;

    /// <summary>The end of a visit, after which its members only read; null for an ordinary group.</summary>
    public DateTimeOffset? WritesUntil { get; init; }

    /// <summary>The begin of a visit, for a screen at its instrument; otherwise null.</summary>
    public DateTimeOffset? Begins { get; init; }
}
