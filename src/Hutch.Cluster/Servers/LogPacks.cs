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
        ask.Parameters.Add(LogParameter.Of(last));
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
            await using HeadTransaction head = await HeadTransaction.BeginAsync(connections, ct);
            await RequireHeldAsync(head, lease, ct);
            await AppendAsync(head, directory, ct);
            await DropBodiesAsync(head, packed, ct);
            await WaitForDiskAsync(head, ct);
            isCommitting = true;
            await head.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw isCommitting
                ? new StorageUnknownOutcomeException($"PostgreSQL at {connections.Where} did not confirm the commit.", e)
                : LogFailure.InWords(e, connections.Where);
        }
    }


    /// <summary>The last row that is read; null when there is none.</summary>
    private static async Task<long?> FindLastAsync(NpgsqlConnection connection, long maxBytes, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand(
            """
            SELECT number, octet_length(journal) + body_bytes FROM site_log
            WHERE packed_in IS NULL AND (body_bytes > 0 OR last_sequence > 0) ORDER BY number LIMIT $1
            """,
            connection);
        ask.Parameters.Add(LogParameter.Of(MostRows));
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

    /// <summary>Appends the row and moves the head.</summary>
    private async Task AppendAsync(HeadTransaction head, ReadOnlyMemory<byte> directory, CancellationToken ct)
    {
        await using NpgsqlCommand append = head.Command(
            """
            WITH appended AS (
                INSERT INTO site_log (
                    number, id, previous_id, lane, first_sequence, last_sequence, time_ms, has_checkpoint, journal, directory, body_bytes)
                VALUES ($1, $2, $3, $4, 0, 0, $5, false, '', $6, 0))
            UPDATE site_head SET last_row = $1, last_id = $2
            """,
            LogParameter.Of(head.Last.Number + 1), LogParameter.Of(newId()), LogParameter.Of(head.Last.Id),
            LogParameter.Of(Lane.Main.Name), LogParameter.Of(head.TimeMs), LogParameter.Of(directory));
        await append.ExecuteNonQueryAsync(ct);
    }

    private static async Task RequireHeldAsync(HeadTransaction head, JobLease lease, CancellationToken ct)
    {
        await using NpgsqlCommand ask = head.Command(
            "SELECT count(*) FROM site_lease WHERE job = $1 AND epoch = $2", LogParameter.Of(lease.Job), LogParameter.Of(lease.Epoch));
        if (await ask.ExecuteScalarAsync(ct) is not 1L)
        {
            throw new StorageRefusedException($"The job '{lease.Job}' has another holder by now.");
        }
    }

    private static async Task WaitForDiskAsync(HeadTransaction head, CancellationToken ct)
    {
        await using NpgsqlCommand set = head.Command($"SELECT {TurnConnection.AsDurable}");
        await set.ExecuteScalarAsync(ct);
    }

    private static async Task DropBodiesAsync(HeadTransaction head, IReadOnlyList<(long Row, string Pack)> packed, CancellationToken ct)
    {
        await using NpgsqlCommand drop = head.Command(
            """
            UPDATE site_log SET bodies = NULL, packed_in = pack.name
            FROM unnest($1, $2) AS pack (number, name) WHERE site_log.number = pack.number
            """,
            LogParameter.Of(packed.Select(static one => one.Row).ToArray()),
            LogParameter.Of(packed.Select(static one => one.Pack).ToArray()));
        await drop.ExecuteNonQueryAsync(ct);
    }

    private async Task<long> AskAsync(string question, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await connections.RentAsync(ct);
        await using var ask = new NpgsqlCommand(question, connection);
        return (long)(await ask.ExecuteScalarAsync(ct))!;
    }
}
