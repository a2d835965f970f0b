using Hutch.Cluster.Journal;
using Hutch.Site.Platform.Servers;

namespace Hutch.Cluster.Servers;

/// <summary>
/// This server among the others: its row with an epoch that each of its appends asserts, and its heartbeat. Rows of servers change only
/// with the head of the log locked, so that an append either comes before the change or sees it.
/// </summary>
public sealed partial class Membership : IAsyncDisposable
{
    private readonly LogConnections _connections;
    private readonly ServerIdentity _server;
    private readonly ServerOptions _options;
    private readonly Func<ServerProgress> _progress;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;
    private Func<ServerAddress?>? _address;
    private long _clockTicks;

    private Membership(
        LogConnections connections,
        ServerIdentity server,
        long epoch,
        ServerOptions options,
        Func<ServerProgress> progress,
        TimeProvider time,
        ILogger logger)
    {
        _connections = connections;
        _server = server;
        Epoch = epoch;
        _options = options;
        _progress = progress;
        _time = time;
        _logger = logger;
        _beating = Task.Run(BeatAsync);
    }

    /// <summary>
    /// The lead of this machine's clock over PostgreSQL's at the last heartbeat, as exact as the duration of the answer allows.
    /// </summary>
    public TimeSpan ClockAhead => new(Volatile.Read(ref _clockTicks));

    public long Epoch { get; }

    /// <summary>Joins the others. This ends an earlier life of the same server.</summary>
    /// <param name="log">The log of this server, which asserts the epoch from here on.</param>
    public static async Task<Membership> JoinAsync(
        LogConnections connections,
        PostgresLog log,
        ServerIdentity server,
        ServerOptions options,
        Func<ServerProgress> progress,
        TimeProvider time,
        ILogger logger,
        CancellationToken ct)
    {
        try
        {
            long epoch = await JoinAsync(connections, server, ct);
            log.Epoch = epoch;
            return new Membership(connections, server, epoch, options, progress, time, logger);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, connections.Place);
        }
    }

    /// <summary>Publishes the address of this server to the others. On return they know it.</summary>
    /// <param name="address">Read again for each heartbeat.</param>
    public async Task PublishAddressAsync(Func<ServerAddress?> address, CancellationToken ct)
    {
        _address = address;
        try
        {
            await BeatOnceAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The next heartbeat publishes it.
            LogNotBeaten(_logger, e);
        }
    }

    public async Task<IReadOnlyList<RunningServer>> ListAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await _connections.RentAsync(ct);
        await using var ask = new NpgsqlCommand(
            """
            SELECT id, name, epoch, clock_timestamp() - heartbeat, applied_row, oldest_operation, address, fingerprint, ARRAY(
                SELECT job FROM site_lease
                WHERE server = one.id AND server_epoch = one.epoch AND ends >= clock_timestamp() ORDER BY job)
            FROM site_server AS one ORDER BY name, id
            """,
            connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        var servers = new List<RunningServer>();
        while (await reader.ReadAsync(ct))
        {
            var progress = new ServerProgress(reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetInt64(5));
            servers.Add(new RunningServer(
                reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetFieldValue<TimeSpan>(3), progress)
            {
                Address = OtherServers.AddressOf(reader, 6),
                Jobs = reader.GetFieldValue<string[]>(8),
            });
        }

        return servers;
    }

    /// <summary>Leaves the others: no server waits for this one any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
        try
        {
            using var limit = new CancellationTokenSource(_connections.Options.AnswerWithin, _time);
            await using NpgsqlConnection connection = await _connections.RentAsync(limit.Token);
            await using var leave = new NpgsqlCommand(LeaseTable.Leave, connection);
            leave.Parameters.Add(LogParameter.From(_server.Id));
            leave.Parameters.Add(LogParameter.From(Epoch));
            await leave.ExecuteNonQueryAsync(limit.Token);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            // The others put it out when it has been silent for long enough.
            LogNotLeft(_logger, e);
        }
    }

    private static async Task<long> JoinAsync(LogConnections connections, ServerIdentity server, CancellationToken ct)
    {
        await using HeadTransaction head = await HeadTransaction.BeginAsync(connections, ct);
        await using NpgsqlCommand join = head.Command(
            """
            INSERT INTO site_server (id, name, epoch, heartbeat, applied_row)
            VALUES ($1, $2, nextval('site_epoch'), clock_timestamp(), 0)
            ON CONFLICT (id) DO UPDATE SET
                name = excluded.name, epoch = excluded.epoch, heartbeat = excluded.heartbeat, applied_row = 0, oldest_operation = NULL,
                address = NULL, fingerprint = NULL
            RETURNING epoch
            """,
            LogParameter.From(server.Id), LogParameter.From(server.Name));
        long epoch = (long)(await join.ExecuteScalarAsync(ct))!;
        await head.CommitAsync(ct);
        return epoch;
    }

    private async Task BeatAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await BeatOnceAsync(_stop.Token) > 0)
                {
                    await PutOutAsync(_stop.Token);
                }
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogNotBeaten(_logger, e);
            }

            await Task.Delay(_options.BeatEvery, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends a heartbeat; returns the number of other servers that have been silent for too long.</summary>
    private async Task<long> BeatOnceAsync(CancellationToken ct)
    {
        ServerProgress progress = _progress();
        // A beat that began before the address was known must not take it away again when it comes late.
        Func<ServerAddress?>? find = _address;
        ServerAddress? address = find?.Invoke();
        await using NpgsqlConnection connection = await _connections.RentAsync(ct);
        await using var beat = new NpgsqlCommand(
            """
            WITH beat AS (
                UPDATE site_server
                SET heartbeat = clock_timestamp(), applied_row = $3, oldest_operation = $4,
                    address = CASE WHEN $8 THEN $6 ELSE address END, fingerprint = CASE WHEN $8 THEN $7 ELSE fingerprint END
                WHERE id = $1 AND epoch = $2)
            SELECT count(*), clock_timestamp() FROM site_server WHERE id <> $1 AND heartbeat < clock_timestamp() - $5
            """,
            connection);
        beat.Parameters.Add(LogParameter.From(_server.Id));
        beat.Parameters.Add(LogParameter.From(Epoch));
        beat.Parameters.Add(LogParameter.From(progress.AppliedRow));
        beat.Parameters.Add(LogParameter.From(progress.OldestOperation));
        beat.Parameters.Add(LogParameter.From(_options.SilentAfter));
        beat.Parameters.Add(LogParameter.From(address?.Uri.AbsoluteUri));
        beat.Parameters.Add(LogParameter.From(address?.Fingerprint));
        beat.Parameters.Add(LogParameter.From(find is not null));
        long began = _time.GetTimestamp();
        await using NpgsqlDataReader reader = await beat.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        Compare(reader.GetFieldValue<DateTimeOffset>(1), _time.GetElapsedTime(began));
        return reader.GetInt64(0);
    }

    /// <summary>Compares the clocks: PostgreSQL read its own at some moment while it answered.</summary>
    private void Compare(DateTimeOffset there, TimeSpan took)
    {
        TimeSpan ahead = _time.GetUtcNow() - (took / 2) - there;
        ahead = ahead.Duration() <= took / 2 ? TimeSpan.Zero : ahead;
        bool wasWrong = ClockAhead.Duration() > PostgresDatabase.MaxClockDifference;
        Volatile.Write(ref _clockTicks, ahead.Ticks);
        if (!wasWrong && ahead.Duration() > PostgresDatabase.MaxClockDifference)
        {
            LogClock(_logger, ahead.TotalSeconds);
        }
    }

    private async Task PutOutAsync(CancellationToken ct)
    {
        await using HeadTransaction head = await HeadTransaction.BeginAsync(_connections, ct);
        await using NpgsqlCommand put = head.Command(
            "DELETE FROM site_server WHERE id <> $1 AND heartbeat < clock_timestamp() - $2 RETURNING name",
            LogParameter.From(_server.Id), LogParameter.From(_options.SilentAfter));
        var names = new List<string>();
        await using (NpgsqlDataReader reader = await put.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                names.Add(reader.GetString(0));
            }
        }

        await head.CommitAsync(ct);
        names.ForEach(name => LogPutOut(_logger, name, _options.SilentAfter.TotalSeconds));
    }

    [LoggerMessage(
        EventId = 7120, Level = LogLevel.Warning,
        Message = "The server {Name} has said nothing for {Seconds} s and was put out: what it had begun can no longer be committed")]
    private static partial void LogPutOut(ILogger logger, string name, double seconds);

    [LoggerMessage(
        EventId = 7123, Level = LogLevel.Warning,
        Message = "This machine's clock is {Seconds:0} s ahead of PostgreSQL's (negative: behind it). Keep both in sync with NTP")]
    private static partial void LogClock(ILogger logger, double seconds);

    [LoggerMessage(
        EventId = 7121, Level = LogLevel.Warning,
        Message = "The other servers could not be told that this one is there; it is tried again")]
    private static partial void LogNotBeaten(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 7122, Level = LogLevel.Information,
        Message = "The other servers could not be told that this one leaves; they notice")]
    private static partial void LogNotLeft(ILogger logger, Exception exception);
}
