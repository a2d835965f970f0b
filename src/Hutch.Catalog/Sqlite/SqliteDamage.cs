using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

public static class SqliteDamage
{
    /// <summary>Returns true if an exception reports a damaged file, or a file that is no database.</summary>
    public static bool Is(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException)
            is { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB };

    /// <summary>Makes the exception for damage that SQLite itself does not detect.</summary>
    internal static CatalogException Found(string path, string what) =>
        new($"{Path.GetFileName(path)} is damaged: {what}", new SqliteException(what, raw.SQLITE_CORRUPT));

    /// <summary>
    /// Checks every page, but not the agreement of indexes with their tables, which takes eight times as long. A check of a zone of 100 000
    /// accounts (260 MB) takes 0.4 s.
    /// </summary>
    /// <exception cref="CatalogException">It is damaged: <see cref="Is"/>.</exception>
    internal static void RequireWhole(SqliteSession session, string path)
    {
        string found;
        try
        {
            found = SqliteConnectionFactory.Scalar(session, "PRAGMA quick_check(1)");
        }
        catch (SqliteException e) when (Is(e))
        {
            throw new CatalogException($"{Path.GetFileName(path)} is damaged: {e.Message}", e);
        }

        if (found != "ok")
        {
            throw Found(path, InWords(found));
        }
    }

    /// <summary>Rewords a line of SQLite's own check, which reports a page with a wrong checksum as one that it could not get.</summary>
    internal static string InWords(string finding) => finding
        .Replace("*** in database main ***\n", "", StringComparison.Ordinal)
        .Replace("unable to get the page. error code=11", "its checksum is wrong", StringComparison.Ordinal);
}
