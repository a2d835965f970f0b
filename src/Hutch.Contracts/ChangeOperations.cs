namespace Hutch.Contracts;

/// <summary>The changes of a commit, as <see cref="CommitChange.Op"/> writes them.</summary>
public static class ChangeOperations
{
    /// <summary>Set the entry at a path.</summary>
    public const string Put = "put";

    /// <summary>Remove the entry at a path.</summary>
    public const string Delete = "delete";
}
