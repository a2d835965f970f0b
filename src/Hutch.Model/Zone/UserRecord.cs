namespace Hutch.Model.Zone;

/// <summary>An account.</summary>
/// <param name="Name">The login name.</param>
/// <param name="DisplayName">The name for display; null for none.</param>
/// <param name="DisabledAt">The time of disabling; null if it is enabled.</param>
public sealed record UserRecord(PrincipalId Id, string Name, string? DisplayName, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt)
{
    /// <summary>The email address; null for none.</summary>
    public string? Email { get; init; }
}
