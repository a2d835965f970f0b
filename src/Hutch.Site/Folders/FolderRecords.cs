using Hutch.Catalog.Site;
using Hutch.Model.Site;

namespace Hutch.Site.Folders;

/// <summary>What the records say of datasets whose files stay in folders of the facility.</summary>
/// <remarks>Thread-safe. Checks no rights: the caller has.</remarks>
public sealed class FolderRecords(SiteDatabase records)
{
    /// <summary>The dataset of a folder with this identity, unless its bytes have ended; null for none.</summary>
    public ValueTask<SiteDataset?> WithIdentityAsync(string identity, CancellationToken ct) =>
        records.ReadAsync(queries => queries.DatasetOfFolderIdentity(identity), ct);

    /// <summary>The dataset whose files stay in this folder, unless its bytes have ended; null for none.</summary>
    public ValueTask<SiteDataset?> InFolderAsync(string folder, CancellationToken ct) =>
        records.ReadAsync(queries => queries.DatasetInFolder(folder), ct);

    /// <summary>All of them but those whose bytes have ended, in the order in which they were made.</summary>
    public ValueTask<IReadOnlyList<SiteDataset>> ListAsync(CancellationToken ct) =>
        records.ReadAsync(queries => queries.DatasetsInFolders(), ct);

    /// <summary>How many files of a dataset wait to be hashed.</summary>
    public ValueTask<long> CountToHashAsync(SiteDataset dataset, CancellationToken ct) =>
        records.ReadAsync(queries => queries.CountToHash(dataset.Key), ct);
}
