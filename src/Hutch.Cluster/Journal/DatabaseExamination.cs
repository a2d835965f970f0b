using Hutch.Catalog.Zone;

namespace Hutch.Cluster.Journal;

/// <summary>Checks if a PostgreSQL database can keep the log of a site and its accounts. Changes nothing.</summary>
internal sealed class DatabaseExamination(LogConnections connections, TimeProvider time)
{
    private const int Rounds = 5;
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromMilliseconds(10);

    private static readonly (string Name, string Wrong, bool IsProblem, string Why)[] Settings =
    [
        ("fsync", "off", true, "a crash of its machine can destroy everything that was acknowledged"),
        ("full_page_writes", "off", true, "a crash of its machine can leave torn pages, with unreadable records"),
        ("synchronous_commit", "off", true, "changes of accounts and rights that were acknowledged can be lost in a crash"),
        ("synchronous_commit", "local", false, "changes of accounts and rights do not wait for the standbys"),
        ("data_checksums", "off", false, "pages that its disk damages are not noticed"),
        ("synchronous_standby_names", "", false, "what was acknowledged is on one machine until a standby or a backup has it"),
    ];

    private readonly List<EngineFinding> _findings = [];

    public IReadOnlyList<EngineFinding> Findings => _findings;

    /// <summary>The site whose log is in the database; null for none.</summary>
    public Guid? Site { get; private set; }

    /// <summary>The version of PostgreSQL; null without an answer.</summary>
    public string? Version { get; private set; }

    /// <param name="expected">The site that the data folder belongs to; null for none.</param>
    public async Task RunAsync(Guid? expected, CancellationToken ct)
    {
        try
        {
            await using NpgsqlConnection connection = await connections.OpenAsync(ct);
            Version = connection.PostgreSqlVersion.ToString();
            if (!await IsUsableAsync(connection, ct))
            {
                return;
            }

            await CheckSettingsAsync(connection, ct);
            await CheckConnectionsAsync(connection, ct);
            await CheckClockAsync(connection, ct);
            await CheckLogAsync(connection, expected, ct);
            await CheckAccountsAsync(connection, ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            Problem(LogFailure.InWords(e, connections.Place).Message + ".", "Check 'engine.records', the password and the database.");
        }
    }

    private async Task<bool> IsUsableAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        if (connection.PostgreSqlVersion.Major < PostgresDatabase.OldestVersion)
        {
            Problem(
                $"PostgreSQL at {connections.Where} is {connection.PostgreSqlVersion}; {PostgresDatabase.OldestVersion} or later is "
                + "needed.",
                "Upgrade it.");
            return false;
        }

        if (await QueryAsync<bool>(connection, "SELECT pg_is_in_recovery()", ct))
        {
            Problem(connections.Place.ReadOnlyInWords, "Use a name or address that follows the primary in a failover.");
            return false;
        }

        string encoding = await QueryAsync<string>(connection, "SELECT current_setting('server_encoding')", ct);
        if (encoding != "UTF8")
        {
            Problem(
                $"The database at {connections.Where} has the encoding {encoding}; UTF8 is needed.",
                "Create it with `createdb --encoding UTF8`.");
        }

        return true;
    }

    private async Task CheckSettingsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        foreach ((string name, string wrong, bool isProblem, string why) in Settings)
        {
            if (await QueryAsync<string>(connection, $"SELECT current_setting('{name}')", ct) == wrong)
            {
                string value = wrong.Length == 0 ? "empty" : $"'{wrong}'";
                _findings.Add(new EngineFinding(
                    isProblem, $"PostgreSQL's setting {name} is {value}: {why}.",
                    isProblem ? "Set it to 'on' in postgresql.conf." : "Ask the operator of the database whether that is meant."));
            }
        }
    }

    private async Task CheckConnectionsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        long free = await QueryAsync<long>(
            connection,
            "SELECT current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint - count(*) "
            + "FROM pg_stat_activity WHERE backend_type = 'client backend'",
            ct);
        if (free < PostgresDatabase.ConnectionsOfServer)
        {
            Problem(
                $"PostgreSQL takes only {free} more connections; a server uses up to {PostgresDatabase.ConnectionsOfServer}.",
                "Raise max_connections: 40 for each server, and what others use.");
        }
    }

    private async Task CheckClockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var took = new List<TimeSpan>();
        TimeSpan skew = TimeSpan.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long start = time.GetTimestamp();
            DateTime there = await QueryAsync<DateTime>(connection, "SELECT clock_timestamp()", ct);
            took.Add(time.GetElapsedTime(start));
            TimeSpan off = (time.GetUtcNow().UtcDateTime - (took[^1] / 2) - there.ToUniversalTime()).Duration();
            skew = off < skew ? off : skew;
        }

        if (skew > PostgresDatabase.MaxClockDifference)
        {
            Problem(
                string.Create(
                    CultureInfo.InvariantCulture, $"The clocks of this machine and of PostgreSQL differ by {skew.TotalSeconds:0} s."),
                "Records get PostgreSQL's time, but tokens and embargoes expire by this machine's. Keep both in sync with NTP.");
        }

        TimeSpan median = took.Order().ElementAt(Rounds / 2);
        if (median > SlowAnswer)
        {
            _findings.Add(EngineFinding.Record(
                string.Create(CultureInfo.InvariantCulture, $"A question to PostgreSQL takes {median.TotalMilliseconds:0.0} ms."),
                "Every request waits for at least one. Bring servers and database closer together."));
        }
    }

    private async Task CheckLogAsync(NpgsqlConnection connection, Guid? expected, CancellationToken ct)
    {
        if (!await QueryAsync<bool>(connection, "SELECT to_regclass('site_head') IS NOT NULL", ct))
        {
            await CheckRightsAsync(connection, "SELECT has_schema_privilege(current_schema(), 'CREATE')", "make tables in", ct);
            if (expected is not null)
            {
                Problem(
                    $"The database at {connections.Where} has no log, and this data folder is that of a server of site {expected:D}.",
                    "Give the site's own database, or have it restored from its operator's backup.");
            }

            return;
        }

        int format = await QueryAsync<int>(connection, "SELECT format FROM site_head", ct);
        if (format != LogSchema.Format)
        {
            Problem(LogDatabase.OtherFormat(connections.Where, format) + ".", "All servers of a site run the same version.");
            return;
        }

        Site = await QueryAsync<Guid>(connection, "SELECT site FROM site_head", ct);
        if (expected is { } site && site != Site)
        {
            Problem(LogDatabase.OtherSite(connections.Where, Site.Value, site) + ".", "Nothing was changed.");
        }

        await CheckRightsAsync(
            connection,
            "SELECT has_table_privilege('site_head', 'UPDATE') AND has_table_privilege('site_log', 'INSERT') "
            + "AND has_table_privilege('site_log', 'UPDATE') AND has_table_privilege('site_server', 'DELETE')",
            "write to the log in",
            ct);
    }

    private async Task CheckAccountsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        if (!await QueryAsync<bool>(connection, $"SELECT to_regclass('{ZoneDatabase.PostgresSchema}.schema_version') IS NOT NULL", ct))
        {
            await CheckRightsAsync(connection, "SELECT has_database_privilege(current_database(), 'CREATE')", "make a schema in", ct);
            return;
        }

        long schema = await QueryAsync<long>(
            connection, $"SELECT coalesce(max(number), 0) FROM {ZoneDatabase.PostgresSchema}.schema_version", ct);
        if (schema > ZoneDatabase.KnownSchema)
        {
            Problem(
                $"The accounts in {connections.Where} have schema {schema}, but this version knows only up to {ZoneDatabase.KnownSchema}: "
                + "a newer version wrote them.",
                "Install that version on all servers.");
        }
    }

    private async Task CheckRightsAsync(NpgsqlConnection connection, string question, string what, CancellationToken ct)
    {
        if (!await QueryAsync<bool>(connection, question, ct))
        {
            Problem(
                $"The user of 'engine.records' may not {what} the database at {connections.Where}.",
                "Make it the owner of the database: `ALTER DATABASE … OWNER TO …`.");
        }
    }

    private void Problem(string what, string advice) => _findings.Add(EngineFinding.Problem(what, advice));

    private static async Task<T> QueryAsync<T>(NpgsqlConnection connection, string question, CancellationToken ct)
    {
        await using NpgsqlCommand ask = connection.CreateCommand();
        ask.CommandText = question;
        return (T)(await ask.ExecuteScalarAsync(ct))!;
    }
}
