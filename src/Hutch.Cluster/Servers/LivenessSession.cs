using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

/// <summary>
/// A connection that shows the other servers that this one lives. It holds a lock of PostgreSQL that ends with the process, and with
/// nothing else for the duration of a lease. On the same connection this server receives notifications of returned leases, and watches for
/// leases of dead holders, on behalf of all local waiters (decision 0163).
/// </summary>
internal sealed partial class LivenessSession : IAsyncDisposable
{
    /// <summary>
    /// The timeouts of the line. An unplugged server may continue until it takes its leases for lost, so PostgreSQL must not end its line
    /// before. A line ends when a kernel reports the end of the process.
    /// </summary>
    private static readonly string[] ConnectionSettings =
    [
        "SET tcp_user_timeout = 0", "SET tcp_keepalives_idle = 20", "SET tcp_keepalives_interval = 5", "SET tcp_keepalives_count = 4",
    ];

    private const long Never = long.MinValue;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private readonly LogConnections _connections;
    private readonly long _epoch;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _standing;
    private TaskCompletionSource<HashSet<string>> _look = NewLook();
    private long _since = Never;

    public LivenessSession(LogConnections connections, long epoch, LeaseOptions options, TimeProvider time, ILogger logger)
    {
        (_connections, _epoch, _options, _time, _logger) = (connections, epoch, options, time, logger);
        _standing = Task.Run(RunAsync);
    }

    /// <summary>
    /// The remaining time of a lease whose holder counts as dead when its line is gone; zero while that may also be a restart of
    /// PostgreSQL.
    /// </summary>
    public TimeSpan LeftOfDead =>
        Volatile.Read(ref _since) is var since && since != Never && _time.GetElapsedTime(since) >= _options.SettledAfter
            ? _options.Length - _options.DeadAfter
            : TimeSpan.Zero;

    /// <summary>
    /// Waits until a job seems to have no holder. The holders are read once a second, when a lease is returned, and when a holder has died.
    /// Without a line this returns after two renewal intervals, and the caller checks the lease itself.
    /// </summary>
    public async Task WaitAsync(string job, CancellationToken ct)
    {
        try
        {
            while ((await Volatile.Read(ref _look).Task.WaitAsync(2 * _options.RenewEvery, _time, ct)).Contains(job))
            {
                // The next look is another one.
            }
        }
        catch (TimeoutException)
        {
            // The line is broken.
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stop.CancelAsync();
        }
        catch (AggregateException e) when (e.InnerException is ObjectDisposedException)
        {
            // The connection broke at this moment, and Npgsql cancels a disposed connection.
        }

        await _standing;
        _stop.Dispose();
    }

    private static TaskCompletionSource<HashSet<string>> NewLook() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(_stop.Token);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Volatile.Write(ref _since, Never);
                LogBroken(_logger, _connections.Where, e);
            }

            await Task.Delay(_connections.Options.TryAgainAfter, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunOnceAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await _connections.OpenAsync(ct);

        // A notification during a query arrives with its answer, so a wait that begins afterwards would miss it.
        bool wasTold = false;
        connection.Notification += (_, _) => wasTold = true;
        await using (var stand = new NpgsqlBatch(connection))
        {
            foreach (string setting in ConnectionSettings)
            {
                stand.BatchCommands.Add(new NpgsqlBatchCommand(setting));
            }

            stand.BatchCommands.Add(new NpgsqlBatchCommand(LeaseTable.HoldLine) { Parameters = { LogParameter.From(_epoch) } });
            stand.BatchCommands.Add(new NpgsqlBatchCommand($"LISTEN {LeaseTable.Channel}"));
            await stand.ExecuteNonQueryAsync(ct);
        }

        Volatile.Write(ref _since, _time.GetTimestamp());
        while (true)
        {
            wasTold = false;
            TimeSpan next = await PollAsync(connection, ct);
            if (!wasTold)
            {
                await connection.WaitAsync(next, ct);
            }
        }
    }

    /// <summary>Reads which jobs have a holder, and notifies all waiters; returns the delay until the next check.</summary>
    private async Task<TimeSpan> PollAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // Callers from here on wait for the next check.
        TaskCompletionSource<HashSet<string>> look = Interlocked.Exchange(ref _look, NewLook());
        try
        {
            (HashSet<string> busy, TimeSpan next) = await QueryAsync(connection, ct);
            look.SetResult(busy);
            return next > Shortest ? next : Shortest;
        }
        catch
        {
            look.SetResult([]);
            throw;
        }
    }

    private async Task<(HashSet<string> Busy, TimeSpan Next)> QueryAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var busy = new HashSet<string>(StringComparer.Ordinal);
        TimeSpan next = _options.RenewEvery;
        await using var ask = new NpgsqlCommand(LeaseTable.Busy, connection)
        {
            Parameters = { LogParameter.From(_epoch), LogParameter.From(LeftOfDead) },
        };
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            busy.Add(reader.GetString(0));
            next = !reader.IsDBNull(1) && reader.GetFieldValue<TimeSpan>(1) is var left && left < next ? left : next;
        }

        return (busy, next);
    }

    [LoggerMessage(
        EventId = 7132, Level = LogLevel.Debug, Message = "The life line to PostgreSQL at {Where} broke; another one is opened")]
    private static partial void LogBroken(ILogger logger, string where, Exception exception);
}
