using System.Data;
using Hutch.Catalog.Site;
using Hutch.Catalog.Sqlite;
using Hutch.Model.Placement;

namespace Hutch.Catalog.Zone;

/// <summary>The summaries of datasets from their homes, for lists at every site.</summary>
public sealed class SummaryTable : ZoneTable
{
    public const string Name = "summaries";

    private const string Columns =
        "s.dataset_id AS DatasetId, s.epoch AS Epoch, s.title AS Title, s.type AS Type, s.origin AS Origin, s.created_ms AS CreatedMs, "
        + "s.closed_ms AS ClosedMs, s.expires_ms AS ExpiresMs, s.ended_ms AS EndedMs, s.files AS Files, s.bytes AS Bytes, "
        + "s.head_version AS HeadVersion, s.snapshot AS Snapshot, s.in_folder AS InFolder, s.parents AS Parents, s.told_ms AS ToldMs";

    internal SummaryTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the summaries of some datasets, in no order.</summary>
    public IReadOnlyList<DatasetSummary> Find(IReadOnlyCollection<DatasetId> datasets)
    {
        var parameters = new DynamicParameters();
        string list = AddList(parameters, "id", datasets.Select(static one => one.ToString()));
        return [.. _connection.Query<Row>($"SELECT {Columns} FROM summaries s WHERE s.dataset_id IN {list}", parameters)
            .Select(static row => row.ToSummary()!)];
    }

    /// <summary>Lists the temporary datasets of other sites than one whose bytes expire within a period, by owner and day.</summary>
    /// <param name="longerThan">Only datasets whose whole life is longer.</param>
    /// <param name="owners">Only datasets of these owners; null for all.</param>
    public IReadOnlyList<ExpiringDatasets> ListExpiring(
        string siteId, DateTimeOffset after, DateTimeOffset until, TimeSpan longerThan, IReadOnlyCollection<string>? owners, int limit)
    {
        var parameters = new DynamicParameters(new
        {
            siteId,
            after = after.ToUnixTimeMilliseconds(),
            until = until.ToUnixTimeMilliseconds(),
            longerThan = (long)longerThan.TotalMilliseconds,
            limit,
        });
        string ofOwners = owners is null ? "" : " AND p.name IN " + AddList(parameters, "owner", owners);
        return [.. _connection.Query<ExpiringRow>(
            $"""
            SELECT p.name AS Owner, min(s.dataset_id) AS DatasetId, min(s.expires_ms) AS FirstMs, count(*) AS Count
            FROM summaries s JOIN names n ON n.dataset_id = s.dataset_id JOIN principals p ON p.id = n.owner_id {HomeTable.Join}
            WHERE s.expires_ms > @after AND s.expires_ms <= @until AND s.expires_ms - s.created_ms > @longerThan
                AND s.ended_ms IS NULL AND h.trashed_ms IS NULL AND h.ended_ms IS NULL AND h.site_id <> @siteId{ofOwners}
            GROUP BY p.name, s.expires_ms / 86400000 ORDER BY min(s.expires_ms), p.name LIMIT @limit
            """,
            parameters).Select(static row => new ExpiringDatasets(
                row.Owner, ZoneText.DatasetId(row.DatasetId), ZoneText.Time(row.FirstMs), row.Count))];
    }

    public IReadOnlyList<SummaryStatus> StatusAt(string siteId, IReadOnlyCollection<DatasetId> datasets)
    {
        var parameters = new DynamicParameters();
        string list = AddList(parameters, "id", datasets.Select(static one => one.ToString()));
        parameters.Add("siteId", siteId, DbType.String);
        return [.. _connection.Query<SummaryStatusRow>(
            $"""
            SELECT n.dataset_id AS Named, h.epoch AS HomeEpoch, {Columns}
            FROM names n {HomeTable.Join} LEFT JOIN summaries s ON s.dataset_id = n.dataset_id
            WHERE h.site_id = @siteId AND n.dataset_id IN {list}
            """,
            parameters).Select(static row => new SummaryStatus(
                ZoneText.DatasetId(row.Named), row.HomeEpoch, row.ToSummary(), SqlTime.FromMilliseconds(row.ToldMs)))];
    }

    public TypeLineage LineageOf(DatasetId dataset) => TypeLineage.Read(_connection.ExecuteScalar<string?>(
        "SELECT lineage FROM summaries WHERE dataset_id = @id", new { id = dataset.ToString() }));

    /// <summary>Lists the existing types, each with every lineage noted for it.</summary>
    public IReadOnlyList<(string Type, string? Lineage)> Lineages() =>
        [.. _connection.Query<(string Type, string? Lineage)>("SELECT DISTINCT type, lineage FROM summaries ORDER BY type")];

    /// <summary>Notes the current lineage of a type. The assignment of the epoch gives the rows new numbers in the feed.</summary>
    public void SetLineage(string type, TypeLineage lineage) => _connection.Execute(
        "UPDATE summaries SET lineage = @lineage, epoch = epoch WHERE type = @type", new { type, lineage = lineage.ToString() });

    /// <summary>Notes a home's current summary, and the zone's lineage of the type.</summary>
    public void Put(DatasetSummary summary, TypeLineage lineage)
    {
        _connection.Execute(
            """
            INSERT INTO summaries(
                dataset_id, epoch, title, type, origin, created_ms, closed_ms, expires_ms, ended_ms, files, bytes, head_version, snapshot,
                in_folder, parents, lineage, told_ms)
            VALUES (@id, @Epoch, @Title, @Type, @origin, @Created, @Closed, @Expires, @Ended, @Files, @Bytes, @HeadVersion, @Snapshot,
                @inFolder, @Parents, @lineage, @now)
            ON CONFLICT (dataset_id) DO UPDATE SET epoch = excluded.epoch, title = excluded.title, type = excluded.type,
                origin = excluded.origin, created_ms = excluded.created_ms, closed_ms = excluded.closed_ms,
                expires_ms = excluded.expires_ms, ended_ms = excluded.ended_ms, files = excluded.files, bytes = excluded.bytes,
                head_version = excluded.head_version, snapshot = excluded.snapshot, in_folder = excluded.in_folder,
                parents = excluded.parents, lineage = excluded.lineage, told_ms = excluded.told_ms
            """,
            new
            {
                id = summary.Dataset.ToString(),
                summary.Epoch,
                summary.Title,
                summary.Type,
                origin = SiteText.ToText(summary.Origin),
                summary.Created,
                summary.Closed,
                summary.Expires,
                summary.Ended,
                summary.Files,
                summary.Bytes,
                summary.HeadVersion,
                summary.Snapshot,
                inFolder = summary.InFolder ? 1L : 0L,
                summary.Parents,
                lineage = lineage.ToString(),
                now = SqlTime.Now(_time),
            });
    }

    public void Remove(DatasetId dataset) =>
        _connection.Execute("DELETE FROM summaries WHERE dataset_id = @id", new { id = dataset.ToString() });

    [method: ExplicitConstructor]
    private record Row(
        string? DatasetId = null, long? Epoch = null, string? Title = null, string? Type = null, string? Origin = null,
        long? CreatedMs = null, long? ClosedMs = null, long? ExpiresMs = null, long? EndedMs = null,
        long? Files = null, long? Bytes = null, long? HeadVersion = null, long? Snapshot = null, long? InFolder = null,
        string? Parents = null, long? ToldMs = null)
    {
        public DatasetSummary? ToSummary() => DatasetId is null ? null : new DatasetSummary
        {
            Dataset = ZoneText.DatasetId(DatasetId),
            Epoch = Epoch!.Value,
            Title = Title,
            Type = Type!,
            Origin = SiteText.Origin(Origin!),
            Created = CreatedMs!.Value,
            Closed = ClosedMs,
            Expires = ExpiresMs,
            Ended = EndedMs,
            Files = Files!.Value,
            Bytes = Bytes!.Value,
            HeadVersion = HeadVersion!.Value,
            Snapshot = Snapshot,
            InFolder = InFolder != 0,
            Parents = Parents!,
        };
    }

    [method: ExplicitConstructor]
    private sealed record ExpiringRow(string Owner, string DatasetId, long FirstMs, long Count);

    [method: ExplicitConstructor]
    private sealed record SummaryStatusRow(string Named, long HomeEpoch) : Row;
}
