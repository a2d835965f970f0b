using System.Net.Sockets;

namespace Hutch.Cluster.Journal;

/// <summary>Translates exceptions of the database driver for the log and its operators.</summary>
internal static class LogFailure
{
    /// <summary>The code with which PostgreSQL ends an idle session that has the turn.</summary>
    private const string IdleInTransaction = "25P03";

    /// <summary>Returns true if the failure may be temporary: a restart, a failover, a broken connection, too many connections.</summary>
    public static bool IsPassing(Exception e) => e is PostgresException said
        ? said.IsTransient || said.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction
            or IdleInTransaction or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
        : e is NpgsqlException or SocketException or TimeoutException or IOException { InnerException: SocketException };

    /// <summary>
    /// Returns true if PostgreSQL refused a statement before the commit, so that the group is not and never will be appended.
    /// </summary>
    /// <param name="commit">The last statement of the append.</param>
    public static bool IsRefusal(Exception e, NpgsqlBatchCommand commit) =>
        e is PostgresException { InvariantSeverity: "ERROR" } said && said.BatchCommand is { } command && command != commit;

    public static StorageRefusedException Refused(Exception e, string where, long bytes) =>
        e is PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory }
            ? new StorageFullException(bytes, 0, 0, e)
            : new StorageRefusedException($"PostgreSQL at {where} refused the write: {Text(e)}.", e);

    /// <summary>Makes the exception for a commit without an answer.</summary>
    public static StorageUnknownOutcomeException Unconfirmed(Exception e, string where) =>
        new($"PostgreSQL at {where} did not confirm the commit.", e);

    /// <summary>Returns the same exception, or one that explains the failure.</summary>
    public static Exception InWords(Exception e, PostgresDatabase database) =>
        database.InWords(e) is { } words ? new LogUnusableException(words.TrimEnd('.'), e) : e;

    /// <summary>Makes the exception for a standby or read-only server.</summary>
    public static LogUnusableException Standby(PostgresDatabase database) => new(database.ReadOnlyInWords.TrimEnd('.'));

    private static string Text(Exception e) =>
        (e is PostgresException said ? said.MessageText : e.Message).TrimEnd('.').ToString(CultureInfo.InvariantCulture);
}
