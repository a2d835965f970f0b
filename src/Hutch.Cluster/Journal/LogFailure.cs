using System.Globalization;
using System.Net.Sockets;
using Hutch.Catalog.Postgres;
using Hutch.Storage;
using Npgsql;

namespace Hutch.Cluster.Journal;

/// <summary>What an exception of the provider means for the log, and how an operator is told of it.</summary>
internal static class LogFailure
{
    /// <summary>How PostgreSQL ends a session that has the turn and says nothing.</summary>
    private const string IdleInTransaction = "25P03";

    /// <summary>Whether it may pass by itself: a restart, a failover, a broken connection, too many of them.</summary>
    public static bool IsPassing(Exception e) => e is PostgresException said
        ? said.IsTransient || said.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction
            or IdleInTransaction or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
        : e is NpgsqlException or SocketException or TimeoutException or IOException { InnerException: SocketException };

    /// <summary>Whether PostgreSQL refused a statement before the commit, so that the group was not appended and never will be.</summary>
    /// <param name="e">What came out of the append.</param>
    /// <param name="commit">The last statement of the append.</param>
    public static bool IsRefusal(Exception e, NpgsqlBatchCommand commit) =>
        e is PostgresException { InvariantSeverity: "ERROR" } said && said.BatchCommand is { } command && command != commit;

    /// <summary>A refused append, in words.</summary>
    /// <param name="e">What PostgreSQL said.</param>
    /// <param name="where">Which PostgreSQL.</param>
    /// <param name="bytes">How much was to be appended.</param>
    public static StorageRefusedException Refused(Exception e, string where, long bytes) =>
        e is PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory }
            ? new StorageFullException(bytes, 0, 0, e)
            : new StorageRefusedException($"PostgreSQL at {where} refused the write: {Text(e)}.", e);

    /// <summary>For a commit without an answer.</summary>
    public static StorageUnknownOutcomeException Unconfirmed(Exception e, string where) =>
        new($"PostgreSQL at {where} did not confirm the commit.", e);

    /// <summary>The same exception, or one that says in words what is the matter.</summary>
    /// <param name="e">What came out of the provider.</param>
    /// <param name="place">Which PostgreSQL.</param>
    public static Exception InWords(Exception e, PostgresPlace place) =>
        place.InWords(e) is { } words ? new LogUnusableException(words.TrimEnd('.'), e) : e;

    /// <summary>For a server that follows another one, or is kept from changing anything.</summary>
    public static LogUnusableException Standby(PostgresPlace place) => new(place.ReadOnlyInWords.TrimEnd('.'));

    private static string Text(Exception e) =>
        (e is PostgresException said ? said.MessageText : e.Message).TrimEnd('.').ToString(CultureInfo.InvariantCulture);
}
