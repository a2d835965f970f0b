using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Site;

/// <summary>
/// <c>site.db</c>: a view of the journal. It has one writer, the committer; readers never wait for it and see whole groups only.
/// </summary>
/// <remarks>
/// <c>synchronous=NORMAL</c>: no commit waits for the disk, and a power loss costs the last commits but never the file. The next start
/// applies lost commits again from the journal.
/// </remarks>
public sealed class SiteDatabase : IAsyncDisposable
{
    /// <summary>"hsit" in ASCII, which distinguishes this database from others.</summary>
    internal const int ApplicationId = 0x68736974;

    private readonly SqliteDatabase _database;
    private readonly SqliteLease _writer;

    private SiteDatabase(SqliteDatabase database, SqliteLease writer)
    {
        _database = database;
        _writer = writer;
        Writer = new SiteWriter(writer.Session);
    }

    /// <summary>Raised whenever a reader finds damage in the file.</summary>
    public event Action<Exception>? DamageFound;

    public string Path => _database.Path;

    public SiteWriter Writer { get; }

    /// <summary>Opens or creates the database and brings its schema up to date.</summary>
    /// <param name="path">The file; its directory exists.</param>
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
    /// Returns true if an exception is the database's own: a full disk, an endless lock, damage. The caller must roll back.
    /// </summary>
    public static bool IsFailure(Exception exception) => exception is DbException;

    /// <summary>Returns true if an exception reports a full disk. The transaction has left nothing, and the next one may succeed.</summary>
    public static bool IsFull(Exception exception) => SqliteFull.Is(exception);

    /// <summary>Returns true if an exception reports a damaged file, or a file that is no database.</summary>
    public static bool IsDamage(Exception exception) => SqliteDamage.Is(exception);

    /// <summary>Queries the records as they are after the last group.</summary>
    /// <exception cref="HutchException">The file is damaged; this also raises <see cref="DamageFound"/>.</exception>
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

    /// <summary>Runs several queries on the same state.</summary>
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

    /// <summary>Runs long work on a session that sees one state throughout, for dumps and marking.</summary>
    public async Task<T> ReadSnapshotAsync<T>(Func<SqliteSession, Task<T>> work, CancellationToken ct)
    {
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

    /// <summary>Begins to replace the rows of the database with dumped ones.</summary>
    public SiteLoad BeginLoad() => new(_writer.Session, Writer);

    /// <summary>
    /// Copies the write-ahead log into the file and empties it, so that it has no deleted data. Called by the writer's thread only.
    /// </summary>
    /// <returns>False when a reader was in the way for as long as the busy timeout.</returns>
    public bool TryEmptyLog() => _writer.Session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    /// <summary>
    /// Writes a checked copy of the current records, readable by its owner only. On return its contents are durable, but its name is not.
    /// </summary>
    public ValueTask CopyToAsync(IDisk disk, string path, CancellationToken ct) => SqliteCopy.WriteAsync(_database, disk, path, ct);

    private HutchException Damaged(SqliteException e)
    {
        DamageFound?.Invoke(e);
        return ErrorCode.Unavailable.With("The records of this site are damaged and are rebuilt when the server restarts.").ToException(e);
    }

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        await _database.DisposeAsync();
    }
}
