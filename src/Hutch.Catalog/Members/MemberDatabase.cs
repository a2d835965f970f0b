using Hutch.Catalog.Sqlite;
using Hutch.Disk;

namespace Hutch.Catalog.Members;

/// <summary>
/// <c>members.db</c>: where each member is, as the rows of the log say it. A view: whoever finds it lost or damaged begins anew, from the
/// first row. Thread-safe; one writer at a time.
/// </summary>
public sealed class MemberDatabase : IAsyncDisposable
{
    /// <summary>The name of the file in the data folder.</summary>
    public const string FileName = "members.db";

    private readonly SqliteDatabase _database;

    private MemberDatabase(SqliteDatabase database) => _database = database;

    /// <summary>Opens it in a folder; one that cannot be read is made anew, empty.</summary>
    public static MemberDatabase Open(IDisk disk, string folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(disk);
        string path = Path.Combine(folder, FileName);
        SqliteOptions options = SqliteOptions.View with { ApplicationId = MemberSchema.ApplicationId };
        try
        {
            return Of(SqliteDatabase.Open(path, options, MemberSchema.Migrations, time));
        }
        catch (Exception e) when (SqliteDamage.Is(e))
        {
            disk.Delete(path);
            disk.Delete(path + "-wal");
            return Of(SqliteDatabase.Open(path, options, MemberSchema.Migrations, time));
        }
    }

    /// <summary>Runs a change in one transaction.</summary>
    public T Write<T>(Func<MemberWriter, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using SqliteLease lease = _database.RentWriter(CancellationToken.None);
        lease.Session.Begin();
        try
        {
            T value = work(new MemberWriter(lease.Session));
            lease.Session.Commit();
            return value;
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
    public T Read<T>(Func<MemberQueries, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using SqliteLease lease = _database.RentReader(CancellationToken.None);
        return work(new MemberQueries(lease.Session));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>What is deleted is overwritten: the names of what was purged must not stay in this file either.</summary>
    private static MemberDatabase Of(SqliteDatabase database)
    {
        using SqliteLease lease = database.RentWriter(CancellationToken.None);
        _ = lease.Session.Scalar("PRAGMA secure_delete=ON");
        return new MemberDatabase(database);
    }
}
