namespace Hutch.Catalog.Sqlite;

/// <summary>Copies live databases, and checks for damage.</summary>
public static class SqliteCopy
{
    private const int MaxFindings = 100;

    /// <summary>
    /// Writes a compact copy of the current database while others write, then opens the copy and checks it. The copy is one file without a
    /// log. It is not synced: the caller does that before it relies on it. Throws <see cref="CatalogException"/> when the copy is damaged.
    /// </summary>
    /// <param name="session">Any session of the source, outside a transaction.</param>
    /// <param name="target">A path without a file.</param>
    public static void Write(SqliteSession session, string target)
    {
        CopyInto(session, target);
        IReadOnlyList<string> damage = Verify(target);
        if (damage.Count > 0)
        {
            throw new CatalogException($"The copy {target} is damaged and must not be used: {damage[0]}");
        }
    }

    /// <summary>
    /// Writes a checked copy of a database into a new file that only its owner can read, and syncs it. A failure leaves no file; a full
    /// disk is a <see cref="DiskFullException"/>.
    /// </summary>
    public static async ValueTask WriteAsync(SqliteDatabase database, IDisk disk, string path, CancellationToken ct)
    {
        // Created here and filled by SQLite, so that it is never readable by others.
        disk.Open(path, DiskAccess.CreateNew).Dispose();
        try
        {
            await database.ReadAsync(
                session =>
                {
                    Write(session, path);
                    return path;
                },
                ct);
            using IDiskFile file = disk.Open(path, DiskAccess.ReadWrite);
            file.Sync();
        }
        catch (Exception e)
        {
            disk.Delete(path);
            if (SqliteFull.Is(e))
            {
                throw new DiskFullException(path, e);
            }

            throw;
        }
    }

    /// <summary>
    /// Writes a checked copy of a database that no process has open into a new file that only its owner can read, and syncs it. The copy
    /// includes the contents of the log. A failure leaves no file; a full disk is a <see cref="DiskFullException"/>.
    /// </summary>
    public static void WriteClosed(IDisk disk, string source, string path)
    {
        disk.Open(path, DiskAccess.CreateNew).Dispose();
        try
        {
            using (var session = new SqliteSession(SqliteAddress.Open(source, SqliteOpenMode.ReadWrite)))
            {
                Write(session, path);
            }

            using IDiskFile file = disk.Open(path, DiskAccess.ReadWrite);
            file.Sync();
        }
        catch (Exception e)
        {
            disk.Delete(path);
            throw e switch
            {
                _ when SqliteFull.Is(e) => new DiskFullException(path, e),
                SqliteException => new CatalogException($"{source} cannot be copied: {e.Message}", e),
                _ => e,
            };
        }
    }

    /// <summary>Opens a copy read-only and finds damage; returns an empty list without any.</summary>
    public static IReadOnlyList<string> Verify(string path)
    {
        try
        {
            using var session = new SqliteSession(SqliteAddress.Open(path, SqliteOpenMode.ReadOnly));
            return FindDamage(session);
        }
        catch (SqliteException e)
        {
            return [e.Message];
        }
    }

    /// <summary>Returns the findings of `PRAGMA integrity_check` and `foreign_key_check`; empty when the database is whole.</summary>
    public static IReadOnlyList<string> FindDamage(SqliteSession session)
    {
        try
        {
            var found = session.Connection.Query<string>($"PRAGMA integrity_check({MaxFindings})")
                .Where(line => line != "ok").Select(SqliteDamage.InWords).ToList();
            using SqliteCommand keys = session.Connection.CreateCommand();
            keys.CommandText = "PRAGMA foreign_key_check";
            using SqliteDataReader reader = keys.ExecuteReader();
            while (found.Count < MaxFindings && reader.Read())
            {
                found.Add($"a row of {reader.GetString(0)} names a row of {reader.GetString(2)} that is not there");
            }

            return found;
        }
        catch (SqliteException e)
        {
            return [e.Message];
        }
    }

    /// <summary>Adds page checksums to an old database by a copy that replaces it: durable on return; a stop leaves the old one.</summary>
    /// <param name="session">The only session of the database; it is closed.</param>
    internal static void AddSums(SqliteSession session, string path)
    {
        LocalDisk disk = LocalDisk.Instance;
        string anew = path + ".summed";
        disk.Delete(anew);
        disk.Open(anew, DiskAccess.CreateNew).Dispose();
        try
        {
            PageSums.Reserve(session.Connection.Handle!);
            CopyInto(session, SqliteAddress.For(anew, hasSums: true));
            session.Dispose();
            if (Verify(anew) is [var damage, ..])
            {
                throw SqliteDamage.Found(path, damage);
            }

            if (disk.FileExists(path + "-wal"))
            {
                throw new CatalogException($"{path} cannot be given checksums: its log {path}-wal is still needed. Start again.");
            }

            using (IDiskFile file = disk.Open(anew, DiskAccess.ReadWrite))
            {
                file.Sync();
            }

            disk.Rename(anew, path);
            disk.SyncFolder(Path.GetDirectoryName(path)!);
        }
        catch (SqliteException e)
        {
            throw new CatalogException(
                $"{Path.GetFileName(path)} cannot be given checksums: {e.Message.TrimEnd('.')}. It was not changed. "
                + "Room for a copy of it is needed.",
                e);
        }
        finally
        {
            disk.Delete(anew);
        }
    }

    private static void CopyInto(SqliteSession session, string target)
    {
        // A reader may write nothing, not even another file: SQLite refuses VACUUM INTO under query_only.
        long queryOnly = session.Connection.ExecuteScalar<long>("PRAGMA query_only");
        session.Execute("PRAGMA query_only=0");
        try
        {
            session.Connection.Execute("VACUUM INTO @target", new { target });
        }
        finally
        {
            session.Execute(queryOnly == 0 ? "PRAGMA query_only=0" : "PRAGMA query_only=1");
        }
    }
}
