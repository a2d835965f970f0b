using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Requests of people to read datasets: at most one for each person and dataset. A granted one is removed, since the grant replaces it. A
/// denied one stays for a while, so that its author sees it.
/// </summary>
public sealed class AccessRequestTable : ZoneTable
{
    private const string Select =
        """
        SELECT r.dataset_id AS DatasetId, p.id AS UserId, p.name AS UserName, r.text AS Text, r.asked_ms AS AskedMs, r.denied_ms AS DeniedMs
        FROM access_requests r JOIN principals p ON p.id = r.user_id
        """;

    private const string Order = " ORDER BY r.asked_ms, p.name, r.dataset_id";

    internal AccessRequestTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public AccessRequestRecord? Find(DatasetId dataset, PrincipalId user) =>
        _connection.QuerySingleOrDefault<Row>(
            Select + " WHERE r.dataset_id = @id AND r.user_id = @user",
            new { id = dataset.ToString(), user = user.ToString() })?.ToRecord();

    /// <summary>Lists the open requests for a dataset made after a time, the oldest first.</summary>
    public IReadOnlyList<AccessRequestRecord> On(DatasetId dataset, DateTimeOffset after) => Read(
        Select + " WHERE r.denied_ms IS NULL AND r.asked_ms > @after AND r.dataset_id = @id" + Order,
        new { id = dataset.ToString(), after = SqlTime.ToMilliseconds(after) });

    /// <summary>Lists the requests of a person, open and denied, the oldest first.</summary>
    public IReadOnlyList<AccessRequestRecord> ListFor(PrincipalId user) =>
        Read(Select + " WHERE r.user_id = @user" + Order, new { user = user.ToString() });

    /// <summary>Lists the open requests for all datasets that any of these users and groups own or manage.</summary>
    public IReadOnlyList<AccessRequestRecord> To(IReadOnlyCollection<PrincipalId> managers, DateTimeOffset after, int limit)
    {
        var parameters = new DynamicParameters(new { limit, after = SqlTime.ToMilliseconds(after) });
        string ids = AddList(parameters, "id", managers.Select(id => id.ToString()));
        return Read(
            Select + " JOIN names n ON n.dataset_id = r.dataset_id WHERE r.denied_ms IS NULL AND r.asked_ms > @after AND (n.owner_id IN "
            + ids + " OR EXISTS (SELECT 1 FROM grants g WHERE g.dataset_id = r.dataset_id AND g.granted_right = 'manage'"
            + " AND g.principal_id IN " + ids + "))" + Order + " LIMIT @limit",
            parameters);
    }

    /// <summary>Opens a request, and replaces a denied one.</summary>
    public void Put(DatasetId dataset, PrincipalId user, string text) => _connection.Execute(
        """
        INSERT INTO access_requests(dataset_id, user_id, text, asked_ms) VALUES (@dataset, @user, @text, @now)
        ON CONFLICT (dataset_id, user_id) DO UPDATE SET text = excluded.text, asked_ms = excluded.asked_ms, denied_ms = NULL
        """,
        new { dataset = dataset.ToString(), user = user.ToString(), text, now = SqlTime.Now(_time) });

    /// <summary>Denies an open request; returns false without one.</summary>
    public bool Deny(DatasetId dataset, PrincipalId user) => _connection.Execute(
        "UPDATE access_requests SET denied_ms = @now WHERE dataset_id = @dataset AND user_id = @user AND denied_ms IS NULL",
        new { dataset = dataset.ToString(), user = user.ToString(), now = SqlTime.Now(_time) }) > 0;

    /// <summary>Removes a request; returns false without one.</summary>
    public bool Remove(DatasetId dataset, PrincipalId user) => _connection.Execute(
        "DELETE FROM access_requests WHERE dataset_id = @dataset AND user_id = @user",
        new { dataset = dataset.ToString(), user = user.ToString() }) > 0;

    public void RemoveOf(PrincipalId user) =>
        _connection.Execute("DELETE FROM access_requests WHERE user_id = @user", new { user = user.ToString() });

    public int RemoveOn(DatasetId dataset) =>
        _connection.Execute("DELETE FROM access_requests WHERE dataset_id = @id", new { id = dataset.ToString() });

    private IReadOnlyList<AccessRequestRecord> Read(string sql, object parameters) =>
        [.. _connection.Query<Row>(sql, parameters).Select(row => row.ToRecord())];

    [method: ExplicitConstructor]
    private sealed record Row(
        string DatasetId, string UserId, string UserName, string Text, long AskedMs, long? DeniedMs)
    {
        public AccessRequestRecord ToRecord() => new(
            ZoneText.DatasetId(DatasetId), new PrincipalRecord(ZoneText.PrincipalId(UserId), PrincipalKind.User, UserName), Text,
            ZoneText.Time(AskedMs), SqlTime.FromMilliseconds(DeniedMs));
    }
}
