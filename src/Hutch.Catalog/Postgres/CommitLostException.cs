namespace Hutch.Catalog.Postgres;

/// <param name="isUnknown">True if the commit may have happened; false if a look-up showed that it did not and never will.</param>
public sealed class CommitLostException(bool isUnknown, Exception inner) : Exception("The answer to a commit was lost.", inner)
{
    public bool IsUnknown { get; } = isUnknown;
}
