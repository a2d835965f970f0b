namespace Hutch.Cluster.Journal;

/// <summary>The connection on which a server takes its turns. A whole append takes two batches of statements. Not thread-safe.</summary>
internal sealed class LogLockConnection : IAsyncDisposable
{
    // The lock comes first, and the statements that depend on it are separate. Under READ COMMITTED each statement sees what was committed
    // before it began, and the first begins before it has the lock.
    private const string LockHead = "SELECT site, format, last_row, last_id, last_sequence, time_ms FROM site_head FOR UPDATE";

    private const string UnderLock =
        $"""
        SELECT {LogSchema.Now},
            (SELECT epoch FROM site_server WHERE id = $1),
            (SELECT id FROM site_log WHERE number = $2),
            ARRAY(SELECT job || ' ' || epoch FROM site_lease WHERE server = $1),
            {LogCommit.AsDurable}
        """;

    private const string MoveHead = "UPDATE site_head SET last_row = $1, last_id = $2, last_sequence = $3, time_ms = $4";

    private readonly NpgsqlConnection _connection;
    private readonly string _where;
    private readonly LogCommit _commit;

    private LogLockConnection(NpgsqlConnection connection, string where)
    {
        (_connection, _where) = (connection, where);
        _commit = new LogCommit(connection, where);
    }

    public static async ValueTask<LogLockConnection> OpenAsync(LogConnections connections, CancellationToken ct) =>
        new(await connections.OpenAsync(ct), connections.Where);

    /// <summary>Finds the position of a record in the log, or of the last one before it. Called before a turn.</summary>
    public async ValueTask<LogPosition> FindAsync(long sequence, CancellationToken ct) => await FindAsync(_connection, sequence, ct);

    public static async ValueTask<LogPosition> FindAsync(NpgsqlConnection connection, long sequence, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand(
            "SELECT number, id FROM site_log WHERE last_sequence > 0 AND last_sequence <= $1 ORDER BY last_sequence DESC LIMIT 1",
            connection);
        ask.Parameters.Add(LogParameter.From(sequence));
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new LogPosition(reader.GetInt64(0), reader.GetGuid(1)) : default;
    }

    /// <summary>Takes the turn: locks the head, and reads the rows after a number.</summary>
    /// <param name="asked">A row to look up; 0 for none.</param>
    /// <param name="note">Receives each row, in order.</param>
    /// <param name="ct">Cancels the wait for the lock.</param>
    public async ValueTask<LogHead> BeginAsync(Guid server, long after, long asked, Action<StoredRow> note, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(_connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
                new NpgsqlBatchCommand(LockHead),
                new NpgsqlBatchCommand(StoredRow.After) { Parameters = { LogParameter.From(after) } },
                new NpgsqlBatchCommand(UnderLock) { Parameters = { LogParameter.From(server), LogParameter.From(asked) } },
            },
        };
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            throw LogDatabase.NoHead(_where);
        }

        var head = new LogHead(
            reader.GetGuid(0),
            reader.GetInt32(1),
            new LogPosition(reader.GetInt64(2), reader.GetGuid(3)),
            reader.GetInt64(4),
            reader.GetInt64(5),
            null,
            null,
            []);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            note(StoredRow.Read(reader));
        }

        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return head with
        {
            TimeMs = Math.Max(head.TimeMs, reader.GetInt64(0)),
            Epoch = reader.IsDBNull(1) ? null : reader.GetInt64(1),
            Asked = reader.IsDBNull(2) ? null : reader.GetGuid(2),
            Leases = reader.GetFieldValue<string[]>(3),
        };
    }

    /// <summary>Appends rows, moves the head and commits.</summary>
    public async ValueTask AppendAsync(IEnumerable<NpgsqlBatchCommand> rows, LogPosition last, long lastSequence, long timeMs)
    {
        await using var batch = new NpgsqlBatch(_connection);
        foreach (NpgsqlBatchCommand row in rows)
        {
            batch.BatchCommands.Add(row);
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(MoveHead)
        {
            Parameters = { LogParameter.From(last.Number), LogParameter.From(last.Id), LogParameter.From(lastSequence), LogParameter.From(
                timeMs) },
        });
        long bytes = rows.Sum(static row => (long)row.Parameters[^1].Value!);
        await _commit.RunAsync(batch, bytes);
    }

    /// <summary>
    /// Commits an empty change and waits until it is as durable as the operator wants; everything before it is then as durable.
    /// </summary>
    public async ValueTask ConfirmAsync()
    {
        await using var batch = new NpgsqlBatch(_connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE site_head SET time_ms = time_ms"));
        await _commit.RunAsync(batch, 0);
    }

    /// <summary>Ends the turn without an append.</summary>
    public async ValueTask RollbackAsync()
    {
        await using var rollback = new NpgsqlCommand("ROLLBACK", _connection);
        await rollback.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Ends the connection and its open transaction.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
