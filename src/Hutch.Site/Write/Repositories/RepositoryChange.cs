namespace Hutch.Site.Write.Repositories;

/// <summary>The change of a dataset's repository, with a push or alone.</summary>
/// <param name="To">The new one; its pages are stored.</param>
/// <param name="Number">The number that the snapshot of the push must get, as the repository uses it; 0 for no snapshot.</param>
/// <param name="Through">The sequence number up to which new content of keys was applied to the head.</param>
public sealed record RepositoryChange(
    TreeRoot? From, TreeRoot To, long Number, long Through, IReadOnlyList<(string Tag, long Number)> Tags);
