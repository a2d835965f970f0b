using System.Globalization;
using Hutch.Catalog.Postgres;
using Npgsql;

namespace Hutch.Cluster.Journal;

/// <summary>Connections to the database of the log, of which either side notices soon when the other is gone.</summary>
public sealed class LogConnections : IAsyncDisposable
{
    private const int BufferBytes = 64 << 10;
    private const int KeepAliveSeconds = 2;
    private const int KeptStatements = 32;

    // With those of the zone and the single ones, not more than PostgresPlace.ConnectionsOfServer.
    private const int MaxShared = 20;

    /// <summary>
    /// Rows are found by their numbers, whatever PostgreSQL believes of a table that it has not looked at yet: what is planned without the
    /// number reads the whole log, and what is planned with it is planned for each append anew.
    /// </summary>
    private const string Plans =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off -c jit=off ";

    private readonly NpgsqlDataSource _shared;
    private readonly NpgsqlDataSource _own;

    /// <param name="place">The database.</param>
    /// <param name="options">How long to wait for it.</param>
    public LogConnections(PostgresPlace place, LogOptions options)
    {
        ArgumentNullException.ThrowIfNull(place);
        Place = place;
        Where = $"{place.Address.Host}:{place.Address.Port}/{place.Address.Database}";
        Options = options;
        _shared = place.Connect(text => Set(text, isPooled: true));
        _own = place.Connect(text => Set(text, isPooled: false));
    }

    /// <summary>The database.</summary>
    public PostgresPlace Place { get; }

    /// <summary>The address for messages: host, port and database.</summary>
    public string Where { get; }

    public LogOptions Options { get; }

    /// <summary>A connection for one question; closing it keeps it for the next.</summary>
    public async ValueTask<NpgsqlConnection> RentAsync(CancellationToken ct) => await _shared.OpenConnectionAsync(ct);

    /// <summary>Asks on a rented connection; what goes wrong with PostgreSQL is said in words.</summary>
    /// <param name="ask">Asks; what it returns is the answer.</param>
    /// <exception cref="LogUnusableException">PostgreSQL cannot be asked.</exception>
    public async ValueTask<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            await using NpgsqlConnection connection = await RentAsync(ct);
            return await ask(connection);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, Place);
        }
    }

    /// <summary>A connection of one's own: closing it ends it, so that PostgreSQL gives up at once what it has locked.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) => await _own.OpenConnectionAsync(ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _shared.DisposeAsync();
        await _own.DisposeAsync();
    }

    private void Set(NpgsqlConnectionStringBuilder text, bool isPooled)
    {
        int seconds = (int)Math.Max(1, Math.Ceiling(Options.AnswerWithin.TotalSeconds));
        text.Pooling = isPooled;
        text.MaxPoolSize = MaxShared;
        text.MaxAutoPrepare = KeptStatements;
        text.AutoPrepareMinUsages = 2;
        text.Timeout = seconds;
        text.CommandTimeout = seconds;
        text.WriteBufferSize = BufferBytes;
        text.ReadBufferSize = BufferBytes;
        text.IncludeFailedBatchedCommand = true;
        text.TcpKeepAliveTime = KeepAliveSeconds;
        text.TcpKeepAliveInterval = 1;
        text.Options = Settings(seconds);
    }

    // For the other end: a server that stalls, or whose machine was unplugged, must not keep the turn.
    private string Settings(int seconds) => Plans + string.Join(
        ' ',
        new (string Name, double Value)[]
        {
            ("idle_in_transaction_session_timeout", Options.StalledAfter.TotalMilliseconds),
            ("lock_timeout", seconds * 1000),
            ("client_connection_check_interval", 1000),
            ("tcp_user_timeout", 2 * Options.StalledAfter.TotalMilliseconds),
            ("tcp_keepalives_idle", KeepAliveSeconds),
            ("tcp_keepalives_interval", 1),
            ("tcp_keepalives_count", 3),
        }.Select(static one => string.Create(CultureInfo.InvariantCulture, $"-c {one.Name}={one.Value:0}")));
}
