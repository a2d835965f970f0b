using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>The failures of SQLite that mean a full disk. Each ends its transaction, and the next one may succeed.</summary>
public static class SqliteFull
{
    // The memory that connections share is a file, too; SQLite reports that it cannot grow as an error of I/O.
    public static bool Is(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: raw.SQLITE_FULL }
            or SqliteException { SqliteExtendedErrorCode: raw.SQLITE_IOERR_SHMSIZE };
}
