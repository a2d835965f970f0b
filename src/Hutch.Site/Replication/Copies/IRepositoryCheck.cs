using Hutch.Model;

namespace Hutch.Site.Replication.Copies;

/// <summary>
/// Looks into what git brought of a dataset at its home, before it takes the place of what this site has of it. A site knows the files of a
/// repository and not what is in them, so that the door of git does this.
/// </summary>
public interface IRepositoryCheck
{
    /// <summary>
    /// Why a repository cannot take the place of the one that is here; null when it can. It can when it is sound, and has every object and
    /// every ref that was here.
    /// </summary>
    /// <param name="dataset">Of which dataset. Its files are stored here.</param>
    /// <param name="before">What is here; null when there is nothing yet.</param>
    /// <param name="offered">What the home says. It has the files of a repository, and no others.</param>
    Task<HutchError?> FindFaultAsync(DatasetId dataset, TreeRoot? before, TreeRoot offered, CancellationToken ct);
}
