namespace Hutch.Datasets.Versions;

/// <summary>The permanent versions of a dataset, as they are shown where versions are cited: as commits.</summary>
/// <param name="Main">
/// Those that were pushed, asked for, made by a run or at the close, oldest first. None is ever taken out of the middle, as the reason of a
/// snapshot does not change.
/// </param>
/// <param name="Tagged">Automatic ones that have a tag now, each outside the main line.</param>
public sealed record PermanentVersions(
    SiteDataset Dataset, IReadOnlyList<SiteSnapshot> Main, IReadOnlyList<SiteSnapshot> Tagged, bool IsEmpty)
{
    public DatasetId Id => Dataset.Id;
}
