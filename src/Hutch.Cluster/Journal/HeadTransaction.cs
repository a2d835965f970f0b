namespace Hutch.Cluster.Journal;

/// <summary>
/// A transaction with the head of the log locked, for changes outside the turns: servers, leases and packs. An append comes before it, or
/// sees its changes. Without a commit nothing is changed.
/// </summary>
internal sealed class HeadTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly string _where;

    private HeadTransaction(NpgsqlConnection connection, string where, LogPosition last, long timeMs) =>
        (_connection, _where, Last, TimeMs) = (connection, where, last, timeMs);

    public NpgsqlConnection Connection => _connection;

    public LogPosition Last { get; }

    /// <summary>The time of the last append, in milliseconds since 1970.</summary>
    public long TimeMs { get; }

    public static async Task<HeadTransaction> BeginAsync(LogConnections connections, CancellationToken ct)
    {
        NpgsqlConnection connection = await connections.RentAsync(ct);
        try
        {
            await using NpgsqlBatch batch = connection.CreateBatch();
            batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT last_row, last_id, time_ms FROM site_head FOR UPDATE"));
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(ct);
            return await reader.ReadAsync(ct)
                ? new HeadTransaction(
                    connection, connections.Where, new LogPosition(reader.GetInt64(0), reader.GetGuid(1)), reader.GetInt64(2))
                : throw LogDatabase.NoHead(connections.Where);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public NpgsqlCommand Command(string statement, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlCommand(statement, _connection);
        foreach (NpgsqlParameter value in values)
        {
            command.Parameters.Add(value);
        }

        return command;
    }

    public async Task CommitAsync(CancellationToken ct)
    {
        await using NpgsqlCommand commit = Command("COMMIT");
        await commit.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Runs statements and commits like an append of the log; durable on return.</summary>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <exception cref="StorageRefusedException">Nothing was changed.</exception>
    /// <exception cref="StorageUnknownOutcomeException">The outcome is unknown.</exception>
    public async Task CommitAsync(IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await using NpgsqlBatch batch = _connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT {LogCommit.AsDurable}"));
        foreach (NpgsqlBatchCommand statement in statements)
        {
            batch.BatchCommands.Add(statement);
        }

        try
        {
            await new LogCommit(_connection, _where).RunAsync(batch, 0);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.Unconfirmed(e, _where);
        }
    }

    /// <summary>Returns the connection; this rolls back uncommitted changes.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
