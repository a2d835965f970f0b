namespace Hutch.Catalog.Sqlite;

/// <summary>
/// Keeps the write-ahead log from growing while readers overlap continuously. SQLite restarts the log only at a commit that finds no reader
/// in it. On a busy server no commit may find that, so the log grows, and every read must search more of it. When the log is longer than
/// its limit, the writer therefore waits briefly for current readers. Readers that begin during this time read the file and do not block
/// it. See "Avoiding Excessively Large WAL Files", sqlite.org/wal.html.
/// </summary>
/// <param name="options">The length limit of the log, and the usual timeout of statements.</param>
internal sealed class LogBound(string databasePath, SqliteOptions options)
{
    /// <summary>The most that writers wait for readers, each time the log has grown by its limit.</summary>
    private const int WaitMilliseconds = 100;

    private readonly FileInfo _log = new(databasePath + "-wal");
    private long _tryBeyond = options.LogLimitBytes;

    /// <summary>Checks the log after a commit of the writing connection.</summary>
    public void Store(SqliteSession writer)
    {
        _log.Refresh();
        long bytes = _log.Exists ? _log.Length : 0;
        if (bytes > _tryBeyond)
        {
            // The next commit cuts it back.
            _tryBeyond = TryRestart(writer) ? options.LogLimitBytes : bytes + options.LogLimitBytes;
        }
    }

    private bool TryRestart(SqliteSession writer)
    {
        try
        {
            writer.Execute($"PRAGMA busy_timeout={WaitMilliseconds}");
            return writer.Scalar("PRAGMA wal_checkpoint(RESTART)") == 0;
        }
        catch (SqliteException)
        {
            // The commit is in the log and stays there. If the disk refuses the copy into the file, the next commits report it.
            return false;
        }
        finally
        {
            writer.Execute($"PRAGMA busy_timeout={options.BusyTimeoutMilliseconds}");
        }
    }
}
