namespace Hutch.Model.Zone;

/// <summary>Who does something, for the audit.</summary>
/// <param name="Id">The user; null for the server itself and for link holders.</param>
/// <param name="Name">Their name at that time.</param>
/// <param name="Credential">The public part of the token or link used; null for none.</param>
public sealed record AuditActor(PrincipalId? Id, string Name, string? Credential)
{
    /// <summary>The server itself: first start, scheduled work.</summary>
    public static AuditActor Server { get; } = new(null, "hutch", null);
}
