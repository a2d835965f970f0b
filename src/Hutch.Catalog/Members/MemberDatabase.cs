using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Members;

/// <summary>
/// <c>members.db</c>: the location of each member according to the rows of the log. It is a view: a lost or damaged one is rebuilt from the
/// first row. Thread-safe; one writer at a time.
/// </summary>
public sealed class MemberDatabase : IAsyncDisposable
{
    public const string FileName = "members.db";

    private const string DamagedSuffix = ".damaged";

    private readonly IDisk _disk;
    private readonly SqliteDatabase _database;

    private MemberDatabase(IDisk disk, SqliteDatabase database)
    {
        _disk = disk;
        _database = database;
    }

    /// <summary>Opens it in a folder. An unreadable or damaged one is made anew, empty.</summary>
    public static MemberDatabase Open(IDisk disk, string folder, TimeProvider time)
    {
        string path = Path.Combine(folder, FileName);
        SqliteOptions options = SqliteOptions.View with { ApplicationId = MemberSchema.ApplicationId };
        if (disk.FileExists(path + DamagedSuffix))
        {
            Delete(disk, path);
        }

        try
        {
            return new MemberDatabase(disk, SqliteDatabase.Open(path, options, MemberSchema.Migrations, time));
        }
        catch (Exception e) when (SqliteDamage.Is(e))
        {
            Delete(disk, path);
            return new MemberDatabase(disk, SqliteDatabase.Open(path, options, MemberSchema.Migrations, time));
        }
    }

    /// <summary>Runs a change in one transaction.</summary>
    /// <exception cref="HutchException">The file is damaged.</exception>
    public T Write<T>(Func<MemberWriter, T> work)
    {
        using SqliteLease lease = _database.RentWriter(CancellationToken.None);
        try
        {
            lease.Session.Begin();
            T value = work(new MemberWriter(lease.Session));
            lease.Session.Commit();
            return value;
        }
        catch (Exception e) when (SqliteDamage.Is(e))
        {
            lease.Session.RollbackIfOpen();
            throw Damaged(e);
        }
        catch
        {
            lease.Session.RollbackIfOpen();
            throw;
        }
    }

    /// <summary>Erases deleted rows from the file, and empties its log; returns false when a reader was in the way.</summary>
    public bool TryWipe()
    {
        Write(static writer =>
        {
            writer.Tidy(int.MaxValue);
            return 0;
        });
        using SqliteLease lease = _database.RentWriter(CancellationToken.None);
        return lease.Session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
    }

    /// <exception cref="HutchException">The file is damaged.</exception>
    public T Read<T>(Func<MemberQueries, T> work)
    {
        try
        {
            using SqliteLease lease = _database.RentReader(CancellationToken.None);
            return work(new MemberQueries(lease.Session));
        }
        catch (Exception e) when (SqliteDamage.Is(e))
        {
            throw Damaged(e);
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>Marks the file, so that the next start makes it anew.</summary>
    private HutchException Damaged(Exception e)
    {
        AtomicFile.Replace(_disk, _database.Path + DamagedSuffix, "Damage was found in members.db: the next start makes it anew.\n"u8);
        return ErrorCode.Unavailable
            .With($"{FileName}, where this server notes what is where, is damaged: restart the server, which makes it anew from the log.")
            .ToException(e);
    }

    /// <summary>Deletes the mark last: a stop in between leaves it.</summary>
    private static void Delete(IDisk disk, string path)
    {
        disk.Delete(path);
        disk.Delete(path + "-wal");
        disk.Delete(path + DamagedSuffix);
    }
}
