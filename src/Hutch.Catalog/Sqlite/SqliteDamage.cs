using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>Damage in the file of a database.</summary>
public static class SqliteDamage
{
    /// <summary>Whether an exception says that the file itself is damaged, or no database at all.</summary>
    public static bool Is(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException)?.SqliteErrorCode
            is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>
    /// Looks at every page. What it passes over is whether indexes agree with their tables, which takes eight times as long: a zone of
    /// 100 000 accounts (260 MB) is looked through in 0.4 s.
    /// </summary>
    /// <exception cref="CatalogException">It is damaged: <see cref="Is"/>.</exception>
    internal static void RequireWhole(SqliteSession session, string path)
    {
        string name = Path.GetFileName(path);
        string found;
        try
        {
            found = SqliteConnectionFactory.Scalar(session, "PRAGMA quick_check(1)");
        }
        catch (SqliteException e) when (Is(e))
        {
            throw new CatalogException($"{name} is damaged: {e.Message}", e);
        }

        if (found != "ok")
        {
            throw new CatalogException($"{name} is damaged: {found}", new SqliteException(found, raw.SQLITE_CORRUPT));
        }
    }
}
