namespace Hutch.Catalog.Zone;

/// <summary>
/// The knowledge of sites about a zone from before its restore. A site reports it, and the zone notes which sites have, and ends what the
/// reports require. Data from after the restore stay.
/// </summary>
public sealed class RestoreTable : ZoneTable
{
    private const string Begun = "(SELECT begun_ms FROM feed_incarnation)";

    private static readonly string[] Tables = ["grants", "memberships", "roles"];

    internal RestoreTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public KnownEnds Known(string siteId)
    {
        return new KnownEnds
        {
            Tokens = List("SELECT id FROM tokens WHERE revoked_ms IS NOT NULL ORDER BY id"),
            Users = List("SELECT id FROM users WHERE disabled_ms IS NOT NULL ORDER BY id"),
            Rows = [.. Tables.SelectMany(table => List(FedTable.Find(table).SelectDeleted).Select(key => $"{table} {key}"))],
            Names =
            [
                .. new NameTable(_connection, _time).ListAtHome(siteId)
                    .Select(static name => new KnownName(name.Dataset, name.Owner.Id.ToString(), name.Slug, name.Home.Epoch)
                    {
                        TrashedUntil = name.Home.TrashedUntil,
                        EndedAt = name.Home.EndedAt,
                    }),
            ],
            Ends =
            [
                .. new HomeTable(_connection, _time).Over().Where(one => one.Home.SiteId != siteId).Select(static one => new KnownEnd(
                    one.Dataset, one.Home.SiteId, one.Home.Epoch, (one.Home.TrashedUntil ?? one.Home.EndedAt)!.Value)),
            ],
            Homes =
            [
                .. new HomeTable(_connection, _time).Moved()
                    .Where(static one => one.Home.GrantProof is not null && HomeAssignment.From(one.Dataset, one.Home) is not null)
                    .Select(static one => new KnownHome(
                        HomeAssignment.From(one.Dataset, one.Home)!, one.Home.GrantProof!,
                        one.Home.Released is null ? one.Home.ReleaseProof : null)),
            ],
            Purges = [.. new PurgeTable(_connection, _time).ChangedSince(0).Select(static one => new KnownPurge(one.Order, one.Proof))],
        };

        IReadOnlyList<string> List(string query) => [.. _connection.Query<string>(query)];
    }

    /// <summary>Returns true if this life of the zone began with a restore.</summary>
    public bool IsRestored() => _connection.ExecuteScalar<long>("SELECT count(*) FROM feed_incarnation WHERE begun_ms IS NOT NULL") > 0;

    /// <summary>Returns true if a site has not yet reported its knowledge of the previous incarnation.</summary>
    public bool MustReport(string siteId) => _connection.ExecuteScalar<long>(
        """
        SELECT count(*) FROM sites, feed_incarnation i
        WHERE sites.id = @siteId AND i.begun_ms IS NOT NULL AND coalesce(sites.told, '') <> i.id
        """,
        new { siteId }) > 0;

    /// <summary>Lists the names of the sites that have not yet reported.</summary>
    public IReadOnlyList<string> NotReported() =>
    [
        .. _connection.Query<string>(
            """
            SELECT sites.name FROM sites, feed_incarnation i
            WHERE sites.removed_ms IS NULL AND i.begun_ms IS NOT NULL AND coalesce(sites.told, '') <> i.id ORDER BY sites.name
            """),
    ];

    public void RecordReported(string siteId) =>
        _connection.Execute("UPDATE sites SET told = (SELECT id FROM feed_incarnation) WHERE id = @siteId", new { siteId });

    /// <summary>
    /// Removes a grant, a membership or a role that the restore brought back; returns false when there is none, or it is newer.
    /// </summary>
    public bool End(string row)
    {
        string[] parts = row.Split(' ', 3);
        string? end = parts[0] switch
        {
            "grants" => "DELETE FROM grants WHERE dataset_id = @a AND principal_id = @b AND granted_ms <= " + Begun,
            "memberships" => "DELETE FROM memberships WHERE group_id = @a AND user_id = @b AND since_ms <= " + Begun,
            "roles" => "DELETE FROM roles WHERE user_id = @a AND role = @b AND since_ms <= " + Begun,
            _ => null,
        };
        return end is not null && parts.Length == 3 && _connection.Execute(end, new { a = parts[1], b = parts[2] }) > 0;
    }
}
