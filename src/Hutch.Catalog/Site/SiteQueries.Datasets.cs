using Hutch.Catalog.Sqlite;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string SelectDatasets =
        """
        SELECT key, id, owner, slug, title, type, origin, created, created_by, page, content, files, bytes, snapshot, last_number, closed,
        expires, transient_days, trashed_until, ended, ended_way, ended_reason, folder, folder_identity, coalesce(changed, key),
        keeping, keeping_until, repository, repository_content, repository_files, repository_bytes,
        home, epoch, history, released_epoch, released_history, released_to, restored_here,
        held_nonce, held_home, eviction, git_rule FROM datasets WHERE 
        """;

    /// <summary>Returns the key of a dataset; null when the site does not know it.</summary>
    public long? DatasetKey(DatasetId id) => SingleOrNull("SELECT key FROM datasets WHERE id = $1", id.ToString());

    /// <summary>Returns a dataset; null when the site does not know it.</summary>
    public SiteDataset? Dataset(DatasetId id) =>
        session.Select(SelectDatasets + "id = $1", Dataset, id.ToString()).FirstOrDefault();

    public SiteDataset? DatasetByKey(long key) => session.Select(SelectDatasets + "key = $1", Dataset, key).FirstOrDefault();

    /// <summary>Returns several datasets in no order; unknown ids are left out.</summary>
    public IReadOnlyList<SiteDataset> Datasets(IReadOnlyCollection<DatasetId> ids) => ids.Count == 0
        ? []
        : session.Select(
            SelectDatasets + "id IN (SELECT value FROM json_each($1))", Dataset, JsonArray(ids));

    /// <summary>Lists datasets with a key above <paramref name="after"/>, in the order of their creation.</summary>
    public IReadOnlyList<SiteDataset> DatasetsAfter(long after, int limit) =>
        session.Select(SelectDatasets + "key > $1 ORDER BY key LIMIT $2", Dataset, after, limit);

    /// <summary>Lists an owner's datasets whose bytes have not ended, with a key above <paramref name="after"/>.</summary>
    public IReadOnlyList<SiteDataset> DatasetsOf(string owner, long after, int limit) => session.Select(
        SelectDatasets + "owner = $1 AND key > $2 AND ended IS NULL ORDER BY key LIMIT $3", Dataset, owner, after, limit);

    /// <summary>Lists datasets after the given one, in the order of their ids.</summary>
    public IReadOnlyList<SiteDataset> DatasetsById(DatasetId? after, int limit) =>
        session.Select(SelectDatasets + "id > $1 ORDER BY id LIMIT $2", Dataset, after?.ToString() ?? "", limit);

    /// <summary>Lists the datasets whose home this site was until it released them.</summary>
    public IReadOnlyList<DatasetId> ReleasedDatasets() => session.Select(
        "SELECT id FROM datasets WHERE released_to IS NOT NULL ORDER BY id", row => new DatasetId(Guid.Parse(row.Utf8(0))));

    public IReadOnlyList<DatasetId> CopiesWithHold() => session.Select(
        "SELECT id FROM datasets WHERE held_nonce IS NOT NULL ORDER BY id", row => new DatasetId(Guid.Parse(row.Utf8(0))));

    /// <summary>Lists the datasets that this site is evicting or recalling, and the evicted ones whose home it no longer is.</summary>
    public IReadOnlyList<DatasetId> OpenEvictions() => session.Select(
        """
        SELECT id FROM datasets
        WHERE eviction IS NOT NULL AND (home IS NOT NULL OR eviction ->> 'state' NOT IN ('evicted', 'held')) ORDER BY id
        """,
        row => new DatasetId(Guid.Parse(row.Utf8(0))));

    /// <summary>
    /// Returns a dataset whose bytes are evicted, or about to be, because a program computes them again from this one; null for none.
    /// </summary>
    public SiteDataset? FindReliant(DatasetId input) => session.Select(
        SelectDatasets + """
        id = (SELECT d.id FROM datasets d
            WHERE d.eviction IS NOT NULL AND d.ended IS NULL AND d.eviction ->> 'state' IN ('wanted', 'evicted', 'recalling')
                AND EXISTS (SELECT 1 FROM json_each(d.eviction, '$.reproduction.inputs') AS one WHERE one.value ->> 'dataset' = $1)
            LIMIT 1)
        """,
        Dataset, input.ToString()).FirstOrDefault();

    public bool IsClosed(DatasetId id) => Any("SELECT 1 FROM datasets WHERE id = $1 AND closed IS NOT NULL", id.ToString());

    /// <summary>
    /// Lists the datasets whose time in the trash, or whose life as temporary data, was over at <paramref name="now"/> (ms since 1970),
    /// without copies of other sites' datasets.
    /// </summary>
    public IReadOnlyList<SiteDataset> DatasetsToEnd(long now) => session.Select(
        SelectDatasets +
        """
        ended IS NULL AND key IN (
            SELECT key FROM datasets WHERE trashed_until IS NOT NULL AND trashed_until <= $1 AND home IS NULL
            UNION SELECT key FROM datasets WHERE expires IS NOT NULL AND expires <= $1)
        ORDER BY key
        """,
        Dataset,
        now);

    /// <summary>
    /// Lists the temporary datasets with home here whose bytes expire within a period, by owner and day. Without those that are being
    /// kept, and open ones that retain each file for some days, because their end advances.
    /// </summary>
    /// <param name="longerThan">Only datasets whose whole life is longer.</param>
    /// <param name="owners">Only datasets of these owners; null for all.</param>
    public IReadOnlyList<ExpiringDatasets> Expiring(
        DateTimeOffset after, DateTimeOffset until, TimeSpan longerThan, IReadOnlyCollection<string>? owners, int limit) =>
        session.Select(
            """
            SELECT owner, min(id), min(expires), count(*) FROM datasets
            WHERE expires > $1 AND expires <= $2 AND expires - created > $3 AND ended IS NULL AND trashed_until IS NULL AND home IS NULL
                AND keeping IS NULL AND (transient_days IS NULL OR closed IS NOT NULL)
                AND ($4 IS NULL OR owner IN (SELECT value FROM json_each($4)))
            GROUP BY owner, expires / 86400000 ORDER BY min(expires), owner LIMIT $5
            """,
            static row => new ExpiringDatasets(
                row.Text(0), new DatasetId(Guid.Parse(row.Utf8(1))), DateTimeOffset.FromUnixTimeMilliseconds(row.Number(2)), row.Number(3)),
            after.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds(), (long)longerThan.TotalMilliseconds,
            owners is null ? null : JsonArray(owners), limit);

    /// <summary>Returns the datasets in the trash, with the ends of their time there (ms since 1970).</summary>
    public IReadOnlyDictionary<DatasetId, long> InTrash() => session.Select(
        "SELECT id, trashed_until FROM datasets WHERE trashed_until IS NOT NULL",
        row => (Id: new DatasetId(Guid.Parse(row.Utf8(0))), Until: row.Number(1)))
        .ToDictionary(static one => one.Id, static one => one.Until);

    /// <summary>Lists the copies restored at this site, whatever their homes have done.</summary>
    public IReadOnlyList<DatasetId> RestoredCopies() => session.Select(
        "SELECT id FROM datasets WHERE restored_here IS NOT NULL ORDER BY id", row => new DatasetId(Guid.Parse(row.Utf8(0))));

    /// <summary>Lists the datasets ended by records after a number, except temporary ones, in the order of these records.</summary>
    public IReadOnlyList<(DatasetId Dataset, long Changed)> EndedSince(long sequence, int limit) => session.Select(
        "SELECT id, changed FROM datasets WHERE ended IS NOT NULL AND ended_way <> 'expired' AND changed > $1 ORDER BY changed LIMIT $2",
        row => (new DatasetId(Guid.Parse(row.Utf8(0))), row.Number(1)),
        sequence, limit);

    /// <summary>Lists the open datasets that retain each file for some days.</summary>
    public IReadOnlyList<SiteDataset> RollingDatasets() => session.Select(
        SelectDatasets
        + "expires IS NOT NULL AND transient_days IS NOT NULL AND ended IS NULL AND closed IS NULL AND trashed_until IS NULL",
        Dataset);

    /// <summary>Lists the operations that are making datasets permanent at <paramref name="now"/> (ms since 1970).</summary>
    public IReadOnlyList<Guid> KeepOperations(long now) =>
        session.Select("SELECT keeping FROM datasets WHERE keeping_until > $1", row => Guid.Parse(row.Utf8(0)), now);

    /// <summary>Lists the purged datasets that segments may still have data of, in the order of their creation.</summary>
    public IReadOnlyList<SiteDataset> PendingPurges() =>
        session.Select(SelectDatasets + "key IN (SELECT dataset FROM purges) ORDER BY key", Dataset);

    /// <summary>
    /// Returns true if this dataset has a living child. For a dataset in a facility's folder, also a living descendant below ended datasets
    /// counts: the files that it inherited are read from the folder, or from a site that holds them for this dataset.
    /// </summary>
    public bool HasLivingChildren(DatasetId id) => Any(
        """
        WITH RECURSIVE line (id) AS (
            SELECT $1 UNION
            SELECT d.id FROM line l JOIN parents p ON p.parent = l.id JOIN datasets d ON d.key = p.dataset
            WHERE d.ended IS NOT NULL AND (SELECT folder FROM datasets WHERE id = $1) IS NOT NULL)
        SELECT 1 FROM line l JOIN parents p ON p.parent = l.id JOIN datasets d ON d.key = p.dataset WHERE d.ended IS NULL LIMIT 1
        """,
        id.ToString());

    /// <summary>Lists the open datasets with automatic snapshots besides their newest, which may have to be thinned out.</summary>
    /// <param name="before">The time before which the snapshots were taken, in milliseconds since 1970.</param>
    public IReadOnlyList<DatasetId> DatasetsWithAutomaticSnapshots(long before) => session.Select(
        """
        SELECT id FROM datasets d WHERE closed IS NULL AND ended IS NULL AND trashed_until IS NULL AND home IS NULL
        AND EXISTS (
            SELECT 1 FROM snapshots s
            WHERE s.dataset = d.key AND s.reason = 'auto' AND s.number <> d.snapshot AND s.time < $1)
        """,
        row => new DatasetId(Guid.Parse(row.Utf8(0))),
        before);

    /// <summary>Lists datasets that are neither in the trash nor gone, the one whose head changed last first. Reads the overlay.</summary>
    public IReadOnlyList<HeadChange> LastChanged(int limit) => session.Select(
        """
        SELECT d.id, max(coalesce(d.changed, d.key), coalesce(o.newest, 0)) AS last FROM datasets d
        LEFT JOIN (SELECT dataset, max(sequence) AS newest FROM overlay GROUP BY dataset) o ON o.dataset = d.key
        WHERE d.ended IS NULL AND d.trashed_until IS NULL ORDER BY last DESC LIMIT $1
        """,
        row => new HeadChange(new DatasetId(Guid.Parse(row.Utf8(0))), row.Number(1)),
        limit);

    /// <summary>Returns the path that was written last and is not in the tree of the head yet; null for none.</summary>
    public string? NewestPath(long dataset) => session.Select(
        "SELECT path FROM overlay WHERE dataset = $1 AND entry IS NOT NULL ORDER BY sequence DESC LIMIT 1", row => row.Text(0), dataset)
        .FirstOrDefault();

    /// <summary>Lists the parents of a dataset, in order.</summary>
    public IReadOnlyList<VersionReference> Parents(long dataset) =>
        session.Select("SELECT parent, snapshot, root FROM parents WHERE dataset = $1 ORDER BY position", Reference, dataset);

    /// <summary>Lists the children of a dataset, in the order of their creation.</summary>
    public IReadOnlyList<SiteDataset> Children(DatasetId id) => session.Select(
        SelectDatasets + "key IN (SELECT dataset FROM parents WHERE parent = $1) ORDER BY key", Dataset, id.ToString());

    /// <summary>Lists the children that were made while a dataset was open.</summary>
    public IReadOnlyList<DatasetId> Followers(DatasetId id) => session.Select(
        "SELECT id FROM datasets WHERE key IN (SELECT dataset FROM parents WHERE parent = $1 AND snapshot IS NULL) ORDER BY key",
        row => new DatasetId(Guid.Parse(row.Utf8(0))), id.ToString());

    /// <summary>Returns the newest metadata document, or null.</summary>
    public SiteMetadata? Metadata(long dataset) => MetadataHistory(dataset, long.MaxValue, 1) is [var newest] ? newest : null;

    /// <summary>Lists metadata documents, newest first, with versions below <paramref name="before"/>.</summary>
    public IReadOnlyList<SiteMetadata> MetadataHistory(long dataset, long before, int limit) =>
        session.Select(
            "SELECT version, time, author, document FROM metadata WHERE dataset = $1 AND version < $2 ORDER BY version DESC LIMIT $3",
            row => new SiteMetadata { Version = row.Number(0), Time = row.Number(1), Author = row.Text(2), Document = row.Text(3) },
            dataset, before, limit);

    public long MetadataCharacters(long dataset) =>
        Single("SELECT coalesce(sum(length(document)), 0) FROM metadata WHERE dataset = $1", dataset);

    private static VersionReference Reference(SqliteRows row) =>
        new(new DatasetId(Guid.Parse(row.Utf8(0))), row.NumberOrNull(1), row.TextOrNull(2) is { } root ? Hash(root) : null);

    private static SiteDataset Dataset(SqliteRows row) => new()
    {
        Key = row.Number(0),
        Id = new DatasetId(Guid.Parse(row.Utf8(1))),
        Owner = row.Text(2),
        Slug = row.Text(3),
        Title = row.TextOrNull(4),
        Type = row.Text(5),
        Origin = SiteText.Origin(row.Text(6)),
        Created = row.Number(7),
        CreatedBy = row.Text(8),
        Root = Root(row.Text(9), row.Text(10), row.Number(11), row.Number(12)),
        Snapshot = row.NumberOrNull(13),
        LastNumber = row.Number(14),
        Closed = row.NumberOrNull(15),
        Expires = row.NumberOrNull(16),
        TransientDays = (int?)row.NumberOrNull(17),
        TrashedUntil = row.NumberOrNull(18),
        Ended = row.NumberOrNull(19),
        EndedWay = row.TextOrNull(20),
        EndedReason = row.TextOrNull(21),
        Folder = row.TextOrNull(22),
        FolderIdentity = row.TextOrNull(23),
        Changed = row.Number(24),
        Repository = row.TextOrNull(27) is { } repository ? Root(repository, row.Text(28), row.Number(29), row.Number(30)) : null,
        Copy = row.TextOrNull(31) is { } home ? new CopyOrigin(Hash(home), row.Number(32), Hash(row.Text(33))) : null,
        Release = row.TextOrNull(36) is { } to ? new HomeRelease(row.Number(34), Hash(row.Text(35)), to) : null,
        HomeSince = row.TextOrNull(31) is null ? row.NumberOrNull(32) : null,
        IsRestoredHere = row.NumberOrNull(37) is not null,
        Hold = row.TextOrNull(38) is { } nonce ? new CopyHold(Hash(nonce), Hash(row.Text(39))) : null,
        GitRule = (int?)row.NumberOrNull(41) ?? SiteDataset.FirstGitRule,
        Eviction = row.TextOrNull(40) is { } eviction ? EvictionJson.Read(eviction) : null,
        BeingKept = row.TextOrNull(25) is { } keeping ? new KeepOperation(Guid.Parse(keeping), row.Number(26)) : null,
    };
}
