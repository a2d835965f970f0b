using Hutch.Storage;
using Npgsql;

namespace Hutch.Cluster.Journal;

/// <summary>Commits on a connection, and tells what was refused from what nobody knows.</summary>
internal sealed class LogCommit
{
    /// <summary>The setting of a transaction whose commit is to last. An operator may ask for more than 'on', but not for less.</summary>
    public const string AsDurable =
        "set_config('synchronous_commit', "
        + "CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)";

    private readonly string _where;
    private bool _isDoubtful;

    /// <param name="connection">The connection, which has a transaction that is <see cref="AsDurable"/>.</param>
    /// <param name="where">Which PostgreSQL.</param>
    public LogCommit(NpgsqlConnection connection, string where)
    {
        _where = where;
        connection.Notice += OnNotice;
    }

    /// <summary>Runs the last statements of a transaction and commits it.</summary>
    /// <param name="batch">The statements; the commit is added.</param>
    /// <param name="bytes">How much is written, for messages.</param>
    /// <exception cref="StorageRefusedException">Nothing was changed.</exception>
    /// <exception cref="StorageUnknownOutcomeException">It is there, and may not survive a failover.</exception>
    public async ValueTask RunAsync(NpgsqlBatch batch, long bytes)
    {
        var commit = new NpgsqlBatchCommand("COMMIT");
        batch.BatchCommands.Add(commit);
        _isDoubtful = false;
        try
        {
            // No token from here on: what may be durable is waited for, up to the time that the connection has for an answer.
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (LogFailure.IsRefusal(e, commit))
        {
            throw LogFailure.Refused(e, _where, bytes);
        }

        if (_isDoubtful)
        {
            throw new StorageUnknownOutcomeException(
                $"PostgreSQL at {_where} gave up waiting for its standby: the commit may not survive a failover");
        }
    }

    // A commit that is cancelled while it waits for a standby succeeds with a warning.
    private void OnNotice(object sender, NpgsqlNoticeEventArgs e) => _isDoubtful |= e.Notice.InvariantSeverity == "WARNING";
}
