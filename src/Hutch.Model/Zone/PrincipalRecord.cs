namespace Hutch.Model.Zone;

/// <summary>A user or a group, by what they have in common.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Name">The name, unique among users and groups together.</param>
public sealed record PrincipalRecord(PrincipalId Id, PrincipalKind Kind, string Name);

/// <summary>What can own a dataset or be given a right.</summary>
public enum PrincipalKind
{
    /// <summary>A person or a program with an account.</summary>
    User,

    /// <summary>A set of users.</summary>
    Group,
}
