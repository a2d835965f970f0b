using Hutch.Catalog.Sqlite;
using Hutch.Model.Annex;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string SelectFolderFiles =
        """
        SELECT d.key, d.id, d.folder, f.path, f.name, f.size, f.modified, f.changed, f.inode, f.hashed, f.gone, d.eviction,
            d.folder_identity
        FROM folder_files f JOIN datasets d ON d.key = f.dataset WHERE d.folder IS NOT NULL AND
        """;

    /// <summary>
    /// Returns the files with this name (<see cref="FolderFile.Name"/>), the best first. Present files come before missing ones, then those
    /// of the dataset being read, then the last registered.
    /// </summary>
    public IReadOnlyList<FolderFile> FolderFiles(BlobHash name, DatasetId? reading, int limit) => session.Select(
        SelectFolderFiles + " f.name = $1 ORDER BY f.gone IS NOT NULL, d.id = $2 DESC, f.dataset DESC, f.path LIMIT $3",
        ReadFolderFile, name.ToString(), reading?.ToString() ?? "", limit);

    public FolderFile? FolderFile(long dataset, DatasetPath path) => session.Select(
        SelectFolderFiles + " f.dataset = $1 AND f.path = $2 AND f.gone IS NULL LIMIT 1", ReadFolderFile, dataset, path.Value)
        .FirstOrDefault();

    /// <summary>Returns the present files in a dataset's folder, in byte order, from <paramref name="from"/> on, inclusive.</summary>
    public IReadOnlyList<FolderFile> FolderFiles(long dataset, string from, int limit) => session.Select(
        SelectFolderFiles + " f.dataset = $1 AND f.path >= $2 AND f.gone IS NULL ORDER BY f.path LIMIT $3",
        ReadFolderFile, dataset, from, limit);

    /// <summary>Lists files of open datasets that wait to be hashed, in the order of dataset and path.</summary>
    /// <param name="after">The key of a dataset and the path after which to begin.</param>
    public IReadOnlyList<FolderFile> FolderFilesToHash((long Dataset, string Path) after, int limit) => session.Select(
        SelectFolderFiles
        + " f.hashed = 0 AND f.gone IS NULL AND (f.dataset, f.path) > ($1, $2) AND d.closed IS NULL AND d.ended IS NULL"
        + " AND d.trashed_until IS NULL ORDER BY f.dataset, f.path LIMIT $3",
        ReadFolderFile, after.Dataset, after.Path, limit);

    /// <summary>Lists the open datasets with files that wait to be hashed, in the order of their creation.</summary>
    /// <param name="adopted">True for those of adopted folders, false for the others.</param>
    /// <remarks>It reads one row of the index for each dataset, however many files wait.</remarks>
    public IReadOnlyList<long> DatasetsToHash(bool adopted) => session.Select(
        """
        WITH RECURSIVE waiting (key) AS (
            SELECT min(dataset) FROM folder_files INDEXED BY folder_files_to_hash WHERE hashed = 0 AND gone IS NULL
            UNION ALL
            SELECT (SELECT min(f.dataset) FROM folder_files f INDEXED BY folder_files_to_hash
                WHERE f.hashed = 0 AND f.gone IS NULL AND f.dataset > w.key)
            FROM waiting w WHERE w.key IS NOT NULL)
        SELECT d.key FROM waiting w JOIN datasets d ON d.key = w.key
        WHERE d.folder IS NOT NULL AND d.closed IS NULL AND d.ended IS NULL AND d.trashed_until IS NULL
            AND (substr(coalesce(d.folder_identity, ''), 1, length($1)) = $1) = $2
        ORDER BY d.key
        """,
        static row => row.Number(0), AdoptedFolder.Prefix, adopted ? 1L : 0L);

    /// <remarks>Called at every check of a folder. Without the hint, SQLite prefers the primary key and reads all files.</remarks>
    public long CountToHash(long dataset) => Single(
        "SELECT count(*) FROM folder_files INDEXED BY folder_files_to_hash WHERE dataset = $1 AND hashed = 0 AND gone IS NULL", dataset);

    /// <summary>Returns the bytes of the files that <see cref="CountToHash"/> counts. It reads a row for each.</summary>
    public long BytesToHash(long dataset) => Single(
        "SELECT coalesce(sum(size), 0) FROM folder_files INDEXED BY folder_files_to_hash"
        + " WHERE dataset = $1 AND hashed = 0 AND gone IS NULL",
        dataset);

    /// <summary>Lists the datasets with in-place files, in the order of their creation.</summary>
    public IReadOnlyList<SiteDataset> DatasetsInFolders() =>
        session.Select(SelectDatasets + "folder IS NOT NULL AND ended IS NULL ORDER BY key", Dataset);

    /// <summary>Returns the dataset of a folder with this identity, unless its bytes have ended; null for none.</summary>
    public SiteDataset? DatasetOfFolderIdentity(string identity) => session.Select(
        SelectDatasets + "folder_identity = $1 AND ended IS NULL ORDER BY key LIMIT 1", Dataset, identity).FirstOrDefault();

    /// <summary>Returns the dataset with in-place files in this folder, unless its bytes have ended; null for none.</summary>
    public SiteDataset? DatasetInFolder(string folder) => session.Select(
        SelectDatasets + "folder = $1 AND ended IS NULL ORDER BY key DESC LIMIT 1", Dataset, folder).FirstOrDefault();

    private static FolderFile ReadFolderFile(SqliteRows row)
    {
        string path = row.Text(3);
        bool isOfStore = AdoptedFolder.IsOfStore(row.TextOrNull(12));
        return new FolderFile(
            row.Number(0),
            new DatasetId(Guid.Parse(row.Utf8(1))),
            row.Text(2),
            DatasetPath.Parse(path).Value,
            Hash(row.Text(4)),
            new FileStamp(row.Number(5), row.Number(6), row.Number(7), unchecked((ulong)row.Number(8))),
            row.Number(9) != 0,
            row.NumberOrNull(10))
        {
            IsAway = row.TextOrNull(11) is { } eviction && EvictionJson.Read(eviction).IsAway(),
            StoreKey = isOfStore ? KeyName.Parse(Path.GetFileName(path)) : null,
            ArchiveOffset = isOfStore ? ArchivedKey.Read(path)?.Offset : null,
        };
    }
}
