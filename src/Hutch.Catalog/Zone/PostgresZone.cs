using System.Data;
using Hutch.Catalog.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hutch.Catalog.Zone;

/// <summary>
/// The zone in a PostgreSQL database that several servers share. Every change locks the row <c>zone_version</c>, so that changes are
/// serialized and the numbers of the audit become visible in order.
/// </summary>
internal sealed class PostgresZone : IZoneEngine
{
    public const string Schema = "hutch_zone";

    public const string What = "accounts and rights";

    // Two statements: under READ COMMITTED, the second sees what was committed while the first waited.
    private const string TakeRow = "SELECT version FROM zone_version WHERE id = 1 FOR UPDATE; SELECT count(*) FROM joined_zone";

    /// <summary>The run of the database server, and the database: a copy is another database, or at another server.</summary>
    private const string AskLife =
        "SELECT extract(epoch FROM pg_postmaster_start_time())::text || ' ' || d.oid::text "
        + "FROM pg_database d WHERE d.datname = current_database()";

    private const int LifeDigits = 32;

    private readonly PostgresSource _source;
    private readonly SemaphoreSlim _writerLock = new(1, 1);
    private readonly SemaphoreSlim _readerSlots;
    private readonly RequestCoalescer<bool> _question;
    private readonly ZoneWatch _watch;
    private volatile string _id;
    private volatile bool _isJoined;
    private string? _damage;

    private PostgresZone(PostgresSource source, TimeProvider time, string id, long version, ILogger logger)
    {
        _source = source;
        _readerSlots = new SemaphoreSlim(source.Options.MaxReaders, source.Options.MaxReaders);
        _question = new RequestCoalescer<bool>(LearnVersionAsync);
        _id = id;
        Version = new RisingNumber(version);
        Time = time;
        _watch = new ZoneWatch(source, Version, time, logger);
    }

    public string Id
    {
        get => _id;
        set => _id = value;
    }

    /// <summary>
    /// Called once another server of the site has joined a zone, before this server decides anything about the records from then on.
    /// </summary>
    public Action<DbConnection>? Joined { get; set; }

    public RisingNumber Version { get; }

    public TimeProvider Time { get; }

    public string? Damage => Volatile.Read(ref _damage);

    public static async Task<PostgresZone> OpenAsync(
        PostgresSource source, TimeProvider time, ILogger logger, Action? beforeFirst, CancellationToken ct)
    {
        await PostgresMigrator.ApplyAsync(
            source, ZoneDialect.Migrations, time, beforeFirst, ZoneDialect.MakeReferencesDeferrable, ct);
        await using NpgsqlConnection connection = await source.Readers.OpenConnectionAsync(ct);
        await using NpgsqlCommand ask = new("SELECT i.id, v.version FROM zone_identity i, zone_version v", connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(CommandBehavior.SingleRow, ct);
        await reader.ReadAsync(ct);
        return new PostgresZone(source, time, reader.GetString(0), reader.GetInt64(1), logger);
    }

    public IDisposable? BeginRequest() => RequestReadPoint.Begin(this, Time);

    public ValueTask SyncViewAsync(CancellationToken ct)
    {
        RequestReadPoint? request = RequestReadPoint.From(this);
        return request is { IsAnswered: true } ? ValueTask.CompletedTask : SyncAsync(request, ct);
    }

    private async ValueTask SyncAsync(RequestReadPoint? request, CancellationToken ct)
    {
        try
        {
            await _question.GetAsync(ct);
            request?.NoteAnswer();
        }
        catch (Exception e) when (FindRefusal(e) is HutchError refusal)
        {
            throw refusal.ToException(e);
        }
    }

    public async ValueTask<string> LifeAsync(CancellationToken ct)
    {
        string life = await ReadAsync(
            static connection =>
            {
                using DbCommand ask = connection.CreateCommand();
                ask.CommandText = AskLife;
                return (string)ask.ExecuteScalar()!;
            },
            ct);
        return BlobHash.Compute(Encoding.ASCII.GetBytes(life)).ToString()[..LifeDigits];
    }

    public async ValueTask<T> ReadAsync<T>(Func<DbConnection, T> read, CancellationToken ct)
    {
        await _readerSlots.WaitAsync(ct);
        try
        {
            return await ReadOnceAsync(read, ct);
        }
        catch (Exception e) when (PostgresRefusal.IsLostConnection(e))
        {
            Remove(_source.Readers);
            return await ReadOnceAsync(read, ct);
        }
        finally
        {
            _readerSlots.Release();
        }
    }

    public async ValueTask<IZoneTransaction> BeginTransactionAsync(CancellationToken ct)
    {
        await _writerLock.WaitAsync(ct);
        try
        {
            return new PostgresZoneTransaction(this, await LockRowAsync(ct));
        }
        catch
        {
            _writerLock.Release();
            throw;
        }
    }

    public HutchError? FindRefusal(Exception failure)
    {
        if (failure is PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } damage)
        {
            Volatile.Write(ref _damage, damage.MessageText);
        }

        return PostgresRefusal.From(failure, What);
    }

    /// <summary>
    /// Returns true before the commit was sent, or after a look-up that did not find it. A connection lost during a commit is never
    /// reported as that: see <see cref="PostgresZoneTransaction.CommitAsync"/>.
    /// </summary>
    public bool IsLostUnchanged(Exception failure) =>
        failure is CommitLostException { IsUnknown: false } || PostgresRefusal.IsLostConnection(failure);

    /// <summary>Finds nothing: PostgreSQL checks its own pages, as its operator configures it.</summary>
    public ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct) => new([]);

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await _writerLock.WaitAsync(CancellationToken.None);
        for (int i = 0; i < _source.Options.MaxReaders; i++)
        {
            await _readerSlots.WaitAsync(CancellationToken.None);
        }

        await _source.DisposeAsync();
        _writerLock.Dispose();
        _readerSlots.Dispose();
    }

    private async ValueTask<T> ReadOnceAsync<T>(Func<DbConnection, T> read, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await _source.Readers.OpenConnectionAsync(ct);
        try
        {
            await using NpgsqlTransaction state = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            T value = read(connection);
            await state.CommitAsync(ct);
            return value;
        }
        catch (PostgresException)
        {
            PreparedStatements.Remove(connection);
            throw;
        }
    }

    /// <summary>Begins a transaction with the lock of the row. Nothing was done before, so a retry is safe.</summary>
    internal async Task<NpgsqlTransaction> LockRowAsync(CancellationToken ct)
    {
        try
        {
            return await LockRowOnceAsync(ct);
        }
        catch (Exception e) when (PostgresRefusal.IsLostConnection(e))
        {
            Remove(_source.Writers);
            return await LockRowOnceAsync(ct);
        }
    }

    /// <summary>Lets the next change begin.</summary>
    internal void RollbackTransaction() => _writerLock.Release();

    private async Task<NpgsqlTransaction> LockRowOnceAsync(CancellationToken ct)
    {
        NpgsqlConnection connection = await _source.Writers.OpenConnectionAsync(ct);
        try
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
            NoteJoined(connection, await TakeRowAsync(connection, ct));
            return transaction;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the lock of the row, and returns true if these are the records of a joined site.</summary>
    private static async Task<bool> TakeRowAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand take = new(TakeRow, connection);
        await using NpgsqlDataReader reader = await take.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetInt64(0) > 0;
    }

    private void NoteJoined(NpgsqlConnection connection, bool isJoined)
    {
        if (isJoined && !_isJoined)
        {
            Joined?.Invoke(connection);
            _isJoined = true;
        }
    }

    /// <summary>Closes the idle connections: after a restart of the server, for example, they are as stale as the lost one.</summary>
    private static void Remove(NpgsqlDataSource connections)
    {
        using NpgsqlConnection any = connections.CreateConnection();
        NpgsqlConnection.ClearPool(any);
    }

    /// <summary>Reads the version from the primary: a server that has become a standby would return an old version.</summary>
    private async Task<bool> LearnVersionAsync(CancellationToken ct)
    {
        try
        {
            return await LearnVersionOnceAsync(ct);
        }
        catch (Exception e) when (PostgresRefusal.IsLostConnection(e))
        {
            Remove(_source.Readers);
            return await LearnVersionOnceAsync(ct);
        }
    }

    private async Task<bool> LearnVersionOnceAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await _source.Readers.OpenConnectionAsync(ct);
        (long version, bool isStandby, bool isJoined) = await ReadVersionAsync(connection, ct);
        if (isStandby)
        {
            NpgsqlConnection.ClearPool(connection);
            throw ErrorCode.Unavailable.With(
                $"The database of {What} has become a read-only standby. The operator gives the address of the primary.").ToException();
        }

        NoteJoined(connection, isJoined);
        Version.RaiseTo(version);
        return true;
    }

    private static async Task<(long Version, bool IsStandby, bool IsJoined)> ReadVersionAsync(
        NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand ask = new(
            "SELECT version, pg_is_in_recovery(), EXISTS (SELECT 1 FROM joined_zone) FROM zone_version WHERE id = 1", connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(CommandBehavior.SingleRow, ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetBoolean(1), reader.GetBoolean(2));
    }
}
