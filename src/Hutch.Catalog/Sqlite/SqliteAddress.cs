using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>How SQLite is told which file to open, and through which layers.</summary>
internal static class SqliteAddress
{
    /// <summary>Opens a connection to a file that nobody has open, as it is: with sums of its pages, if it has them.</summary>
    public static SqliteConnection Open(string path, SqliteOpenMode mode) => Open(path, mode, !PageSums.Lacks(path));

    /// <summary>Opens a connection.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it is made or changed.</param>
    /// <param name="hasSums">Whether its pages end in sums; those of a new one will.</param>
    /// <param name="timeoutSeconds">How long a statement waits for a lock.</param>
    /// <param name="isImmutable">Whether it is read as what cannot change: SQLite would make files beside it, and leave them.</param>
    public static SqliteConnection Open(string path, SqliteOpenMode mode, bool hasSums, int timeoutSeconds = 30, bool isImmutable = false)
    {
        SqliteLibrary.EnsureLoaded();
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = Of(path, hasSums) + (isImmutable ? "&immutable=1" : ""),
            Mode = mode,
            Pooling = false,
            DefaultTimeout = timeoutSeconds,
        };
        var connection = new SqliteConnection(text.ConnectionString);
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

    /// <summary>The address of a file.</summary>
    public static string Of(string path, bool hasSums) =>
        $"file://{string.Join('/', Path.GetFullPath(path).Split('/').Select(Uri.EscapeDataString))}"
        + $"?vfs={(hasSums ? PageSums.Layer : PageSums.LayerBelow)}";
}
