using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// Keeps the write-ahead log from growing where readers overlap all the time. SQLite begins the log anew only at a commit that finds no
/// reader in it, and on a busy server no commit may: the log grows, and every read has more of it to look through. So when it is longer
/// than it is cut back to, the writer waits a moment for those who read: who begins meanwhile reads the file and is not in the way.
/// See "Avoiding Excessively Large WAL Files", sqlite.org/wal.html.
/// </summary>
/// <param name="databasePath">The database file.</param>
/// <param name="options">How long the log may be, and how long statements wait otherwise.</param>
internal sealed class LogBound(string databasePath, SqliteOptions options)
{
    /// <summary>So long writers may wait for readers, each time the log has grown by what it is cut back to.</summary>
    private const int WaitMilliseconds = 100;

    private readonly FileInfo _log = new(databasePath + "-wal");
    private long _tryBeyond = options.LogLimitBytes;

    /// <summary>Looks at the log after a commit of the connection that writes.</summary>
    public void Keep(SqliteSession writer)
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
            // What was committed is in the log and stays there; that the disk does not take it into the file, the next commits say.
            return false;
        }
        finally
        {
            writer.Execute($"PRAGMA busy_timeout={options.BusyTimeoutMilliseconds}");
        }
    }
}
