using System.Data.Common;
using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Site;

/// <summary>
/// <c>site.db</c>: a view of the journal. One writer, the committer; readers never wait for it and see whole groups only.
/// </summary>
/// <remarks>
/// <c>synchronous=NORMAL</c>: no commit waits for the disk, and a power loss costs the last commits but never the file. What is
/// lost is applied again from the journal at the next start.
/// </remarks>
public sealed class SiteDatabase : IAsyncDisposable
{
    /// <summary>"hsit" in ASCII: no other database is taken for this one.</summary>
    internal const int ApplicationId = 0x68736974;

    private readonly SqliteDatabase _database;
    private readonly SqliteLease _writer;

    private SiteDatabase(SqliteDatabase database, SqliteLease writer)
    {
        _database = database;
        _writer = writer;

        // What is deleted is overwritten: a purge must leave nothing in this file either.
        _ = writer.Session.Scalar("PRAGMA secure_delete=ON");
        Writer = new SiteWriter(writer.Session);
    }

    /// <summary>Raised whenever a reader meets damage in the file.</summary>
    public event Action<Exception>? DamageFound;

    /// <summary>The file.</summary>
    public string Path => _database.Path;

    /// <summary>The one writer.</summary>
    public SiteWriter Writer { get; }

    /// <summary>Opens or creates the database and brings its schema up to date.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="isChecked">Whether it is looked through for damage.</param>
    /// <exception cref="CatalogException">It cannot be opened; it may be deleted and rebuilt from the segments.</exception>
    public static async Task<SiteDatabase> OpenAsync(string path, bool isChecked, TimeProvider time, CancellationToken ct)
    {
        SqliteOptions options = SqliteOptions.View with
        {
            Synchronous = SqliteSynchronous.Normal,
            ApplicationId = ApplicationId,
            IsChecked = isChecked,
        };
        var database = SqliteDatabase.Open(path, options, SiteSchema.Migrations, time);
        try
        {
            return new SiteDatabase(database, await database.RentWriterAsync(ct));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Whether an exception is the database's own: a full disk, a lock that does not end, damage. The transaction is to be undone.
    /// </summary>
    public static bool IsFailure(Exception exception) => exception is DbException;

    /// <summary>Whether an exception says that the file itself is damaged, or no database at all.</summary>
    public static bool IsDamage(Exception exception) => SqliteDamage.Is(exception);

    /// <summary>Asks something of the records as they are after the last group.</summary>
    /// <exception cref="HutchException">The file is damaged; who follows <see cref="DamageFound"/> knows.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<SiteQueries, T> ask, CancellationToken ct)
    {
        try
        {
            return await _database.ReadAsync(session => ask(new SiteQueries(session)), ct);
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            throw Damaged(e);
        }
    }

    /// <summary>Asks several things of one and the same state.</summary>
    public async ValueTask<T> ReadConsistentAsync<T>(Func<SiteQueries, T> ask, CancellationToken ct)
    {
        try
        {
            return await _database.ReadConsistentAsync(session => ask(new SiteQueries(session)), ct);
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            throw Damaged(e);
        }
    }

    /// <summary>Works on a session that sees one state until the work ends: for dumps and marking, which take long.</summary>
    public async Task<T> ReadSnapshotAsync<T>(Func<SqliteSession, Task<T>> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        using SqliteLease lease = await _database.RentReaderAsync(ct);
        try
        {
            lease.Session.BeginRead();
            return await work(lease.Session);
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            throw Damaged(e);
        }
    }

    /// <summary>Begins to fill the database with dumped rows, in place of those that it has.</summary>
    public SiteLoad BeginLoad() => new(_writer.Session, Writer);

    /// <summary>
    /// Copies the write-ahead log into the file and empties it, so that nothing deleted is left in it. Called by the writer's thread only.
    /// </summary>
    /// <returns>False when a reader was in the way for as long as the busy timeout.</returns>
    public bool TryEmptyLog() => _writer.Session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    /// <summary>
    /// Writes a checked copy of the records as they are now, readable by its owner only; durable on return, but for its name.
    /// </summary>
    public ValueTask CopyToAsync(IDisk disk, string path, CancellationToken ct) => SqliteCopy.WriteAsync(_database, disk, path, ct);

    private HutchException Damaged(SqliteException e)
    {
        DamageFound?.Invoke(e);
        return ErrorCode.Unavailable.With("The records of this site are damaged and are rebuilt when the server restarts.").ToException(e);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        await _database.DisposeAsync();
    }
}
