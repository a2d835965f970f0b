namespace Hutch.Model.Zone;

/// <summary>An account.</summary>
/// <param name="Name">The login name.</param>
/// <param name="DisplayName">The name for people, or null.</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="DisabledAt">Since when it is disabled; null when it is not.</param>
public sealed record UserRecord(PrincipalId Id, string Name, string? DisplayName, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt)
{
    /// <summary>The email address, if there is one.</summary>
    public string? Email { get; init; }
}
