using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Datasets that their owners offer to others: at most one offer for each dataset.</summary>
public sealed class OfferTable : ZoneTable
{
    private const string Select =
        """
        SELECT o.dataset_id AS DatasetId, p.id AS ToId, p.kind AS ToKind, p.name AS ToName, o.offered_by AS ById, giver.name AS ByName,
               o.offered_ms AS OfferedMs
        FROM offers o JOIN principals p ON p.id = o.receiver_id JOIN principals giver ON giver.id = o.offered_by
        """;

    internal OfferTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public OfferRecord? Find(DatasetId dataset) =>
        _connection.QuerySingleOrDefault<Row>(Select + " WHERE o.dataset_id = @id", new { id = dataset.ToString() })?.ToRecord();

    /// <summary>Lists the offers to any of these users and groups, the oldest first.</summary>
    public IReadOnlyList<OfferRecord> To(IReadOnlyCollection<PrincipalId> receivers) => List(" WHERE o.receiver_id IN ", receivers);

    /// <summary>Lists the offers of datasets that any of these users and groups own, the oldest first.</summary>
    public IReadOnlyList<OfferRecord> ListFor(IReadOnlyCollection<PrincipalId> owners) =>
        List(" JOIN names n ON n.dataset_id = o.dataset_id WHERE n.owner_id IN ", owners);

    public OfferRecord Put(DatasetId dataset, PrincipalId to, PrincipalId by)
    {
        _connection.Execute(
            """
            INSERT INTO offers(dataset_id, receiver_id, offered_by, offered_ms) VALUES (@dataset, @to, @by, @now)
            ON CONFLICT (dataset_id) DO UPDATE SET
                receiver_id = excluded.receiver_id, offered_by = excluded.offered_by, offered_ms = excluded.offered_ms
            """,
            new { dataset = dataset.ToString(), to = to.ToString(), by = by.ToString(), now = SqlTime.Now(_time) });
        return Find(dataset)!;
    }

    /// <summary>Removes the offer of a dataset; returns false without one.</summary>
    public bool Remove(DatasetId dataset) =>
        _connection.Execute("DELETE FROM offers WHERE dataset_id = @id", new { id = dataset.ToString() }) > 0;

    private IReadOnlyList<OfferRecord> List(string where, IReadOnlyCollection<PrincipalId> principals)
    {
        var parameters = new DynamicParameters();
        string ids = AddList(parameters, "id", principals.Select(id => id.ToString()));
        return [.. _connection.Query<Row>(Select + where + ids + " ORDER BY o.offered_ms, o.dataset_id", parameters)
            .Select(row => row.ToRecord())];
    }

    [method: ExplicitConstructor]
    private sealed record Row(
        string DatasetId, string ToId, string ToKind, string ToName, string ById, string ByName, long OfferedMs)
    {
        public OfferRecord ToRecord() => new(
            ZoneText.DatasetId(DatasetId), new PrincipalRecord(ZoneText.PrincipalId(ToId), ZoneText.Kind(ToKind), ToName),
            new PrincipalRecord(ZoneText.PrincipalId(ById), PrincipalKind.User, ByName), ZoneText.Time(OfferedMs));
    }
}
