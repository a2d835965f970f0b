namespace Hutch.Datasets.Repositories;

/// <summary>Finds the git commits of subdatasets. It reads what git brought.</summary>
public interface ISubdatasetCommits
{
    /// <summary>Finds the commits that a version names for the folders of its subdatasets.</summary>
    /// <param name="paths">The folders, in ordinal order.</param>
    /// <returns>The commit of each path that has one, as 40 hex digits; empty if git brought nothing to the dataset.</returns>
    Task<IReadOnlyDictionary<string, string>> FindAsync(
        SiteDataset dataset, long snapshot, IReadOnlyList<string> paths, CancellationToken ct);

    /// <summary>Finds the snapshot whose commit this is; null if no version of the dataset has it.</summary>
    Task<long?> FindSnapshotAsync(SiteDataset dataset, string commit, CancellationToken ct);
}
