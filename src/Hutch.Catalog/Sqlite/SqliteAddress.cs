using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>Opens database files in SQLite, through the necessary layers.</summary>
internal static class SqliteAddress
{
    /// <summary>Opens a connection to a file that no process has open, with checksums of its pages if it has them.</summary>
    public static SqliteConnection Open(string path, SqliteOpenMode mode) => Open(path, mode, !PageSums.Lacks(path));

    /// <param name="hasSums">True if its pages have checksums; those of a new one will.</param>
    /// <param name="timeoutSeconds">The time limit of a statement for a lock.</param>
    /// <param name="isImmutable">True to read it as immutable; otherwise SQLite would make files next to it, and leave them.</param>
    public static SqliteConnection Open(string path, SqliteOpenMode mode, bool hasSums, int timeoutSeconds = 30, bool isImmutable = false)
    {
        SqliteLibrary.EnsureLoaded();
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = For(path, hasSums) + (isImmutable ? "&immutable=1" : ""),
            Mode = mode,
            Pooling = false,
            DefaultTimeout = timeoutSeconds,
        };
        var connection = new PreparedConnection(text.ConnectionString);
        try
        {
            connection.Open();
            if (hasSums)
            {
                PageSums.Reserve(connection.Handle!);
            }
            else if (PageSums.IsMarked(connection))
            {
                throw new SqliteException("byte 20 is not what it was when its pages got their checksums", raw.SQLITE_CORRUPT);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static string For(string path, bool hasSums) =>
        $"file://{string.Join('/', Path.GetFullPath(path).Split('/').Select(Uri.EscapeDataString))}"
        + $"?vfs={(hasSums ? PageSums.Layer : PageSums.LayerBelow)}";
}
