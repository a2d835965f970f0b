using Hutch.Cluster.Journal;
using Hutch.Storage;
using Npgsql;

namespace Hutch.Cluster.Servers;

/// <summary>What a packer needs of the log: the rows that no pack has, and to say in one commit that a pack has them.</summary>
/// <remarks>
/// It writes with the head locked and the lease asserted, as appends do, but not in the committer's turn: all servers, this one included,
/// learn of its row as of any other's.
/// </remarks>
public sealed class LogPacks(LogConnections connections, Func<Guid> newId)
{
    private const int MostRows = 10_000;

    private const string LockHead = "SELECT last_row, last_id, time_ms FROM site_head FOR UPDATE";

    /// <summary>The oldest rows that have members or records and are in no pack yet, in order; at least one where there are any.</summary>
    /// <param name="maxBytes">Stop before their records and bodies are more than this.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<PackableRow>> ReadAsync(long maxBytes, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await connections.RentAsync(ct);
        if (await FindLastAsync(connection, maxBytes, ct) is not { } last)
        {
            return [];
        }

        await using var ask = new NpgsqlCommand(
            """
            SELECT number, lane, time_ms, first_sequence, last_sequence, journal, directory, coalesce(bodies, '') FROM site_log
            WHERE packed_in IS NULL AND (body_bytes > 0 OR last_sequence > 0) AND number <= $1 ORDER BY number
            """,
            connection);
        ask.Parameters.Add(Of(last));
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        var rows = new List<PackableRow>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new PackableRow(
                reader.GetInt64(0),
                StoredRow.LaneOf(reader.GetInt64(0), reader.GetString(1)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetFieldValue<byte[]>(5),
                reader.GetFieldValue<byte[]>(6),
                reader.GetFieldValue<byte[]>(7)));
        }

        return rows;
    }

    /// <summary>A number that no pack of this site has had.</summary>
    public async Task<long> NextPackAsync(CancellationToken ct) => await AskAsync("SELECT nextval('site_pack')", ct);

    /// <summary>The number of the row up to which every server that runs has applied the log.</summary>
    public async Task<long> LeastAppliedAsync(CancellationToken ct) =>
        await AskAsync("SELECT coalesce(min(applied_row), 0) FROM site_server", ct);

    /// <summary>
    /// In one transaction: appends a row without members and records that has this directory, and drops the bodies of rows which are in a
    /// pack, noting its name in each. Either all of it or nothing.
    /// </summary>
    /// <param name="directory">What the servers learn.</param>
    /// <param name="packed">The rows and the packs that have them.</param>
    /// <param name="lease">The lease of the job.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <exception cref="StorageRefusedException">Nothing was changed: the lease has another holder, or PostgreSQL refused it.</exception>
    /// <exception cref="StorageUnknownOutcomeException">Nobody knows: the rows are read again before anything else is done.</exception>
    public async Task RecordAsync(
        ReadOnlyMemory<byte> directory, IReadOnlyList<(long Row, string Pack)> packed, JobLease lease, CancellationToken ct)
    {
        bool isCommitting = false;
        try
        {
            await using NpgsqlConnection connection = await connections.OpenAsync(ct);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(ct);
            await AppendAsync(connection, directory, ct);
            await RequireHeldAsync(connection, lease, ct);
            await DropBodiesAsync(connection, packed, ct);
            await WaitForDiskAsync(connection, ct);
            isCommitting = true;
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw isCommitting
                ? new StorageUnknownOutcomeException($"PostgreSQL at {connections.Where} did not confirm the commit.", e)
                : LogFailure.InWords(e, connections.Where);
        }
    }

    private static NpgsqlParameter<long> Of(long value) => new() { TypedValue = value };

    /// <summary>The last row that is read; null when there is none.</summary>
    private static async Task<long?> FindLastAsync(NpgsqlConnection connection, long maxBytes, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand(
            """
            SELECT number, octet_length(journal) + body_bytes FROM site_log
            WHERE packed_in IS NULL AND (body_bytes > 0 OR last_sequence > 0) ORDER BY number LIMIT $1
            """,
            connection);
        ask.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostRows });
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        long? last = null;
        long bytes = 0;
        while (await reader.ReadAsync(ct))
        {
            bytes += reader.GetInt64(1);
            if (last is null || bytes <= maxBytes)
            {
                last = reader.GetInt64(0);
            }
        }

        return last;
    }

    /// <summary>Locks the head, appends the row and moves the head.</summary>
    private async Task AppendAsync(NpgsqlConnection connection, ReadOnlyMemory<byte> directory, CancellationToken ct)
    {
        (LogPosition before, long timeMs) = await LockAsync(connection, ct);
        var position = new LogPosition(before.Number + 1, newId());
        await using var append = new NpgsqlCommand(
            """
            WITH appended AS (
                INSERT INTO site_log (
                    number, id, previous_id, lane, first_sequence, last_sequence, time_ms, has_checkpoint, journal, directory, body_bytes)
                VALUES ($1, $2, $3, $4, 0, 0, $5, false, '', $6, 0))
            UPDATE site_head SET last_row = $1, last_id = $2
            """,
            connection);
        append.Parameters.Add(Of(position.Number));
        append.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = position.Id });
        append.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = before.Id });
        append.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Lane.Main.Name });
        append.Parameters.Add(Of(timeMs));
        append.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = directory });
        await append.ExecuteNonQueryAsync(ct);
    }

    private static async Task<(LogPosition Last, long TimeMs)> LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var take = new NpgsqlCommand(LockHead, connection);
        await using NpgsqlDataReader reader = await take.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? (new LogPosition(reader.GetInt64(0), reader.GetGuid(1)), reader.GetInt64(2))
            : throw new LogUnusableException("The table site_head is empty: restore the database from its backup");
    }

    private static async Task RequireHeldAsync(NpgsqlConnection connection, JobLease lease, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand("SELECT count(*) FROM site_lease WHERE job = $1 AND epoch = $2", connection);
        ask.Parameters.Add(new NpgsqlParameter<string> { TypedValue = lease.Job });
        ask.Parameters.Add(Of(lease.Epoch));
        if (await ask.ExecuteScalarAsync(ct) is not 1L)
        {
            throw new StorageRefusedException($"The job '{lease.Job}' has another holder by now.");
        }
    }

    private static async Task WaitForDiskAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var set = new NpgsqlCommand($"SELECT {TurnConnection.AsDurable}", connection);
        await set.ExecuteScalarAsync(ct);
    }

    private static async Task DropBodiesAsync(
        NpgsqlConnection connection, IReadOnlyList<(long Row, string Pack)> packed, CancellationToken ct)
    {
        await using var drop = new NpgsqlCommand(
            """
            UPDATE site_log SET bodies = NULL, packed_in = pack.name
            FROM unnest($1, $2) AS pack (number, name) WHERE site_log.number = pack.number
            """,
            connection);
        drop.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. packed.Select(static one => one.Row)] });
        drop.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. packed.Select(static one => one.Pack)] });
        await drop.ExecuteNonQueryAsync(ct);
    }

    private async Task<long> AskAsync(string question, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await connections.RentAsync(ct);
        await using var ask = new NpgsqlCommand(question, connection);
        return (long)(await ask.ExecuteScalarAsync(ct))!;
    }
}
