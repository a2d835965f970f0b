using Dapper;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string DatasetColumns =
        """
        key AS Key, id AS Id, owner AS Owner, slug AS Slug, title AS Title, type AS Type, origin AS Origin, created AS Created,
        created_by AS CreatedBy, page AS Page, content AS Content, files AS Files, bytes AS Bytes, snapshot AS Snapshot,
        last_number AS LastNumber, closed AS Closed, expires AS Expires, trashed_until AS TrashedUntil, ended AS Ended,
        ended_way AS EndedWay, ended_reason AS EndedReason, transient_days AS TransientDays
        """;

    /// <summary>The key of a dataset, or null when the site does not know it.</summary>
    public long? DatasetKey(DatasetId id) =>
        _connection.QueryFirstOrDefault<long?>("SELECT key FROM datasets WHERE id = @id", new { id = id.ToString() });

    /// <summary>A dataset, or null when the site does not know it.</summary>
    public SiteDataset? Dataset(DatasetId id) =>
        _connection.QueryFirstOrDefault<DatasetRow>($"SELECT {DatasetColumns} FROM datasets WHERE id = "
            + "@id", new { id = id.ToString() })?.ToDataset();

    /// <summary>The dataset of a key, or null.</summary>
    public SiteDataset? DatasetByKey(long key) =>
        _connection.QueryFirstOrDefault<DatasetRow>($"SELECT {DatasetColumns} FROM datasets WHERE key = @key", new { key })?.ToDataset();

    /// <summary>Several datasets at once, in no order; unknown ids are left out.</summary>
    public IReadOnlyList<SiteDataset> Datasets(IReadOnlyCollection<DatasetId> ids) =>
        [.. _connection.Query<DatasetRow>($"SELECT {DatasetColumns} FROM datasets WHERE id IN "
            + "@ids", new { ids = ids.Select(id => id.ToString()) }).Select(row => row.ToDataset())];

    /// <summary>All datasets with a key above <paramref name="after"/>, in the order in which they were made.</summary>
    public IReadOnlyList<SiteDataset> DatasetsAfter(long after, int limit) =>
        [.. _connection.Query<DatasetRow>($"SELECT {DatasetColumns} FROM datasets WHERE key > @after ORDER BY key LIMIT "
            + "@limit", new { after, limit }).Select(row => row.ToDataset())];

    /// <summary>Whether a dataset is closed.</summary>
    public bool IsClosed(DatasetId id) =>
        _connection.ExecuteScalar<long?>("SELECT closed FROM datasets WHERE id = @id", new { id = id.ToString() }) is not null;

    /// <summary>
    /// Those whose time in the trash, or whose life as transient data, was over at <paramref name="now"/> (ms since 1970).
    /// </summary>
    public IReadOnlyList<SiteDataset> DatasetsToEnd(long now) =>
        [.. _connection.Query<DatasetRow>(
            $"""
            SELECT {DatasetColumns} FROM datasets WHERE ended IS NULL AND key IN (
                SELECT key FROM datasets WHERE trashed_until IS NOT NULL AND trashed_until <= @now
                UNION SELECT key FROM datasets WHERE expires IS NOT NULL AND expires <= @now)
            ORDER BY key
            """,
            new { now })
            .Select(row => row.ToDataset())];

    /// <summary>The open datasets whose files are kept for some days each.</summary>
    public IReadOnlyList<SiteDataset> RollingDatasets() =>
        [.. _connection.Query<DatasetRow>(
            $"""
            SELECT {DatasetColumns} FROM datasets
            WHERE expires IS NOT NULL AND transient_days IS NOT NULL AND ended IS NULL AND closed IS NULL AND trashed_until IS NULL
            """)
            .Select(row => row.ToDataset())];

    /// <summary>
    /// The datasets that were purged and of which segments may still hold something, in the order in which they were made.
    /// </summary>
    public IReadOnlyList<SiteDataset> PendingPurges() =>
        [.. _connection.Query<DatasetRow>($"SELECT {DatasetColumns} FROM datasets WHERE key IN (SELECT dataset FROM purges) ORDER BY "
            + "key").Select(row => row.ToDataset())];

    /// <summary>Whether anything was made from this dataset that has not ended.</summary>
    public bool HasLivingChildren(DatasetId id) => _connection.ExecuteScalar<long?>(
        "SELECT 1 FROM parents p JOIN datasets d ON d.key = p.dataset WHERE p.parent = @id AND d.ended IS NULL LIMIT 1",
        new { id = id.ToString() }) is not null;

    /// <summary>The open datasets that have automatic snapshots beside their newest: those that may have to be thinned.</summary>
    /// <param name="before">Of a time before this, milliseconds since 1970.</param>
    public IReadOnlyList<DatasetId> DatasetsWithAutomaticSnapshots(long before) =>
        [.. _connection.Query<string>(
            """
            SELECT id FROM datasets d WHERE closed IS NULL AND ended IS NULL AND trashed_until IS NULL
            AND EXISTS (
                SELECT 1 FROM snapshots s
                WHERE s.dataset = d.key AND s.reason = 'auto' AND s.number <> d.snapshot AND s.time < @before)
            """,
            new { before }).Select(id => new DatasetId(Guid.Parse(id)))];

    /// <summary>What a dataset was made from, in order.</summary>
    public IReadOnlyList<VersionReference> Parents(long dataset) =>
        [.. _connection.Query<ParentRow>("SELECT parent AS Parent, snapshot AS Snapshot, "
            + "root AS Root FROM parents WHERE dataset = @dataset ORDER BY position", new { dataset })
            .Select(row => row.ToReference())];

    /// <summary>The datasets that were made from this one, in the order in which they were made.</summary>
    public IReadOnlyList<SiteDataset> Children(DatasetId id) =>
        [.. _connection.Query<DatasetRow>(
            $"SELECT {DatasetColumns} FROM datasets WHERE key IN (SELECT dataset FROM parents WHERE parent = @id) ORDER BY key",
            new { id = id.ToString() })
            .Select(row => row.ToDataset())];

    /// <summary>The newest metadata document, or null when there is none.</summary>
    public SiteMetadata? Metadata(long dataset) => MetadataHistory(dataset, long.MaxValue, 1) is [var newest] ? newest : null;

    /// <summary>Metadata documents, newest first, with versions below <paramref name="before"/>.</summary>
    public IReadOnlyList<SiteMetadata> MetadataHistory(long dataset, long before, int limit) =>
        [.. _connection.Query<SiteMetadata>(
            """
            SELECT version AS Version, time AS Time, author AS Author, document AS Document FROM metadata
            WHERE dataset = @dataset AND version < @before ORDER BY version DESC LIMIT @limit
            """,
            new { dataset, before, limit })];

    private sealed class DatasetRow
    {
        public long Key { get; init; }

        public string Id { get; init; } = "";

        public string Owner { get; init; } = "";

        public string Slug { get; init; } = "";

        public string? Title { get; init; }

        public string Type { get; init; } = "";

        public string Origin { get; init; } = "";

        public long Created { get; init; }

        public string CreatedBy { get; init; } = "";

        public string Page { get; init; } = "";

        public string Content { get; init; } = "";

        public long Files { get; init; }

        public long Bytes { get; init; }

        public long? Snapshot { get; init; }

        public long LastNumber { get; init; }

        public long? Closed { get; init; }

        public long? Expires { get; init; }

        public long? TransientDays { get; init; }

        public long? TrashedUntil { get; init; }

        public long? Ended { get; init; }

        public string? EndedWay { get; init; }

        public string? EndedReason { get; init; }

        public SiteDataset ToDataset() => new()
        {
            Key = Key,
            Id = new DatasetId(Guid.Parse(Id)),
            Owner = Owner,
            Slug = Slug,
            Title = Title,
            Type = Type,
            Origin = SiteText.Origin(Origin),
            Created = Created,
            CreatedBy = CreatedBy,
            Root = Root(Page, Content, Files, Bytes),
            Snapshot = Snapshot,
            LastNumber = LastNumber,
            Closed = Closed,
            Expires = Expires,
            TransientDays = (int?)TransientDays,
            TrashedUntil = TrashedUntil,
            Ended = Ended,
            EndedWay = EndedWay,
            EndedReason = EndedReason,
        };
    }

    private sealed class ParentRow
    {
        public string Parent { get; init; } = "";

        public long? Snapshot { get; init; }

        public string? Root { get; init; }

        public VersionReference ToReference() =>
            new(new DatasetId(Guid.Parse(Parent)), Snapshot, Root is null ? null : Hash(Root));
    }
}
