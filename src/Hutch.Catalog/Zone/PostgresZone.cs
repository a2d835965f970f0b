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
    private const string TakeRow = "SELECT version FROM zone_version WHERE id = 1 FOR UPDATE";

    private readonly PostgresSource _source;
    private readonly SemaphoreSlim _writerLock = new(1, 1);
    private readonly SemaphoreSlim _readerSlots;
    private readonly RequestCoalescer<bool> _question;
    private readonly ZoneWatch _watch;
    private string? _damage;

    private PostgresZone(PostgresSource source, TimeProvider time, string id, long version, ILogger logger)
    {
        _source = source;
        _readerSlots = new SemaphoreSlim(source.Options.MaxReaders, source.Options.MaxReaders);
        _question = new RequestCoalescer<bool>(LearnVersionAsync);
        Id = id;
        Version = new RisingNumber(version);
        Time = time;
        _watch = new ZoneWatch(source, Version, time, logger);
    }

    public string Id { get; }

    public RisingNumber Version { get; }

    public TimeProvider Time { get; }

    public string? Damage => Volatile.Read(ref _damage);

    public static async Task<PostgresZone> OpenAsync(
        PostgresSource source, TimeProvider time, ILogger logger, Action? beforeFirst, CancellationToken ct)
    {
        await PostgresMigrator.ApplyAsync(source, ZoneDialect.Migrations, time, beforeFirst, ct);
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
            await using NpgsqlCommand take = new(TakeRow, connection);
            await take.ExecuteScalarAsync(ct);
            return transaction;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
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
        await using NpgsqlCommand ask = new("SELECT version, pg_is_in_recovery() FROM zone_version WHERE id = 1", connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(CommandBehavior.SingleRow, ct);
        await reader.ReadAsync(ct);
        if (reader.GetBoolean(1))
        {
            NpgsqlConnection.ClearPool(connection);
            throw ErrorCode.Unavailable.With(
                $"The database of {What} has become a read-only standby. The operator gives the address of the primary.").ToException();
        }

        Version.RaiseTo(reader.GetInt64(0));
        return true;
    }
}
