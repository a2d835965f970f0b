using Hutch.Model;

namespace Hutch.Site.Write.Repositories;

/// <summary>What becomes of the repository of a dataset together with a push, or by itself.</summary>
/// <param name="From">The repository that it was made from; null when there was none.</param>
/// <param name="To">The new one; its pages are stored.</param>
/// <param name="Number">The number that the snapshot of the push must get, as the repository names it so; 0 for no snapshot.</param>
/// <param name="Through">Content of keys that came up to this sequence number was looked at for the head.</param>
/// <param name="Tags">Tags to set, with the numbers of their snapshots.</param>
public sealed record RepositoryChange(
    TreeRoot? From, TreeRoot To, long Number, long Through, IReadOnlyList<(string Tag, long Number)> Tags);
