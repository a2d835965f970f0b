using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Storage;
using Npgsql;

namespace Hutch.Cluster.Servers;

/// <summary>What the jobs on packs need of the log in PostgreSQL, for who has the lease of the job.</summary>
/// <remarks>
/// It writes with the head locked and the lease asserted, as appends do, but not in the committer's turn: this server learns of its row as
/// of any other's.
/// </remarks>
public sealed class LogPacks(LogConnections connections, PostgresLog log, JobLease lease, Func<Guid> newId) : IPackLog
{
    private const int MostRows = 10_000;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<UnpackedRow>> ReadUnpackedAsync(long maxBytes, CancellationToken ct) =>
        connections.AskAsync(connection => ReadUnpackedAsync(connection, maxBytes, ct), ct);

    /// <inheritdoc/>
    public ValueTask<PackBacklog> ReadBacklogAsync(CancellationToken ct) => connections.AskAsync(
        async connection =>
        {
            await using var ask = new NpgsqlCommand(
                """
                SELECT count(*), coalesce(sum(octet_length(journal) + body_bytes), 0)::bigint,
                    coalesce((extract(epoch FROM clock_timestamp()) * 1000)::bigint - min(time_ms), 0)
                FROM site_log WHERE packed_in IS NULL AND (bodies IS NOT NULL OR last_sequence > 0)
                """,
                connection);
            await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            return new PackBacklog(reader.GetInt64(0), reader.GetInt64(1), TimeSpan.FromMilliseconds(Math.Max(0, reader.GetInt64(2))));
        },
        ct);

    /// <inheritdoc/>
    public ValueTask<long> NextPackAsync(CancellationToken ct) => AskAsync("SELECT nextval('site_pack')", ct);

    /// <inheritdoc/>
    public ValueTask<long> ReadLeastAppliedAsync(CancellationToken ct) => AskAsync(
        """
        SELECT least(
            (SELECT coalesce(min(applied_row), 0) FROM site_server),
            (SELECT min(number) - 1 FROM site_log WHERE packed_in IS NULL AND (bodies IS NOT NULL OR last_sequence > 0)))
        """,
        ct);

    /// <inheritdoc/>
    public async ValueTask RecordAsync(LogDirectory directory, CancellationToken ct)
    {
        try
        {
            await using HeadTransaction head = await HeadTransaction.BeginAsync(connections, ct);
            await RequireHeldAsync(head, ct);
            await head.CommitAsync([AppendRow(head, directory), DropBodies(directory)], ct);
            await log.CatchUpAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, connections.Place);
        }
    }

    /// <summary>
    /// Appends a row with a directory, as <see cref="RecordAsync"/> does, unless a row after the given one speaks against it. Both happen
    /// with the head locked.
    /// </summary>
    /// <param name="make">Makes the directory; it is told PostgreSQL's time in milliseconds since 1970.</param>
    /// <param name="after">The rows after this one are asked.</param>
    /// <param name="isAgainst">Whether the directory of such a row speaks against it.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <returns>The number of the row; null when nothing was changed.</returns>
    internal async Task<long?> TryRecordAsync(
        Func<long, LogDirectory> make, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
    {
        try
        {
            await using HeadTransaction head = await HeadTransaction.BeginAsync(connections, ct);
            await RequireHeldAsync(head, ct);
            if (await IsAnyAgainstAsync(head, after, isAgainst, ct))
            {
                return null;
            }

            await using NpgsqlCommand time = head.Command("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
            await head.CommitAsync([AppendRow(head, make((long)(await time.ExecuteScalarAsync(ct))!))], ct);
            return head.Last.Number + 1;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, connections.Place);
        }
    }

    private static async Task<bool> IsAnyAgainstAsync(
        HeadTransaction head, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
    {
        await using NpgsqlCommand ask = head.Command("SELECT directory FROM site_log WHERE number > $1", LogParameter.Of(after));
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (isAgainst(LogDirectory.Read(await reader.GetFieldValueAsync<byte[]>(0, ct))))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<IReadOnlyList<UnpackedRow>> ReadUnpackedAsync(
        NpgsqlConnection connection, long maxBytes, CancellationToken ct)
    {
        if (await FindLastAsync(connection, maxBytes, ct) is not { } last)
        {
            return [];
        }

        await using var ask = new NpgsqlCommand(
            """
            SELECT number, lane, time_ms, first_sequence, last_sequence, journal, directory, coalesce(bodies, '') FROM site_log
            WHERE packed_in IS NULL AND (bodies IS NOT NULL OR last_sequence > 0) AND number <= $1 ORDER BY number
            """,
            connection);
        ask.Parameters.Add(LogParameter.Of(last));
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        var rows = new List<UnpackedRow>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new UnpackedRow(
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

    /// <summary>The last row that is read; null when there is none.</summary>
    private static async Task<long?> FindLastAsync(NpgsqlConnection connection, long maxBytes, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand(
            """
            SELECT number, octet_length(journal) + body_bytes FROM site_log
            WHERE packed_in IS NULL AND (bodies IS NOT NULL OR last_sequence > 0) ORDER BY number LIMIT $1
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

    private async Task RequireHeldAsync(HeadTransaction head, CancellationToken ct)
    {
        await using NpgsqlCommand ask = head.Command(
            "SELECT count(*) FROM site_lease WHERE job = $1 AND epoch = $2", LogParameter.Of(lease.Job), LogParameter.Of(lease.Epoch));
        if (await ask.ExecuteScalarAsync(ct) is not 1L)
        {
            throw new StorageRefusedException($"The job '{lease.Job}' has another holder by now.");
        }
    }

    private NpgsqlBatchCommand AppendRow(HeadTransaction head, LogDirectory directory) => new(
        """
        WITH head AS (UPDATE site_head SET last_row = $1, last_id = $2)
        INSERT INTO site_log (
            number, id, previous_id, lane, first_sequence, last_sequence, time_ms, has_checkpoint, journal, directory, body_bytes)
        VALUES ($1, $2, $3, $4, 0, 0, $5, false, '', $6, 0)
        """)
    {
        Parameters =
        {
            LogParameter.Of(head.Last.Number + 1),
            LogParameter.Of(newId()),
            LogParameter.Of(head.Last.Id),
            LogParameter.Of(Lane.Main.Name),
            LogParameter.Of(head.TimeMs),
            LogParameter.Of(directory.ToBytes()),
        },
    };

    private static NpgsqlBatchCommand DropBodies(LogDirectory directory)
    {
        (long Row, string Pack)[] packed =
            [.. directory.Packs.SelectMany(static pack => pack.Rows.Select(row => (row.Row, ObjectNames.Of(pack))))];
        return new NpgsqlBatchCommand(
            """
            UPDATE site_log SET bodies = NULL, packed_in = pack.name
            FROM unnest($1, $2) AS pack (number, name) WHERE site_log.number = pack.number
            """)
        {
            Parameters =
            {
                LogParameter.Of(packed.Select(static one => one.Row).ToArray()),
                LogParameter.Of(packed.Select(static one => one.Pack).ToArray()),
            },
        };
    }

    private ValueTask<long> AskAsync(string question, CancellationToken ct) => connections.AskAsync(
        async connection =>
        {
            await using var ask = new NpgsqlCommand(question, connection);
            return (long)(await ask.ExecuteScalarAsync(ct))!;
        },
        ct);
}
