using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

/// <summary>The exclusive right to collect: a lease, which each of its commits asserts.</summary>
internal sealed class CollectionLease(LogConnections connections, JobLease lease, Func<Guid> newId) : ICollectionLease
{
    /// <summary>The number of rows changed in one transaction; appends wait for it.</summary>
    private const int RowsAtOnce = 1000;

    private readonly LeasedLog _log = new(connections, lease, newId);

    public bool IsHeld => lease.IsHeld;

    public ValueTask<long> ReadLeastAppliedAsync(CancellationToken ct) => _log.ReadLeastAppliedAsync(ct);

    public Task NoteGoneAsync(IReadOnlyList<string> names, CancellationToken ct) => _log.NoteGoneAsync(names, ct);

    public async Task<long?> TryCondemnAsync(
        IReadOnlyList<string> names, bool isDueAtOnce, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
    {
        (bool isChanged, long last) = await _log.ChangeAsync(
            async head =>
            {
                if (await LeasedLog.IsAnyAgainstAsync(head, after, isAgainst, ct))
                {
                    return null;
                }

                await using NpgsqlCommand time = head.Command($"SELECT {LogSchema.Now}");
                long since = isDueAtOnce ? CondemnedObject.DueAtOnce : (long)(await time.ExecuteScalarAsync(ct))!;
                return [_log.Append(head, new LogDirectory { Condemned = [.. names.Select(name => new CondemnedObject(name, since))] })];
            },
            ct);
        return isChanged ? last + 1 : null;
    }

    public ValueTask<IReadOnlySet<Guid>> ReadWritersAsync(CancellationToken ct) => connections.QueryAsync<IReadOnlySet<Guid>>(
        async connection =>
        {
            await using var ask = new NpgsqlCommand("SELECT writer FROM site_folder JOIN site_server ON id = server", connection);
            await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
            var writers = new HashSet<Guid>();
            while (await reader.ReadAsync(ct))
            {
                writers.Add(reader.GetGuid(0));
            }

            return writers;
        },
        ct);

    public ValueTask<long> FindRowAsync(long sequence, CancellationToken ct) => connections.QueryAsync(
        async connection =>
        {
            await using var ask = new NpgsqlCommand(
                "SELECT number FROM site_log WHERE last_sequence > 0 AND last_sequence >= $1 ORDER BY last_sequence LIMIT 1", connection);
            ask.Parameters.Add(LogParameter.From(sequence));
            return await ask.ExecuteScalarAsync(ct) is long row ? row : long.MaxValue;
        },
        ct);

    public async Task<bool> TryTrimAsync(long through, CancellationToken ct)
    {
        long row = await _log.QueryAsync("SELECT trimmed_row FROM site_head", ct);
        if (row < through && await _log.ReadLeastAppliedAsync(ct) < through)
        {
            return false;
        }

        while (row < through)
        {
            long from = row;
            row = Math.Min(row + RowsAtOnce, through);
            if (!await TryChangeAsync(through, TrimRows(from, row), ct))
            {
                return false;
            }
        }

        return true;
    }

    public async Task<bool> TryRewriteAsync(long through, Func<long, LogDirectory, LogDirectory?> rewrite, CancellationToken ct)
    {
        if (await _log.ReadLeastAppliedAsync(ct) < through)
        {
            return false;
        }

        for (long row = 0; row < through; row += RowsAtOnce)
        {
            List<(long Row, byte[] Directory)> changed = [];
            foreach ((long number, byte[] bytes) in await ReadDirectoriesAsync(row, Math.Min(row + RowsAtOnce, through), ct))
            {
                if (rewrite(number, LogDirectory.Read(bytes)) is { } directory)
                {
                    changed.Add((number, directory.SaysNothing ? [] : directory.ToBytes()));
                }
            }

            if (changed.Count > 0 && !await TryChangeAsync(through, SetDirectories(changed), ct))
            {
                return false;
            }
        }

        return true;
    }

    public async Task NoteSweptAsync(long sequence, CancellationToken ct) => await _log.ChangeAsync(
        head => Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>?>(
        [
            new NpgsqlBatchCommand("UPDATE site_head SET purged_row = last_row, purged_sequence = greatest(purged_sequence, $1)")
            {
                Parameters = { LogParameter.From(sequence) },
            },
        ]),
        ct);

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private static NpgsqlBatchCommand[] TrimRows(long after, long through) =>
    [
        new NpgsqlBatchCommand("UPDATE site_log SET journal = '' WHERE number > $1 AND number <= $2 AND octet_length(journal) > 0")
        {
            Parameters = { LogParameter.From(after), LogParameter.From(through) },
        },
        new NpgsqlBatchCommand("UPDATE site_head SET trimmed_row = greatest(trimmed_row, $1)")
        {
            Parameters = { LogParameter.From(through) },
        },
    ];

    private static NpgsqlBatchCommand[] SetDirectories(List<(long Row, byte[] Directory)> changed) =>
    [
        new NpgsqlBatchCommand(
            """
            UPDATE site_log SET directory = changed.directory
            FROM unnest($1, $2) AS changed (number, directory) WHERE site_log.number = changed.number
            """)
        {
            Parameters =
            {
                LogParameter.From(changed.Select(static one => one.Row).ToArray()),
                LogParameter.From(changed.Select(static one => one.Directory).ToArray()),
            },
        },
    ];

    /// <summary>
    /// Changes rows that every server has applied. A server that joins at this time waits for the head, and finds them changed.
    /// </summary>
    private async Task<bool> TryChangeAsync(long through, IReadOnlyList<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        (bool isChanged, _) = await _log.ChangeAsync(
            async head => await LeasedLog.AreAppliedAsync(head, through, ct) ? statements : null, ct);
        return isChanged;
    }

    private ValueTask<List<(long Row, byte[] Directory)>> ReadDirectoriesAsync(long after, long through, CancellationToken ct) =>
        connections.QueryAsync(
            async connection =>
            {
                await using var ask = new NpgsqlCommand(
                    """
                    SELECT number, directory FROM site_log
                    WHERE number > $1 AND number <= $2 AND octet_length(directory) > 0 ORDER BY number
                    """,
                    connection);
                ask.Parameters.Add(LogParameter.From(after));
                ask.Parameters.Add(LogParameter.From(through));
                await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
                var found = new List<(long, byte[])>();
                while (await reader.ReadAsync(ct))
                {
                    found.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
                }

                return found;
            },
            ct);
}
