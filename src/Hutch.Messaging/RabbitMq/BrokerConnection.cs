namespace Hutch.Messaging.RabbitMq;

/// <summary>
/// A connection to the broker, with retries until it is open. The client library restores one that recovers, with its channels and readers;
/// one that does not is made anew.
/// </summary>
/// <remarks>
/// Thread-safe. Publishing has a connection of its own that does not recover: a broker that throttles publishers stops the whole
/// connection, acknowledgements too; and the library's confirms hang on connections that it restores (its issue 1930).
/// </remarks>
internal sealed partial class BrokerConnection(BusOptions options, string purpose, bool recovers, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _closed = new();
    private IConnection? _connection;
    private TaskCompletionSource _recovered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _loss = new();
    private volatile string? _trouble;

    /// <summary>The reason that the broker cannot be used now, in a sentence; null while it can.</summary>
    public string? Trouble => _trouble;

    /// <summary>True while the connection is open, so that a closed channel closed alone.</summary>
    public bool IsOpen => _connection is { IsOpen: true };

    public CancellationToken Loss => Volatile.Read(ref _loss).Token;

    public async Task<IChannel> OpenChannelAsync(CreateChannelOptions? channel, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        while (true)
        {
            Task recovered = Volatile.Read(ref _recovered).Task;
            IConnection connection = await ConnectAsync(either.Token);
            if (!connection.IsOpen)
            {
                await (recovers ? recovered.WaitAsync(either.Token) : AbandonAsync(connection, either.Token));
                continue;
            }

            try
            {
                return await connection.CreateChannelAsync(channel, either.Token);
            }
            catch (Exception e) when (IsLost(e) && !connection.IsOpen)
            {
                LogLost(logger, options.Shown, purpose, e.Message);
            }
        }
    }

    /// <summary>Connects once, or throws.</summary>
    public static async Task<IConnection> ConnectOnceAsync(
        BusOptions options, string purpose, bool recovers, CancellationToken cancellationToken) =>
        await new ConnectionFactory
        {
            HostName = options.Address.Host,
            Port = options.Port,
            VirtualHost = options.VirtualHost,
            UserName = options.User,
            Password = options.Password ?? "",
            Ssl = new SslOption { Enabled = options.IsEncrypted, ServerName = options.Address.Host },
            ClientProvidedName = $"hutch {purpose}",
            AutomaticRecoveryEnabled = recovers,
            TopologyRecoveryEnabled = recovers,
            NetworkRecoveryInterval = TimeSpan.FromSeconds(options.RetrySeconds),
            RequestedConnectionTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            ContinuationTimeout = TimeSpan.FromSeconds(60),
        }.CreateConnectionAsync(cancellationToken);

    public static bool IsUnreachable(Exception e) => e is RabbitMQClientException or IOException;

    public static bool IsLost(Exception e) =>
        e is AlreadyClosedException or OperationInterruptedException or IOException or ObjectDisposedException;

    public static string Words(Exception e) => e switch
    {
        BrokerUnreachableException or ConnectFailureException when e.InnerException is { } inner => Words(inner),
        AuthenticationFailureException => "it refused the user or the password",
        OperationInterruptedException { ShutdownReason: { } reason } => reason.ReplyText.TrimEnd('.'),
        AggregateException { InnerException: { } inner } => Words(inner),
        _ => e.Message.TrimEnd('.'),
    };

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }

        _gate.Dispose();
        _closed.Dispose();
        _loss.Dispose();
    }

    private async ValueTask<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _connection) is { } present)
        {
            return present;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _connection ??= await ConnectAtLastAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task AbandonAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_connection == connection)
            {
                _connection = null;
                await connection.DisposeAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IConnection> ConnectAtLastAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(options.RetrySeconds);
        while (true)
        {
            try
            {
                IConnection connection = await ConnectOnceAsync(options, purpose, recovers, cancellationToken);
                connection.ConnectionShutdownAsync += OnShutdownAsync;
                connection.RecoverySucceededAsync += OnRecoveredAsync;
                connection.ConnectionRecoveryErrorAsync += OnRecoveryErrorAsync;
                connection.ConnectionBlockedAsync += OnBlockedAsync;
                connection.ConnectionUnblockedAsync += OnUnblockedAsync;
                _trouble = null;
                LogConnected(logger, options.Shown, purpose);
                return connection;
            }
            catch (Exception e) when (IsUnreachable(e))
            {
                Report(Words(e));
            }

            await Task.Delay(wait, time, cancellationToken);
            wait = TimeSpan.FromSeconds(Math.Min(2 * wait.TotalSeconds, options.MaxRetrySeconds));
        }
    }

    private async Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        using CancellationTokenSource loss = Interlocked.Exchange(ref _loss, new CancellationTokenSource());
        await loss.CancelAsync();
        // One that does not recover is made anew when it is needed: until then nothing is wrong.
        if (recovers && reason.Initiator != ShutdownInitiator.Application)
        {
            // Callers that wait already wait for the coming recovery.
            if (_recovered.Task.IsCompleted)
            {
                Volatile.Write(ref _recovered, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            Report($"the connection was lost: {reason.ReplyText.TrimEnd('.')}");
        }
    }

    private Task OnRecoveredAsync(object sender, AsyncEventArgs args)
    {
        _trouble = null;
        LogConnected(logger, options.Shown, purpose);
        Volatile.Read(ref _recovered).TrySetResult();
        return Task.CompletedTask;
    }

    private Task OnRecoveryErrorAsync(object sender, ConnectionRecoveryErrorEventArgs args)
    {
        Report(Words(args.Exception));
        return Task.CompletedTask;
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs args)
    {
        Report($"it takes no messages now: {args.Reason}");
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs args)
    {
        _trouble = null;
        LogConnected(logger, options.Shown, purpose);
        return Task.CompletedTask;
    }

    // Each new reason once, not each attempt.
    private void Report(string what)
    {
        if (_trouble != what)
        {
            _trouble = what;
            LogLost(logger, options.Shown, purpose, what);
        }
    }

    [LoggerMessage(EventId = 5501, Level = LogLevel.Information, Message = "Connected to the broker {Broker} for {Purpose}")]
    private static partial void LogConnected(ILogger logger, string broker, string purpose);

    [LoggerMessage(
        EventId = 5502, Level = LogLevel.Warning,
        Message = "The broker {Broker} cannot be used for {Purpose}: {Reason}. It is tried again until it can")]
    private static partial void LogLost(ILogger logger, string broker, string purpose, string reason);
}
