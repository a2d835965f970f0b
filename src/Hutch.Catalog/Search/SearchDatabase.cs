using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>
/// <c>search.db</c>: the words of datasets, and the callers that may find them. A view of the zone and the site, opened at first use. If it
/// is lost, or found damaged at any time, it is made anew.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class SearchDatabase(IDisk disk, string folder, TimeProvider time) : IAsyncDisposable
{
    public const string FileName = "search.db";

    /// <summary>The time limit of a search: a longer one would delay the others.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private SqliteDatabase? _database;
    private int _remakes;

    /// <summary>
    /// The number of times that the file was made anew. If it has risen since a reader noted it, the reader fills the file and reads again.
    /// </summary>
    public int Remakes => Volatile.Read(ref _remakes);

    /// <summary>Raised when a damaged file was replaced by an empty one, which must be filled again.</summary>
    public event Action<Exception>? Remade;

    private string Path => System.IO.Path.Combine(folder, FileName);

    /// <summary>Queries the index; refuses queries that take longer than <see cref="Longest"/>.</summary>
    public Task<Result<T>> ReadAsync<T>(Func<SearchReader, T> ask, CancellationToken ct)
    {
        return UseAsync(
            async database =>
            {
                using SqliteLease lease = await database.RentReaderAsync(ct);
                using var limit = new CancellationTokenSource(Longest, time);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
                return Read(lease.Session, ask, stop.Token, ct);
            },
            ct);
    }

    /// <summary>
    /// Changes the index in one exclusive transaction. Other changes wait, so that none overtakes <paramref name="work"/> between its reads
    /// elsewhere and its writes here.
    /// </summary>
    public Task<T> UpdateAsync<T>(Func<SearchWriter, Task<T>> work, CancellationToken ct)
    {
        return UseAsync(
            async database =>
            {
                using SqliteLease lease = await database.RentWriterAsync(ct);
                lease.Session.Begin();
                T value = await work(new SearchWriter(lease.Session));
                lease.Session.Commit();
                return value;
            },
            ct);
    }

    /// <summary>Deletes the file while no process has it open. All its data exists elsewhere.</summary>
    public static void Delete(IDisk disk, string folder)
    {
        string path = System.IO.Path.Combine(folder, FileName);
        foreach (string file in (string[])[path, path + "-wal", path + "-shm"])
        {
            disk.Delete(file);
        }
    }

    /// <summary>Forgets datasets and erases all their words from the file; returns false when a reader was in the way.</summary>
    public async Task<bool> WipeAsync(IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        if (Volatile.Read(ref _database) is null && !disk.FileExists(Path))
        {
            return true;
        }

        return await UseAsync(database => WipeAsync(database, datasets, ct), ct);
    }

    private static async Task<bool> WipeAsync(SqliteDatabase database, IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        using SqliteLease lease = await database.RentWriterAsync(ct);
        SqliteSession session = lease.Session;
        session.Begin();
        var writer = new SearchWriter(session);
        foreach (DatasetId dataset in datasets)
        {
            writer.Remove(dataset);
            writer.RemoveCard(dataset);
        }

        // The words of a deleted row stay in the index until its parts are merged.
        session.Execute("INSERT INTO datasets (datasets) VALUES ('optimize')");
        session.Commit();
        return session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is { } database)
        {
            await database.DisposeAsync();
        }

        _gate.Dispose();
    }

    internal async ValueTask<SqliteDatabase> OpenAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _database) is { } open)
        {
            return open;
        }

        await _gate.WaitAsync(ct);
        try
        {
            return _database ??= OpenOrRemake();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Uses the database. If it turns out to be damaged, makes it anew and retries.</summary>
    private async Task<T> UseAsync<T>(Func<SqliteDatabase, Task<T>> work, CancellationToken ct)
    {
        SqliteDatabase database = await OpenAsync(ct);
        try
        {
            return await work(database);
        }
        catch (SqliteException e) when (SqliteDamage.Is(e))
        {
            await RemakeAsync(database, e, ct);
        }
        catch (ObjectDisposedException) when (Volatile.Read(ref _database) != database)
        {
            // Another caller found the damage, and made it anew.
        }

        return await work(await OpenAsync(ct));
    }

    private async Task RemakeAsync(SqliteDatabase damaged, SqliteException damage, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_database != damaged)
            {
                return;
            }

            Volatile.Write(ref _database, null);
            await damaged.DisposeAsync();
            Delete();
        }
        finally
        {
            _gate.Release();
        }

        ReportDamage(damage);
    }

    private void ReportDamage(Exception damage)
    {
        Interlocked.Increment(ref _remakes);
        Remade?.Invoke(damage);
    }

    private SqliteDatabase OpenOrRemake()
    {
        try
        {
            return OpenFile();
        }
        catch (CatalogException e)
        {
            Delete();
            SqliteDatabase anew = OpenFile();
            if (SqliteDamage.Is(e))
            {
                ReportDamage(e);
            }

            return anew;
        }
    }

    private void Delete() => Delete(disk, folder);

    private SqliteDatabase OpenFile()
    {
        SqliteOptions options = SqliteOptions.View with
        {
            Synchronous = SqliteSynchronous.Normal,
            ApplicationId = SearchSchema.ApplicationId,
            IsChecked = true,
        };
        return SqliteDatabase.Open(Path, options, SearchSchema.Migrations, time);
    }

    private static Result<T> Read<T>(SqliteSession session, Func<SearchReader, T> ask, CancellationToken stop, CancellationToken ct)
    {
        session.StopWhen(stop);
        try
        {
            session.BeginRead();
            return Result<T>.Ok(ask(new SearchReader(session)));
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_INTERRUPT)
        {
            ct.ThrowIfCancellationRequested();
            return ErrorCode.Unprocessable.With(
                $"The search took longer than {Longest.TotalSeconds} s and was stopped: ask for more words, a type or a narrower range.");
        }
        finally
        {
            session.StopWhen(CancellationToken.None);
        }
    }
}
