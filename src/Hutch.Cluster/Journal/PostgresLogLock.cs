namespace Hutch.Cluster.Journal;

/// <summary>One turn of a server: from the lock of the head to the commit or the rollback.</summary>
internal sealed class PostgresLogLock(
    PostgresLog log, LogLockConnection connection, LogHead head, IReadOnlyList<JournalGroup> missed, AppendOutcome lastAppend) : ILogLock
{
    private bool _isEnded;

    public IReadOnlyList<JournalGroup> Missed => missed;

    public long Now => head.TimeMs;

    public AppendOutcome LastAppend => lastAppend;

    public async ValueTask AppendAsync(LogGroup group, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isEnded, this);
        _isEnded = true;
        await log.AppendAsync(connection, head, group);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_isEnded)
            {
                _isEnded = true;
                await log.ReturnAsync(connection);
            }
        }
        finally
        {
            log.EndTransaction();
        }
    }
}
