using System.Globalization;
using System.Net.Sockets;
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
    /// <param name="where">Which PostgreSQL.</param>
    public static Exception InWords(Exception e, string where) => e switch
    {
        PostgresException said => new LogUnusableException(InWords(said, where), e),
        NpgsqlException { InnerException: TimeoutException } or TimeoutException =>
            new LogUnusableException($"PostgreSQL at {where} does not answer", e),
        NpgsqlException { InnerException: SocketException inner } =>
            new LogUnusableException($"PostgreSQL at {where} cannot be reached: {inner.Message}", e),
        NpgsqlException => new LogUnusableException($"The connection to PostgreSQL at {where} broke: {Text(e)}", e),
        _ => e,
    };

    private static string InWords(PostgresException said, string where) => said.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"PostgreSQL at {where} refuses the login: check user and password. It says: {Text(said)}",
        PostgresErrorCodes.InvalidCatalogName => $"PostgreSQL at {where} has no such database: create it. It says: {Text(said)}",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"PostgreSQL at {where} lets this user not write to the log: make it the owner of the tables site_*. It says: {Text(said)}",
        PostgresErrorCodes.TooManyConnections =>
            $"PostgreSQL at {where} takes no more connections: raise max_connections, or run fewer servers",
        PostgresErrorCodes.ReadOnlySqlTransaction => Standby(where),
        PostgresErrorCodes.LockNotAvailable => $"Another server has had the turn of the log at {where} for too long",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn =>
            $"The database at {where} has no log of a site, or one of another version. It says: {Text(said)}",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            $"PostgreSQL at {where} is stopping or starting",
        _ => $"PostgreSQL at {where} says: {Text(said)} ({said.SqlState})",
    };

    public static string Standby(string where) =>
        $"PostgreSQL at {where} is a read-only standby: give the address of the primary";

    private static string Text(Exception e) =>
        (e is PostgresException said ? said.MessageText : e.Message).TrimEnd('.').ToString(CultureInfo.InvariantCulture);
}
