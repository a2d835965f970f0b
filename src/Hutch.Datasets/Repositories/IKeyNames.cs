namespace Hutch.Datasets.Repositories;

/// <summary>Knows which keys of git-annex something in a dataset names: it reads what git brought.</summary>
public interface IKeyNames
{
    /// <summary>The days for which unreferenced content stays; 0 for no limit.</summary>
    int Days { get; }

    /// <summary>Those of some keys of a dataset that no commit, branch or version of it names.</summary>
    Task<IReadOnlyList<StoredKey>> FindUnnamedAsync(SiteDataset dataset, IReadOnlyList<StoredKey> keys, CancellationToken ct);
}
