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

    private readonly NpgsqlDataSource _shared;
    private readonly NpgsqlDataSource _own;

    /// <param name="address">Where the database is and who asks.</param>
    /// <param name="options">How long to wait for it.</param>
    /// <param name="password">Where the password comes from, read for each new connection; null when the address needs none.</param>
    public LogConnections(NpgsqlConnectionStringBuilder address, LogOptions options, PostgresPassword? password = null)
    {
        Where = $"{address.Host}:{address.Port}/{address.Database}";
        Options = options;
        _shared = Build(With(address, isPooled: true), password);
        _own = Build(With(address, isPooled: false), password);
    }

    /// <summary>The address for messages: host, port and database.</summary>
    public string Where { get; }

    public LogOptions Options { get; }

    /// <summary>An address as an operator writes it.</summary>
    public static NpgsqlConnectionStringBuilder Of(PostgresAddress address) => new()
    {
        Host = address.Host,
        Port = address.Port,
        Database = address.Database,
        Username = address.User,
        SslMode = Enum.Parse<SslMode>(address.Tls.ToString(), ignoreCase: true),
        RootCertificate = address.RootCertificate,
    };

    /// <summary>A connection for one question; closing it keeps it for the next.</summary>
    public async ValueTask<NpgsqlConnection> RentAsync(CancellationToken ct) => await _shared.OpenConnectionAsync(ct);

    /// <summary>A connection of one's own: closing it ends it, so that PostgreSQL gives up at once what it has locked.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) => await _own.OpenConnectionAsync(ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _shared.DisposeAsync();
        await _own.DisposeAsync();
    }

    private static NpgsqlDataSource Build(string address, PostgresPassword? password)
    {
        var builder = new NpgsqlDataSourceBuilder(address);
        if (password?.Read() is not null)
        {
            builder.UsePasswordProvider(_ => password.Read()!, (_, _) => new ValueTask<string>(password.Read()!));
        }

        return builder.Build();
    }

    private string With(NpgsqlConnectionStringBuilder address, bool isPooled)
    {
        int seconds = (int)Math.Max(1, Math.Ceiling(Options.AnswerWithin.TotalSeconds));
        return new NpgsqlConnectionStringBuilder(address.ConnectionString)
        {
            ApplicationName = "hutch",
            Pooling = isPooled,
            NoResetOnClose = true,
            MaxAutoPrepare = KeptStatements,
            AutoPrepareMinUsages = 2,
            Timeout = seconds,
            CommandTimeout = seconds,
            WriteBufferSize = BufferBytes,
            ReadBufferSize = BufferBytes,
            IncludeFailedBatchedCommand = true,
            TcpKeepAlive = true,
            TcpKeepAliveTime = KeepAliveSeconds,
            TcpKeepAliveInterval = 1,
            Options = Settings(seconds),
        }.ConnectionString;
    }

    // For the other end: a server that stalls, or whose machine was unplugged, must not keep the turn.
    private string Settings(int seconds) => string.Join(
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
