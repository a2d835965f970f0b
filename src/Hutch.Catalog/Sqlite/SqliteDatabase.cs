using System.Collections.Concurrent;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// One SQLite file: a single writing session, rented in order, and a bounded pool of reading ones that never wait for the writer.
/// </summary>
/// <remarks>Thread-safe; the sessions that it rents out are not. SQLite's calls block: they run on the caller's thread.</remarks>
public sealed class SqliteDatabase : IAsyncDisposable
{
    private readonly SqliteConnectionFactory _factory;
    private readonly SqliteSession _writer;
    private readonly SemaphoreSlim _writerLock = new(1, 1);
    private readonly SemaphoreSlim _readerSlots;
    private readonly ConcurrentBag<SqliteSession> _idleReaders = [];
    private readonly int _maxReaders;
    private int _disposed;

    private SqliteDatabase(string path, SqliteOptions options, SqliteConnectionFactory factory, SqliteSession writer)
    {
        Path = path;
        _factory = factory;
        _writer = writer;
        _maxReaders = options.MaxReaders;
        _readerSlots = new SemaphoreSlim(options.MaxReaders, options.MaxReaders);
    }

    public string Path { get; }

    /// <summary>
    /// Opens or creates a database and brings it to the schema of this program. Throws <see cref="CatalogException"/> with advice for the
    /// operator if it cannot; the file is then unchanged.
    /// </summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="migrations">The whole schema, numbered from 1.</param>
    /// <param name="beforeMigration">
    /// Called with the current schema, 0 for a new database, and the wanted one before anything is changed; may copy the database, or
    /// refuse. Null for nothing.
    /// </param>
    public static SqliteDatabase Open(
        string path, SqliteOptions options, IReadOnlyList<Migration> migrations,
        TimeProvider time, Action<SqliteSession, int, int>? beforeMigration = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var factory = new SqliteConnectionFactory(path, options);
        SqliteSession writer = factory.OpenWriter();
        try
        {
            if (options.IsChecked)
            {
                SqliteDamage.RequireWhole(writer, path);
            }

            int version = Migrator.CurrentVersion(writer);
            if (version < migrations.Count)
            {
                beforeMigration?.Invoke(writer, version, migrations.Count);
            }

            if (!factory.HasSums)
            {
                SqliteCopy.AddSums(writer, path);
                writer = factory.OpenWriter();
            }

            Migrator.Apply(writer, migrations, time, System.IO.Path.GetFileName(path));
            return new SqliteDatabase(path, options, factory, writer);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Rents the writing session in the order of the requests. The renter begins and commits transactions itself.</summary>
    public async ValueTask<SqliteLease> RentWriterAsync(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        await _writerLock.WaitAsync(ct);
        return new SqliteLease(_writer, ReturnWriter);
    }

    /// <summary>Rents the writing session in the order of the requests, on the caller's thread.</summary>
    public SqliteLease RentWriter(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _writerLock.Wait(ct);
        return new SqliteLease(_writer, ReturnWriter);
    }

    /// <summary>Rents a reading session; waits when all are in use.</summary>
    public async ValueTask<SqliteLease> RentReaderAsync(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        await _readerSlots.WaitAsync(ct);
        return TakeReader();
    }

    /// <summary>Rents a reading session on the caller's thread; waits when all are in use.</summary>
    public SqliteLease RentReader(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _readerSlots.Wait(ct);
        return TakeReader();
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one writing transaction and commits. An exception rolls back all of it. Returns after the commit,
    /// with <see cref="SqliteSynchronous.Full"/> after its sync.
    /// </summary>
    public async ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken ct)
    {
        using SqliteLease lease = await RentWriterAsync(ct);
        lease.Session.Begin();
        try
        {
            T value = work(lease.Session);
            lease.Session.Commit();
            return value;
        }
        catch
        {
            lease.Session.RollbackIfOpen();
            throw;
        }
    }

    /// <summary>Runs <paramref name="work"/> on a reading session. Single statements see one state each.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken ct)
    {
        using SqliteLease lease = await RentReaderAsync(ct);
        return work(lease.Session);
    }

    /// <summary>Runs <paramref name="work"/> on a reading session that sees one state throughout.</summary>
    public async ValueTask<T> ReadConsistentAsync<T>(Func<SqliteSession, T> work, CancellationToken ct)
    {
        using SqliteLease lease = await RentReaderAsync(ct);
        lease.Session.BeginRead();
        T value = work(lease.Session);
        lease.Session.Commit();
        return value;
    }

    /// <summary>Checks the whole database for damage. Returns the findings; empty without any.</summary>
    public ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct) => ReadAsync(SqliteCopy.FindDamage, ct);

    /// <summary>Copies the write-ahead log into the file and empties it, as far as readers allow.</summary>
    public async ValueTask CheckpointAsync(CancellationToken ct)
    {
        using SqliteLease lease = await RentWriterAsync(ct);
        lease.Session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>Waits for the rented sessions, then closes all. The last close copies the log into the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        for (int i = 0; i < _maxReaders; i++)
        {
            await _readerSlots.WaitAsync(CancellationToken.None);
        }

        await _writerLock.WaitAsync(CancellationToken.None);
        while (_idleReaders.TryTake(out SqliteSession? reader))
        {
            reader.Dispose();
        }

        _writer.Dispose();
        _readerSlots.Dispose();
        _writerLock.Dispose();
    }

    private SqliteLease TakeReader()
    {
        try
        {
            SqliteSession session = _idleReaders.TryTake(out SqliteSession? idle) ? idle : _factory.OpenReader();
            return new SqliteLease(session, ReturnReader);
        }
        catch
        {
            _readerSlots.Release();
            throw;
        }
    }

    private void ReturnReader(SqliteSession session)
    {
        try
        {
            session.RollbackIfOpen();
            _idleReaders.Add(session);
        }
        finally
        {
            _readerSlots.Release();
        }
    }

    private void ReturnWriter(SqliteSession session)
    {
        try
        {
            session.RollbackIfOpen();
        }
        finally
        {
            _writerLock.Release();
        }
    }
}
