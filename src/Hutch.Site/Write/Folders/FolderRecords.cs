using System.Runtime.CompilerServices;

namespace Hutch.Site.Write.Folders;

/// <summary>The records of datasets whose files stay in folders of the facility.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class FolderRecords(SiteDatabase records)
{
    /// <summary>Returns the dataset of a folder with this identity, unless its bytes have ended; null for none.</summary>
    public ValueTask<SiteDataset?> WithIdentityAsync(string identity, CancellationToken ct) =>
        records.ReadAsync(queries => queries.DatasetOfFolderIdentity(identity), ct);

    /// <summary>Returns the dataset whose files stay in this folder, unless its bytes have ended; null for none.</summary>
    public ValueTask<SiteDataset?> InFolderAsync(string folder, CancellationToken ct) =>
        records.ReadAsync(queries => queries.DatasetInFolder(folder), ct);

    /// <summary>Returns all such datasets, except those whose bytes have ended, in the order in which they were made.</summary>
    public ValueTask<IReadOnlyList<SiteDataset>> ListAsync(CancellationToken ct) =>
        records.ReadAsync(queries => queries.DatasetsInFolders(), ct);

    /// <summary>Enumerates the registered files in the folder of a dataset, in the order of their paths.</summary>
    public async IAsyncEnumerable<FolderStamp> FilesAsync(SiteDataset dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        const int AtOnce = 1000;
        string last = "";
        while (await NextAsync(dataset, last, AtOnce, ct) is { Count: > 0 } files)
        {
            foreach (FolderFile file in files)
            {
                yield return new FolderStamp(file.Path, file.Stamp) { Name = file.Name, IsHashed = file.IsHashed };
            }

            last = files[^1].Path.Value;
        }
    }

    /// <summary>Returns the dataset with this id, also one that has ended; null for none.</summary>
    public ValueTask<SiteDataset?> FindAsync(DatasetId id, CancellationToken ct) => records.ReadAsync(queries => queries.Dataset(id), ct);

    /// <summary>Returns the keys of a dataset, and what names their bytes.</summary>
    public async ValueTask<IReadOnlyDictionary<string, BlobHash>> KeysAsync(SiteDataset dataset, CancellationToken ct)
    {
        const int AtOnce = 1000;
        var keys = new Dictionary<string, BlobHash>(StringComparer.Ordinal);
        string last = "";
        while (await records.ReadAsync(queries => queries.StoredKeys(dataset.Key, last, AtOnce), ct) is { Count: > 0 } some)
        {
            foreach (StoredKey key in some)
            {
                keys[key.Name] = key.Hash;
            }

            last = some[^1].Name;
        }

        return keys;
    }

    public ValueTask<long> CountToHashAsync(SiteDataset dataset, CancellationToken ct) =>
        records.ReadAsync(queries => queries.CountToHash(dataset.Key), ct);

    /// <summary>Returns how many files of a dataset wait to be hashed, and their bytes.</summary>
    public ValueTask<(long Files, long Bytes)> FindToHashAsync(SiteDataset dataset, CancellationToken ct) =>
        records.ReadAsync(queries => (queries.CountToHash(dataset.Key), queries.BytesToHash(dataset.Key)), ct);

    private ValueTask<List<FolderFile>> NextAsync(SiteDataset dataset, string last, int limit, CancellationToken ct) => records.ReadAsync(
        queries => queries.FolderFiles(dataset.Key, last, limit).Where(file => file.Path.Value != last).ToList(), ct);
}

/// <param name="Stamp">Its times and size from the file system.</param>
public readonly record struct FolderStamp(DatasetPath Path, FileStamp Stamp)
{
    /// <summary>The hash of its bytes, or a name of this version until they are hashed.</summary>
    public BlobHash Name { get; init; }

    public bool IsHashed { get; init; }
}
