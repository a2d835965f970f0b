namespace Hutch.Site.Replication.Copies;

/// <summary>
/// Checks a repository from a dataset's home before it replaces this site's. A site knows the files of a repository but not their content,
/// so the door of git checks them.
/// </summary>
public interface IRepositoryCheck
{
    /// <summary>
    /// Returns the reason why a repository cannot replace the present one; null when it can. It can when it is sound, and has every object
    /// and every ref of the present one.
    /// </summary>
    /// <param name="dataset">The dataset. Its files are stored here.</param>
    /// <param name="offered">The home's repository. It has the files of a repository, and no others.</param>
    Task<HutchError?> FindFaultAsync(DatasetId dataset, TreeRoot? before, TreeRoot offered, CancellationToken ct);
}
