using Hutch.Catalog.Sqlite;
using Hutch.Model.Publications;

namespace Hutch.Catalog.Zone;

/// <summary>The citations of datasets: at most one publication for each dataset, with all its descriptions.</summary>
public sealed class PublicationTable : ZoneTable
{
    private const string Select =
        """
        SELECT p.dataset_id AS DatasetId, p.revision AS Revision, p.changed_ms AS ChangedMs, p.series_id AS SeriesId, p.number AS Number,
               p.snapshot AS Snapshot, p.root AS Root, p.files AS Files, p.bytes AS Bytes, p.published_ms AS PublishedMs,
               p.withdrawn_ms AS WithdrawnMs, p.withdrawn_why AS WithdrawnWhy, r.description AS Description,
               d.doi AS Doi, d.state AS DoiState, d.problem AS DoiProblem, d.next_ms AS DoiNextMs,
               s.doi AS SeriesDoi, s.state AS SeriesDoiState, s.problem AS SeriesDoiProblem, s.next_ms AS SeriesDoiNextMs
        FROM publications p JOIN publication_revisions r ON r.dataset_id = p.dataset_id AND r.revision = p.revision
            LEFT JOIN dois d ON d.dataset_id = p.dataset_id AND d.is_series = 0
            LEFT JOIN dois s ON s.dataset_id = p.series_id AND s.is_series = 1
        """ + " ";

    internal PublicationTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public PublicationRecord? Find(DatasetId dataset) =>
        _connection.QuerySingleOrDefault<Row>(Select + "WHERE p.dataset_id = @id", new { id = dataset.ToString() })?.ToRecord();

    /// <summary>Lists the versions of a series in order.</summary>
    public IReadOnlyList<PublicationRecord> OfSeries(DatasetId series) =>
        [.. _connection.Query<Row>(
            Select + "WHERE p.series_id = @id AND p.published_ms IS NOT NULL ORDER BY p.number", new { id = series.ToString() })
            .Select(static row => row.ToRecord())];

    /// <summary>Lists published and withdrawn datasets in the order of their last changes.</summary>
    /// <param name="span">The range of the changes' times, in milliseconds since 1970: the first inclusive, the second exclusive.</param>
    /// <param name="after">The last entry of the page before; null for the first page.</param>
    public IReadOnlyList<PublicationRecord> Changed((long From, long Before) span, (long Ms, DatasetId Dataset)? after, int limit) =>
        [.. _connection.Query<Row>(
            Select
            + """
              WHERE p.published_ms IS NOT NULL AND p.changed_ms >= @from AND p.changed_ms < @before
                AND (p.changed_ms > @ms OR (p.changed_ms = @ms AND p.dataset_id > @id))
              ORDER BY p.changed_ms, p.dataset_id LIMIT @limit
              """,
            new { from = span.From, before = span.Before, ms = after?.Ms ?? -1, id = after?.Dataset.ToString() ?? "", limit })
            .Select(static row => row.ToRecord())];

    /// <summary>Lists published datasets that are not withdrawn, the newest publication first.</summary>
    /// <param name="after">The last entry of the page before; null for the first page.</param>
    public IReadOnlyList<PublicationRecord> Newest((long Ms, DatasetId Dataset)? after, int limit) =>
        [.. _connection.Query<Row>(
            Select
            + """
              WHERE p.published_ms IS NOT NULL AND p.withdrawn_ms IS NULL
                AND (p.published_ms < @ms OR (p.published_ms = @ms AND p.dataset_id > @id))
              ORDER BY p.published_ms DESC, p.dataset_id LIMIT @limit
              """,
            new { ms = after?.Ms ?? long.MaxValue, id = after?.Dataset.ToString() ?? "", limit })
            .Select(static row => row.ToRecord())];

    /// <summary>Counts the same datasets.</summary>
    public long Count() => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM publications WHERE published_ms IS NOT NULL AND withdrawn_ms IS NULL");

    /// <summary>Lists the same datasets by their ids, without their descriptions, each with the time of its last change.</summary>
    /// <param name="skip">The number of datasets before the first one.</param>
    public IReadOnlyList<(DatasetId Dataset, DateTimeOffset ChangedAt)> Changes(long skip, int limit) =>
        [.. _connection.Query<(string Id, long Ms)>(
            """
            SELECT dataset_id, changed_ms FROM publications WHERE published_ms IS NOT NULL AND withdrawn_ms IS NULL
            ORDER BY dataset_id LIMIT @limit OFFSET @skip
            """,
            new { limit, skip })
            .Select(static row => (ZoneText.DatasetId(row.Id), ZoneText.Time(row.Ms)))];

    /// <summary>Returns true if a dataset is or was published.</summary>
    public bool AnyPublished() => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM (SELECT 1 FROM publications WHERE published_ms IS NOT NULL LIMIT 1) AS found") > 0;

    /// <summary>Returns the time of the first change of a publication; null without any.</summary>
    public DateTimeOffset? FirstChange() => SqlTime.FromMilliseconds(
        _connection.ExecuteScalar<long?>("SELECT min(changed_ms) FROM publications WHERE published_ms IS NOT NULL"));

    /// <summary>Lists the descriptions of a dataset before a revision, the newest first.</summary>
    public IReadOnlyList<PublicationRevision> Revisions(DatasetId dataset, long before, int limit) =>
        [.. _connection.Query<RevisionRow>(
            """
            SELECT revision AS Revision, at_ms AS AtMs, author AS Author, description AS Description FROM publication_revisions
            WHERE dataset_id = @id AND revision < @before ORDER BY revision DESC LIMIT @limit
            """,
            new { id = dataset.ToString(), before, limit })
            .Select(static row => new PublicationRevision(row.Revision, ZoneText.Time(row.AtMs), row.Author, Parse(row.Description)))];

    /// <param name="bytes">The size of the stored description.</param>
    public PublicationRecord Describe(DatasetId dataset, PublicationDescription description, string author, out long bytes)
    {
        long now = SqlTime.Now(_time);
        var values = new
        {
            id = dataset.ToString(),
            now,
            author,
            description = JsonSerializer.Serialize(description, DescriptionJson.Default.PublicationDescription),
        };
        _connection.Execute(
            """
            INSERT INTO publications(dataset_id, revision, changed_ms) VALUES (@id, 1, @now)
            ON CONFLICT (dataset_id) DO UPDATE SET revision = publications.revision + 1, changed_ms = excluded.changed_ms
            """,
            values);
        _connection.Execute(
            """
            INSERT INTO publication_revisions(dataset_id, revision, at_ms, author, description)
            SELECT dataset_id, revision, @now, @author, @description FROM publications WHERE dataset_id = @id
            """,
            values);
        bytes = Encoding.UTF8.GetByteCount(values.description);
        return Find(dataset)!;
    }

    /// <summary>Returns the size of all descriptions that a dataset had.</summary>
    public long BytesOfRevisions(DatasetId dataset) => _connection.ExecuteScalar<long>(
        "SELECT coalesce(sum(length(description)), 0) FROM publication_revisions WHERE dataset_id = @id", new { id = dataset.ToString() });

    /// <summary>Publishes a described dataset under the next number of a series.</summary>
    public PublicationRecord Publish(DatasetId dataset, DatasetId series, PublishedData data)
    {
        _connection.Execute(
            """
            UPDATE publications SET series_id = @series, snapshot = @snapshot, root = @root, files = @files, bytes = @bytes,
                published_ms = @now, changed_ms = @now,
                number = (SELECT coalesce(max(number), 0) + 1 FROM publications WHERE series_id = @series)
            WHERE dataset_id = @id
            """,
            new
            {
                id = dataset.ToString(),
                series = series.ToString(),
                snapshot = data.Snapshot,
                root = data.Root.ToBytes(),
                files = data.Files,
                bytes = data.Bytes,
                now = SqlTime.Now(_time),
            });
        return Find(dataset)!;
    }

    /// <summary>Notes a change of a publication's outside description, without a change of the data stored here.</summary>
    /// <param name="dataset">The dataset; the first version of a work with <paramref name="isSeries"/>.</param>
    public void SetChanged(DatasetId dataset, bool isSeries = false) => _connection.Execute(
        $"""
        UPDATE publications SET changed_ms = @now
        WHERE {(isSeries ? "series_id" : "dataset_id")} = @id AND published_ms IS NOT NULL
        """,
        new { id = dataset.ToString(), now = SqlTime.Now(_time) });

    public PublicationRecord Withdraw(DatasetId dataset, string why)
    {
        _connection.Execute(
            "UPDATE publications SET withdrawn_ms = @now, withdrawn_why = @why, changed_ms = @now WHERE dataset_id = @id",
            new { id = dataset.ToString(), why, now = SqlTime.Now(_time) });
        return Find(dataset)!;
    }

    private static PublicationDescription Parse(string text) =>
        JsonSerializer.Deserialize(text, DescriptionJson.Default.PublicationDescription)!;

    [method: ExplicitConstructor]
    private sealed record Row(
        string DatasetId, long Revision, long ChangedMs, string? SeriesId, long? Number, long? Snapshot, byte[]? Root,
        long? Files, long? Bytes, long? PublishedMs, long? WithdrawnMs, string? WithdrawnWhy, string Description,
        string? Doi, string? DoiState, string? DoiProblem, long? DoiNextMs, string? SeriesDoi, string? SeriesDoiState,
        string? SeriesDoiProblem, long? SeriesDoiNextMs)
    {
        public PublicationRecord ToRecord() => new(
            ZoneText.DatasetId(DatasetId), Parse(Description), Revision, ZoneText.Time(ChangedMs))
        {
            Version = PublishedMs is { } published
                ? new PublishedVersion(
                    ZoneText.DatasetId(SeriesId!), Number!.Value,
                    new PublishedData(Snapshot!.Value, new BlobHash(Root), Files!.Value, Bytes!.Value), ZoneText.Time(published))
                : null,
            WithdrawnAt = SqlTime.FromMilliseconds(WithdrawnMs),
            WithdrawnWhy = WithdrawnWhy,
            Doi = DoiOf(DatasetId, false, Doi, DoiState, DoiProblem, DoiNextMs),
            SeriesDoi = DoiOf(SeriesId, true, SeriesDoi, SeriesDoiState, SeriesDoiProblem, SeriesDoiNextMs),
        };

        private static DoiRecord? DoiOf(string? dataset, bool isSeries, string? doi, string? state, string? problem, long? next) =>
            doi is null
                ? null
                : new DoiRecord(doi, ZoneText.DatasetId(dataset!), isSeries, ZoneText.DoiState(state!))
                {
                    Problem = problem,
                    NextAt = ZoneText.Time(next!.Value),
                };
    }

    [method: ExplicitConstructor]
    private sealed record RevisionRow(long Revision, long AtMs, string Author, string Description);
}
