namespace Hutch.Cluster.Servers;

/// <summary>The statements about leases. In queries for free leases, <c>$1</c> is the epoch of the asking server.</summary>
internal static class LeaseTable
{
    /// <summary>The channel that notifies waiting servers of each returned lease.</summary>
    public const string Channel = "hutch_lease";

    private const string Lines =
        """
        (SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = 1818848869 AND objsubid = 2
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
        """;

    /// <summary>A server without its own life line takes no other for dead, because PostgreSQL may have ended all lines.</summary>
    private const string HasNoLine =
        $"((held.server_epoch & 2147483647)::oid NOT IN {Lines} AND ($1::bigint & 2147483647)::oid IN {Lines})";

    /// <summary>
    /// A restarted server has ended its earlier life, since one process at a time locks its data folder. A server removed for its silence
    /// may still run, so its leases last until they end. <c>$2</c> is the remaining time of a lease that has not been renewed for so long
    /// that its holder may be dead, or zero if the asking server cannot know.
    /// </summary>
    private const string IsFree =
        $"""
        (held.ends < clock_timestamp()
            OR EXISTS (SELECT FROM site_server WHERE id = held.server AND epoch <> held.server_epoch)
            OR (held.ends < clock_timestamp() + $2 AND {HasNoLine}))
        """;

    /// <summary>
    /// Takes the lock of a life line. It is shared, so that a new line need not wait for the end of a broken one. The first key names its
    /// purpose: "line" in ASCII.
    /// </summary>
    public const string HoldLine = "SELECT pg_advisory_lock_shared(1818848869, ($1::bigint & 2147483647)::int)";

    /// <summary>The leased jobs, and the remaining time of leases whose holders seem to be dead; null for the living.</summary>
    public const string Busy =
        $"SELECT job, CASE WHEN {HasNoLine} THEN ends - clock_timestamp() - $2 END FROM site_lease AS held WHERE NOT {IsFree}";

    public const string MayBeFree = $"SELECT NOT EXISTS (SELECT FROM site_lease AS held WHERE job = $3 AND NOT {IsFree})";

    public const string Take =
        $"""
        INSERT INTO site_lease AS held (job, server, server_epoch, epoch, ends)
        SELECT $3, id, epoch, nextval('site_epoch'), clock_timestamp() + $5 FROM site_server WHERE id = $4 AND epoch = $1
        ON CONFLICT (job) DO UPDATE SET
            server = excluded.server, server_epoch = excluded.server_epoch, epoch = excluded.epoch, ends = excluded.ends
        WHERE {IsFree}
        RETURNING epoch
        """;

    public const string Holder =
        """
        SELECT one.id, one.name, one.epoch, clock_timestamp() - one.heartbeat, one.address, one.fingerprint
        FROM site_lease AS held JOIN site_server AS one ON one.id = held.server AND one.epoch = held.server_epoch
        WHERE held.job = $1 AND held.ends >= clock_timestamp()
        """;

    public const string Renew =
        """
        UPDATE site_lease AS held SET ends = clock_timestamp() + $2 FROM site_server AS own
        WHERE held.epoch = ANY($1) AND own.id = held.server AND own.epoch = held.server_epoch
        RETURNING held.epoch
        """;

    public const string GiveBack =
        $"WITH given_back AS (DELETE FROM site_lease WHERE epoch = $1 RETURNING job) SELECT pg_notify('{Channel}', job) FROM given_back";

    public const string Leave =
        $"""
        WITH given_back AS (DELETE FROM site_lease WHERE server = $1 AND server_epoch = $2 RETURNING job),
            gone AS (DELETE FROM site_server WHERE id = $1 AND epoch = $2)
        SELECT pg_notify('{Channel}', job) FROM given_back
        """;
}
