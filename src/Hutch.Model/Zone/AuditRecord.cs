namespace Hutch.Model.Zone;

/// <param name="Sequence">The position: 1, 2, 3, …</param>
/// <param name="Target">The object of the action, such as <c>user:ada</c> or <c>dataset:UUID</c>; null for none.</param>
/// <param name="Detail">Details in a few words, or null. Never a secret.</param>
public sealed record AuditRecord(long Sequence, DateTimeOffset At, AuditActor Actor, string Action, string? Target, string? Detail)
{
    /// <summary>The name of the dataset that is the target; null for another target, and where it was not looked up.</summary>
    public string? TargetName { get; init; }
}

/// <param name="Id">The user; null for the server itself and for link holders.</param>
/// <param name="Credential">The public part of the token or link used; null for none.</param>
public sealed record AuditActor(PrincipalId? Id, string Name, string? Credential)
{
    /// <summary>The server itself: first start, scheduled jobs.</summary>
    public static AuditActor Server { get; } = new(null, "hutch", null);
}
