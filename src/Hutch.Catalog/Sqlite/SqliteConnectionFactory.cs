namespace Hutch.Catalog.Sqlite;

/// <summary>Opens connections to one database file, all with the same settings.</summary>
internal sealed class SqliteConnectionFactory(string path, SqliteOptions options)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>True if its pages have checksums; known once the writing connection was opened.</summary>
    public bool HasSums { get; private set; }

    /// <summary>Opens the writing connection, and creates a new file. Only its owner can read it, because it has private data.</summary>
    public SqliteSession OpenWriter()
    {
        KeepToOwner();
        CheckLog();
        HasSums = !PageSums.Lacks(path);
        SqliteSession session = Open(SqliteOpenMode.ReadWriteCreate, new LogBound(path, options));
        try
        {
            string mode = Scalar(session, "PRAGMA journal_mode=WAL");
            if (mode != "wal")
            {
                throw new CatalogException(
                    $"{path} cannot be used: its file system does not allow a write-ahead log (journal mode is '{mode}'). "
                    + "Put the data folder on a local disk.");
            }

            session.Execute(
                Invariant($"PRAGMA synchronous={(int)options.Synchronous}; PRAGMA cache_size=-{options.WriterCacheKibibytes};"));

            // SQLite zeroes deleted rows, so no purged name, path or secret stays in the file. The default differs between builds.
            session.Execute("PRAGMA secure_delete=ON");
            session.Execute(Invariant(
                $"PRAGMA wal_autocheckpoint={options.CheckpointPages}; PRAGMA journal_size_limit={options.LogLimitBytes};"));
            MarkOwner(session);
            if (HasSums && !PageSums.IsMarked(session.Connection))
            {
                PageSums.Mark(session);
            }

            return session;
        }
        catch (SqliteException e)
        {
            session.Dispose();
            throw CannotOpen(e);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public SqliteSession OpenReader()
    {
        // Not Mode=ReadOnly: a read-only connection cannot join the log's shared memory after a crash.
        SqliteSession session = Open(SqliteOpenMode.ReadWrite, null);
        session.Execute(Invariant($"PRAGMA query_only=1; PRAGMA cache_size=-{options.ReaderCacheKibibytes};"));
        return session;
    }

    /// <summary>
    /// Restricts the file to its owner: SQLite would let all users of the machine read it, and gives its log the mode of the file.
    /// </summary>
    private void KeepToOwner()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            if (!File.Exists(path))
            {
                new FileStream(
                    path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly })
                    .Dispose();
                return;
            }

            foreach (string file in (string[])[path, path + "-wal", path + "-shm"])
            {
                if (File.Exists(file) && (File.GetUnixFileMode(file) & ~OwnerOnly) != 0)
                {
                    File.SetUnixFileMode(file, OwnerOnly);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotOpen(e);
        }
    }

    /// <summary>Checks the log before SQLite opens it: closing a database, even a refused one, copies its log into the file.</summary>
    private void CheckLog()
    {
        try
        {
            if (options.IsChecked && options.Synchronous == SqliteSynchronous.Full)
            {
                LogCheck.RequireWhole(path, options.ApplicationId);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && e is not CatalogException)
        {
            throw CannotOpen(e);
        }
    }

    private SqliteSession Open(SqliteOpenMode mode, LogBound? log)
    {
        SqliteConnection connection;
        try
        {
            connection = SqliteAddress.Open(path, mode, HasSums, Math.Max(1, options.BusyTimeoutMilliseconds / 1000));
        }
        catch (SqliteException e)
        {
            throw CannotOpen(e);
        }

        var session = new SqliteSession(connection) { Log = log };
        try
        {
            session.Execute(Invariant($"PRAGMA busy_timeout={options.BusyTimeoutMilliseconds}; PRAGMA foreign_keys=1;"));
            session.Execute(Invariant($"PRAGMA temp_store=MEMORY; PRAGMA page_size={PageSums.PageBytes};"));
            return session;
        }
        catch (SqliteException e)
        {
            session.Dispose();
            throw CannotOpen(e);
        }
    }

    private CatalogException CannotOpen(Exception e) => new($"{path} cannot be opened as a database: {e.Message}", e);

    private void MarkOwner(SqliteSession session)
    {
        if (options.ApplicationId == 0)
        {
            return;
        }

        string found = Scalar(session, "PRAGMA application_id");
        string wanted = options.ApplicationId.ToString(CultureInfo.InvariantCulture);
        if (found == "0" && Scalar(session, "SELECT count(*) FROM sqlite_master") == "0")
        {
            session.Execute(Invariant($"PRAGMA application_id={options.ApplicationId}"));
        }
        else if (found != wanted)
        {
            throw new CatalogException(
                $"{path} is a database of another kind (application id {found}, not {wanted}). It was not changed; check the data folder.");
        }
    }

    internal static string Scalar(SqliteSession session, string sql)
    {
        using SqliteCommand command = session.Connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "";
    }

    // PRAGMA takes no parameters; only numbers of the options go in.
    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
