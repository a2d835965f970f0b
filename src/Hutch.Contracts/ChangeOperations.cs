namespace Hutch.Contracts;

/// <summary>Values of <see cref="CommitChange.Op"/>, the changes of a commit.</summary>
public static class ChangeOperations
{
    /// <summary>Set the entry at a path.</summary>
    public const string Put = "put";

    /// <summary>Remove the entry at a path.</summary>
    public const string Delete = "delete";
}
