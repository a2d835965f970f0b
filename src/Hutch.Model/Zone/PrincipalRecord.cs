namespace Hutch.Model.Zone;

/// <summary>A user or a group, with their common fields.</summary>
/// <param name="Name">The name, unique among users and groups together.</param>
public sealed record PrincipalRecord(PrincipalId Id, PrincipalKind Kind, string Name);

/// <summary>The kinds of principals, which can own datasets and hold rights.</summary>
public enum PrincipalKind
{
    /// <summary>A person or a program with an account.</summary>
    User,

    Group,
}
