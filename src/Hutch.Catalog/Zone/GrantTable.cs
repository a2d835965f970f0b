using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Grants of users and groups on datasets: at most one for each pair, the highest.</summary>
public sealed class GrantTable : ZoneTable
{
    internal GrantTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Lists the grants on a dataset, in the order of the holders' names.</summary>
    public IReadOnlyList<GrantRecord> On(DatasetId dataset) =>
        [.. _connection.Query<Row>(
            """
            SELECT g.dataset_id AS DatasetId, p.id AS PrincipalId, p.kind AS PrincipalKind, p.name AS PrincipalName,
                   g.granted_right AS GrantedRight, g.from_ms AS FromMs, giver.name AS GrantedBy, g.granted_ms AS GrantedMs
            FROM grants g JOIN principals p ON p.id = g.principal_id JOIN principals giver ON giver.id = g.granted_by
            WHERE g.dataset_id = @id ORDER BY p.name
            """,
            new { id = dataset.ToString() }).Select(r => r.ToRecord())];

    public IReadOnlyList<GrantRecord> ListFor(PrincipalId principal) =>
        [.. _connection.Query<Row>(
            """
            SELECT g.dataset_id AS DatasetId, p.id AS PrincipalId, p.kind AS PrincipalKind, p.name AS PrincipalName,
                   g.granted_right AS GrantedRight, g.from_ms AS FromMs, giver.name AS GrantedBy, g.granted_ms AS GrantedMs
            FROM grants g JOIN principals p ON p.id = g.principal_id JOIN principals giver ON giver.id = g.granted_by
            WHERE g.principal_id = @id ORDER BY g.dataset_id
            """,
            new { id = principal.ToString() }).Select(r => r.ToRecord())];

    public void Put(DatasetId dataset, PrincipalId principal, Rights right, DateTimeOffset? from, PrincipalId grantedBy) =>
        _connection.Execute(
            """
            INSERT INTO grants(dataset_id, principal_id, granted_right, from_ms, granted_by, granted_ms)
            VALUES (@dataset, @principal, @right, @from, @grantedBy, @now)
            ON CONFLICT (dataset_id, principal_id) DO UPDATE SET
                granted_right = excluded.granted_right, from_ms = excluded.from_ms,
                granted_by = excluded.granted_by, granted_ms = excluded.granted_ms
            """,
            new
            {
                dataset = dataset.ToString(),
                principal = principal.ToString(),
                right = right.ToName(),
                from = SqlTime.ToMilliseconds(from),
                grantedBy = grantedBy.ToString(),
                now = SqlTime.Now(_time),
            });

    /// <summary>Removes a grant; returns false without one.</summary>
    public bool Remove(DatasetId dataset, PrincipalId principal) =>
        _connection.Execute(
            "DELETE FROM grants WHERE dataset_id = @dataset AND principal_id = @principal",
            new { dataset = dataset.ToString(), principal = principal.ToString() }) > 0;

    [method: ExplicitConstructor]
    private sealed record Row(
        string DatasetId, string PrincipalId, string PrincipalKind, string PrincipalName, string GrantedRight,
        long? FromMs, string GrantedBy, long GrantedMs)
    {
        public GrantRecord ToRecord() =>
            new(ZoneText.DatasetId(DatasetId),
                new PrincipalRecord(ZoneText.PrincipalId(PrincipalId), ZoneText.Kind(PrincipalKind), PrincipalName),
                ZoneText.Right(GrantedRight), SqlTime.FromMilliseconds(FromMs), GrantedBy, ZoneText.Time(GrantedMs));
    }
}
