using System.Globalization;
using System.Text.RegularExpressions;
using Hutch.Peers.Postgres;
using Npgsql;

namespace Hutch.Bench.Engines;

/// <summary>Appends to the log, counted where they are; and how many of the same size pgbench makes, one after the other under the same lock.</summary>
internal static partial class LogAppends
{
    private const string Tables =
        """
        CREATE TABLE head (last_row bigint NOT NULL) WITH (fillfactor = 10);
        INSERT INTO head VALUES (0);
        CREATE TABLE log (number bigint PRIMARY KEY, id uuid NOT NULL, body bytea) WITH (toast_tuple_target = 8160);
        ALTER TABLE log ALTER COLUMN body SET STORAGE EXTERNAL;
        """;

    /// <summary>The number of the last row.</summary>
    public static async Task<long> LastRowAsync(SharedSite site, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await site.ConnectAsync(ct);
        await using var ask = new NpgsqlCommand("SELECT last_row FROM site_head", connection);
        return (long)(await ask.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Bytes of a row after a number, on average: bodies, records and directory.</summary>
    public static async Task<int> MeanBytesAsync(SharedSite site, long after, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await site.ConnectAsync(ct);
        await using var ask = new NpgsqlCommand(
            "SELECT coalesce(avg(body_bytes + length(journal) + length(directory)), 0)::int FROM site_log WHERE number > $1", connection);
        ask.Parameters.AddWithValue(after);
        return (int)(await ask.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Appends a second of pgbench, which does nothing else.</summary>
    /// <param name="site">Whose PostgreSQL.</param>
    /// <param name="script">bench/peers/append_row.sql.</param>
    /// <param name="rowBytes">How large a row is.</param>
    /// <param name="clients">How many take the lock by turns.</param>
    /// <param name="seconds">For how long.</param>
    public static async Task<double> PgBenchAsync(SharedSite site, string script, int rowBytes, int clients, int seconds, CancellationToken ct)
    {
        string database = await site.CreateDatabaseAsync(ct);
        var address = new NpgsqlConnectionStringBuilder(site.Database) { Database = database };
        await using (var connection = new NpgsqlConnection(address.ConnectionString))
        {
            await connection.OpenAsync(ct);
            await using var make = new NpgsqlCommand(Tables, connection);
            await make.ExecuteNonQueryAsync(ct);
        }

        string printed = await BenchmarkContext.RunProgramAsync(
            PostgresServer.Programs + "pgbench",
            [
                "-h", address.Host!, "-p", Text(address.Port), "-U", PostgresServer.User, "-n", "-M", "prepared", "-c", Text(clients), "-T", Text(seconds),
                "-D", "body=" + new string('x', rowBytes), "-f", script, database,
            ],
            ct);
        return double.Parse(Rate().Match(printed).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^tps = ([0-9.]+)")]
    private static partial Regex Rate();
}
