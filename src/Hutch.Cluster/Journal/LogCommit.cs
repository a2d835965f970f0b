namespace Hutch.Cluster.Journal;

/// <summary>Commits on a connection, and distinguishes refusals from unknown outcomes.</summary>
internal sealed class LogCommit
{
    /// <summary>The setting of a transaction with a durable commit. An operator may ask for more than 'on', but not for less.</summary>
    public const string AsDurable =
        "set_config('synchronous_commit', "
        + "CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)";

    private readonly NpgsqlConnection _connection;
    private readonly string _where;

    /// <param name="connection">The connection, with a transaction that is <see cref="AsDurable"/>.</param>
    public LogCommit(NpgsqlConnection connection, string where) => (_connection, _where) = (connection, where);

    /// <summary>Runs the last statements of a transaction and commits it.</summary>
    /// <param name="batch">The statements; the commit is added.</param>
    /// <param name="bytes">The number of bytes written, for messages.</param>
    /// <exception cref="StorageRefusedException">Nothing was changed.</exception>
    /// <exception cref="StorageUnknownOutcomeException">It was committed, but may not survive a failover.</exception>
    public async ValueTask RunAsync(NpgsqlBatch batch, long bytes)
    {
        var commit = new NpgsqlBatchCommand("COMMIT");
        batch.BatchCommands.Add(commit);
        using var warnings = new CommitWarnings(_connection);
        try
        {
            // No token from here on: what may be durable is waited for, up to the time that the connection has for an answer.
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (LogFailure.IsRefusal(e, commit))
        {
            throw LogFailure.Refused(e, _where, bytes);
        }

        if (warnings.Last is not null)
        {
            throw new StorageUnknownOutcomeException(
                $"PostgreSQL at {_where} gave up waiting for its standby: the commit may not survive a failover");
        }
    }
}
