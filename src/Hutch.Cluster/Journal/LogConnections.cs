namespace Hutch.Cluster.Journal;

/// <summary>Connections to the database of the log. Both sides soon notice the loss of the other.</summary>
public sealed class LogConnections : IAsyncDisposable
{
    private const int BufferBytes = 64 << 10;
    private const int KeepAliveSeconds = 2;
    private const int KeptStatements = 32;

    // With those of the zone and the single ones, not more than PostgresDatabase.ConnectionsOfServer.
    private const int MaxShared = 20;

    /// <summary>
    /// Makes PostgreSQL find rows by their numbers, even in a table without statistics. A plan without the number reads the whole log, and
    /// a plan with it is made anew for each append.
    /// </summary>
    private const string Plans =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off -c jit=off ";

    private readonly NpgsqlDataSource _shared;
    private readonly NpgsqlDataSource _own;

    public LogConnections(PostgresDatabase database, LogOptions options)
    {
        Place = database;
        Where = $"{database.Address.Host}:{database.Address.Port}/{database.Address.Database}";
        Options = options;
        _shared = database.Connect(text => Set(text, isPooled: true));
        _own = database.Connect(text => Set(text, isPooled: false));
    }

    public PostgresDatabase Place { get; }

    /// <summary>The address for messages: host, port and database.</summary>
    public string Where { get; }

    public LogOptions Options { get; }

    /// <summary>Opens a pooled connection for one query; closing it returns it to the pool.</summary>
    public async ValueTask<NpgsqlConnection> RentAsync(CancellationToken ct) => await _shared.OpenConnectionAsync(ct);

    /// <summary>Runs a query on a pooled connection, and explains failures of PostgreSQL.</summary>
    /// <param name="ask">Runs the query; its result is returned.</param>
    /// <exception cref="LogUnusableException">PostgreSQL cannot be queried.</exception>
    public async ValueTask<T> QueryAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken ct)
    {
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

    /// <summary>Opens a connection outside the pool: closing it ends it, so that PostgreSQL releases its locks at once.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) => await _own.OpenConnectionAsync(ct);

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
