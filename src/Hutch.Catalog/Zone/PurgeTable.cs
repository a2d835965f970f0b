using Hutch.Catalog.Sqlite;
using Hutch.Model.Placement;

namespace Hutch.Catalog.Zone;

/// <summary>The datasets to be purged at every site, and the sites that have done so. No row is ever deleted.</summary>
public sealed class PurgeTable : ZoneTable
{
    public const string Name = "purges";

    /// <summary>Selects the time at which the purge of a home's dataset was ordered; null for never.</summary>
    internal const string OfHome = "(SELECT p.ordered_ms FROM purges p WHERE p.dataset_id = homes.dataset_id)";

    private const string Select =
        "SELECT p.dataset_id AS DatasetId, p.ordered_ms AS OrderedMs, p.proof AS Proof, p.ordered_by AS OrderedBy, p.reason AS Reason "
        + "FROM purges p ";

    private const string Answered = "SELECT 1 FROM purge_answers w WHERE w.dataset_id = p.dataset_id AND w.site_id = ";

    private const string Open =
        $" AND (NOT EXISTS ({Answered}@openAt) "
        + $"OR EXISTS (SELECT 1 FROM sites s WHERE s.removed_ms IS NULL AND NOT EXISTS ({Answered}s.id)))";

    private const string After =
        " AND EXISTS (SELECT 1 FROM purges a WHERE a.dataset_id = @after AND (p.ordered_ms < a.ordered_ms "
        + "OR (p.ordered_ms = a.ordered_ms AND p.dataset_id > a.dataset_id)))";

    internal PurgeTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public PurgeRecord? Find(DatasetId dataset) =>
        WithAnswers(Query("WHERE p.dataset_id = @id", new { id = dataset.ToString() })).FirstOrDefault();

    /// <summary>Returns true if the purge of a dataset was ordered.</summary>
    public bool Has(DatasetId dataset) =>
        _connection.ExecuteScalar<long>("SELECT count(*) FROM purges WHERE dataset_id = @id", new { id = dataset.ToString() }) > 0;

    /// <summary>Lists purges with the answers of sites, the newest first.</summary>
    /// <param name="openAt">
    /// The id of the zone server's own site: lists only purges that it or another site has not carried out. Null: all.
    /// </param>
    /// <param name="after">The dataset after which to continue, as no purge is forgotten; null for the beginning.</param>
    public IReadOnlyList<PurgeRecord> List(string? openAt, DatasetId? after, int limit) => WithAnswers(Query(
        $"WHERE 1 = 1{(openAt is null ? "" : Open)}{(after is null ? "" : After)} ORDER BY p.ordered_ms DESC, p.dataset_id LIMIT @limit",
        new { openAt, after = after?.ToString(), limit }));

    /// <summary>Lists the purges that have changed since a number of the feed, without the answers of sites.</summary>
    public IReadOnlyList<PurgeRecord> ChangedSince(long sequence) => Query(
        $"JOIN feed f ON {FedTable.HasChanged("purges")} AND f.key = p.dataset_id AND f.sequence > @sequence "
        + "ORDER BY f.sequence",
        new { sequence });

    /// <summary>Orders a purge: no site can read the dataset then, and no home can prevent that. Repeating it changes nothing.</summary>
    public void Add(PurgeOrder order, string proof, string by, string reason)
    {
        var values = new
        {
            id = order.Dataset.ToString(),
            at = order.At.ToUnixTimeMilliseconds(),
            proof,
            by,
            reason,
        };
        _connection.Execute(
            "INSERT INTO purges(dataset_id, ordered_ms, proof, ordered_by, reason) VALUES (@id, @at, @proof, @by, @reason) "
            + "ON CONFLICT (dataset_id) DO NOTHING",
            values);
        _connection.Execute(
            "UPDATE homes SET next_id = NULL, released_hash = NULL, problem = NULL, trashed_ms = NULL, ended_ms = @at "
            + "WHERE dataset_id = @id",
            values);
        new FeedTable(_connection, _time).SendAgain(RuleScope.From(order.Dataset));
    }

    /// <summary>Notes that a site has nothing left of it; returns false if that is known.</summary>
    public bool Answer(DatasetId dataset, string siteId, string proof) => _connection.Execute(
        "INSERT INTO purge_answers(dataset_id, site_id, told_ms, proof) VALUES (@id, @siteId, @now, @proof) "
        + "ON CONFLICT (dataset_id, site_id) DO NOTHING",
        new { id = dataset.ToString(), siteId, proof, now = SqlTime.Now(_time) }) > 0;

    private List<PurgeRecord> Query(string which, object? parameters) =>
        [.. _connection.Query<Row>(Select + which, parameters).Select(static row => new PurgeRecord(
            new PurgeOrder(ZoneText.DatasetId(row.DatasetId), ZoneText.Time(row.OrderedMs)), row.Proof, row.OrderedBy, row.Reason))];

    private List<PurgeRecord> WithAnswers(List<PurgeRecord> purges) =>
        [.. purges.Select(purge => purge with
        {
            Answers = [.. _connection.Query<AnswerRow>(
                "SELECT site_id AS SiteId, told_ms AS ToldMs, proof AS Proof FROM purge_answers WHERE dataset_id = @id ORDER BY told_ms",
                new { id = purge.Order.Dataset.ToString() })
                .Select(static row => new PurgeAnswer(row.SiteId, ZoneText.Time(row.ToldMs), row.Proof))],
        })];

    [method: ExplicitConstructor]
    private sealed record Row(string DatasetId, long OrderedMs, string Proof, string OrderedBy, string Reason);

    [method: ExplicitConstructor]
    private sealed record AnswerRow(string SiteId, long ToldMs, string Proof);
}
