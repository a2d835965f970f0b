namespace Hutch.Model.Zone;

/// <summary>One line of the audit.</summary>
/// <param name="Sequence">Its position: 1, 2, 3, …</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What was done, such as <c>token.revoke</c>.</param>
/// <param name="Target">To what, such as <c>user:ada</c>, <c>dataset:UUID</c>; or null.</param>
/// <param name="Detail">More about it in a few words, or null. Never a secret.</param>
public sealed record AuditRecord(long Sequence, DateTimeOffset At, AuditActor Actor, string Action, string? Target, string? Detail);

/// <summary>The author of an audited action.</summary>
/// <param name="Id">The user; null for the server itself and for link holders.</param>
/// <param name="Name">Their name at that time.</param>
/// <param name="Credential">The public part of the token or link used; null for none.</param>
public sealed record AuditActor(PrincipalId? Id, string Name, string? Credential)
{
    /// <summary>The server itself: first start, scheduled work.</summary>
    public static AuditActor Server { get; } = new(null, "hutch", null);
}
