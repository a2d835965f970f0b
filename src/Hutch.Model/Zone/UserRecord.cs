namespace Hutch.Model.Zone;

/// <param name="DisabledAt">The time of disabling; null if it is enabled.</param>
public sealed record UserRecord(PrincipalId Id, string Name, string? DisplayName, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt)
{
    public string? Email { get; init; }
}
