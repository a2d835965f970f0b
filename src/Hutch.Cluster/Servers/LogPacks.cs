using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

/// <summary>The operations of the log in PostgreSQL for jobs on packs, for the holder of the job's lease.</summary>
public sealed class LogPacks(LogConnections connections, PostgresLog log, JobLease lease, Func<Guid> newId) : IPackLog
{
    private const int MostRows = 10_000;

    private readonly LeasedLog _log = new(connections, lease, newId);

    public ValueTask<IReadOnlyList<UnpackedRow>> ReadUnpackedAsync(long maxBytes, CancellationToken ct) =>
        connections.QueryAsync(connection => ReadUnpackedAsync(connection, maxBytes, ct), ct);

    public ValueTask<PackBacklog> ReadBacklogAsync(CancellationToken ct) => connections.QueryAsync(
        async connection =>
        {
            await using var ask = new NpgsqlCommand(
                $"""
                SELECT count(*), coalesce(sum(octet_length(journal) + body_bytes), 0)::bigint, coalesce({LogSchema.Now} - min(time_ms), 0)
                FROM site_log WHERE {LogSchema.ToBePacked}
                """,
                connection);
            await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            return new PackBacklog(reader.GetInt64(0), reader.GetInt64(1), TimeSpan.FromMilliseconds(Math.Max(0, reader.GetInt64(2))));
        },
        ct);

    public ValueTask<long> NextPackAsync(CancellationToken ct) => _log.QueryAsync("SELECT nextval('site_pack')", ct);

    public ValueTask<long> ReadLeastAppliedAsync(CancellationToken ct) => _log.ReadLeastAppliedAsync(ct);

    public Task NoteGoneAsync(IReadOnlyList<string> names, CancellationToken ct) => _log.NoteGoneAsync(names, ct);

    public async ValueTask<bool> TryRecordAsync(
        LogDirectory directory, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
    {
        (bool isChanged, _) = await _log.ChangeAsync(
            async head => await LeasedLog.IsAnyAgainstAsync(head, after, isAgainst, ct)
                ? null
                : [_log.Append(head, directory), DropBodies(directory)],
            ct);
        await log.CatchUpAsync(ct);
        return isChanged;
    }

    private static async Task<IReadOnlyList<UnpackedRow>> ReadUnpackedAsync(
        NpgsqlConnection connection, long maxBytes, CancellationToken ct)
    {
        if (await FindLastAsync(connection, maxBytes, ct) is not { } last)
        {
            return [];
        }

        await using var ask = new NpgsqlCommand(UnpackedRows.Select + " AND number <= $1 ORDER BY number", connection);
        ask.Parameters.Add(LogParameter.From(last));
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        var rows = new List<UnpackedRow>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(UnpackedRows.Read(reader));
        }

        return rows;
    }

    /// <summary>Finds the last row to read; null without any.</summary>
    private static async Task<long?> FindLastAsync(NpgsqlConnection connection, long maxBytes, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand(
            $"""
            SELECT number, octet_length(journal) + body_bytes FROM site_log WHERE {LogSchema.ToBePacked} ORDER BY number LIMIT $1
            """,
            connection);
        ask.Parameters.Add(LogParameter.From(MostRows));
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

    private static NpgsqlBatchCommand DropBodies(LogDirectory directory)
    {
        (long Row, string Pack)[] packed =
            [.. directory.Packs.SelectMany(static pack => pack.Rows.Select(row => (row.Row, ObjectNames.For(pack))))];
        return new NpgsqlBatchCommand(
            """
            UPDATE site_log SET bodies = NULL, packed_in = pack.name
            FROM unnest($1, $2) AS pack (number, name) WHERE site_log.number = pack.number
            """)
        {
            Parameters =
            {
                LogParameter.From(packed.Select(static one => one.Row).ToArray()),
                LogParameter.From(packed.Select(static one => one.Pack).ToArray()),
            },
        };
    }
}
