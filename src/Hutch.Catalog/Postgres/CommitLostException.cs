namespace Hutch.Catalog.Postgres;

/// <summary>The answer to a commit did not come.</summary>
/// <param name="isUnknown">Whether the commit may have happened; else it was looked up, and never will.</param>
/// <param name="inner">How the answer was lost.</param>
public sealed class CommitLostException(bool isUnknown, Exception inner) : Exception("The answer to a commit was lost.", inner)
{
    /// <summary>Whether the commit may have happened.</summary>
    public bool IsUnknown { get; } = isUnknown;
}
