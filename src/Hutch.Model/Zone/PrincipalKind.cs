namespace Hutch.Model.Zone;

/// <summary>What can own a dataset or be given a right.</summary>
public enum PrincipalKind
{
    /// <summary>A person or a program with an account.</summary>
    User,

    /// <summary>A set of users.</summary>
    Group,
}
