namespace Hutch.Model.Zone;

/// <summary>A group.</summary>
/// <param name="Id">The identity.</param>
/// <param name="Name">The name.</param>
/// <param name="Description">A line for people, or null.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record GroupRecord(PrincipalId Id, string Name, string? Description, DateTimeOffset CreatedAt);
