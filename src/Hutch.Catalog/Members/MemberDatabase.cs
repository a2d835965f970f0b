using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;

namespace Hutch.Catalog.Members;

/// <summary>
/// <c>members.db</c>: where each member is, as the rows of the log say it. A view: whoever finds it lost or damaged begins anew, from the
/// first row. Thread-safe; one writer at a time.
/// </summary>
public sealed class MemberDatabase : IAsyncDisposable
{
    /// <summary>The name of the file in the data folder.</summary>
    public const string FileName = "members.db";

    private const string DamagedSuffix = ".damaged";

    private readonly IDisk _disk;
    private readonly SqliteDatabase _database;

    private MemberDatabase(IDisk disk, SqliteDatabase database)
    {
        _disk = disk;
        _database = database;

        // What is deleted is overwritten: the names of what was purged must not stay in this file either.
        using SqliteLease lease = database.RentWriter(CancellationToken.None);
        _ = lease.Session.Scalar("PRAGMA secure_delete=ON");
    }

    /// <summary>Opens it in a folder; one that cannot be read, or in which damage was met, is made anew, empty.</summary>
    public static MemberDatabase Open(IDisk disk, string folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(disk);
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
        ArgumentNullException.ThrowIfNull(work);
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

    /// <summary>
    /// Takes everything out of the file that no pack has any more, and empties its log; false when a reader was in the way.
    /// </summary>
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

    /// <summary>Runs a question.</summary>
    /// <exception cref="HutchException">The file is damaged.</exception>
    public T Read<T>(Func<MemberQueries, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
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

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>Has the next start make it anew.</summary>
    private HutchException Damaged(Exception e)
    {
        AtomicFile.Replace(_disk, _database.Path + DamagedSuffix, "Damage was found in members.db: the next start makes it anew.\n"u8);
        return ErrorCode.Unavailable
            .With($"{FileName}, where this server notes what is where, is damaged: restart the server, which makes it anew from the log.")
            .ToException(e);
    }

    /// <summary>The mark goes last: a stop in between leaves it.</summary>
    private static void Delete(IDisk disk, string path)
    {
        disk.Delete(path);
        disk.Delete(path + "-wal");
        disk.Delete(path + DamagedSuffix);
    }
}
