namespace Hutch.Model.Zone;

/// <summary>A user or a group, with their common fields.</summary>
/// <param name="Name">The name, unique among users and groups together.</param>
public sealed record PrincipalRecord(PrincipalId Id, PrincipalKind Kind, string Name);

public enum PrincipalKind
{
    User,

    Group,
}
