using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hutch.Cluster.Journal;

/// <summary>
/// Tells the other servers that something was appended, and hears it from them. It is a hint only: a notification goes out after its
/// commit, so that no commit waits for the queue of notifications, and one that is lost costs no more than the next look.
/// </summary>
internal sealed partial class LogHints : IAsyncDisposable
{
    private const string Channel = "hutch_log";

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private readonly LogConnections _connections;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<long> _toTell;
    private readonly Lazy<Task> _listening;
    private readonly Task _telling;
    private readonly Lock _gate = new();
    private TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;
    private long _own;

    public LogHints(LogConnections connections, TimeProvider time, ILogger logger)
    {
        _connections = connections;
        _time = time;
        _logger = logger;

        // Only the newest counts: who hears of it reads everything up to it.
        _toTell = System.Threading.Channels.Channel.CreateBounded<long>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _listening = new Lazy<Task>(() => Task.Run(ListenAsync));
        _telling = Task.Run(TellAsync);
    }

    /// <summary>Notes what this server appended, and tells the others.</summary>
    public void Tell(long sequence)
    {
        Volatile.Write(ref _own, sequence);
        _toTell.Writer.TryWrite(sequence);
    }

    /// <summary>Notes what somebody else appended.</summary>
    public void Hear(long sequence)
    {
        lock (_gate)
        {
            if (sequence > _last)
            {
                Volatile.Write(ref _last, sequence);
                Interlocked.Exchange(ref _heard, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }
        }
    }

    /// <summary>
    /// Returns when there is something after a sequence number; while it waits, what this server itself appends does not count.
    /// </summary>
    public async ValueTask WaitAsync(long after, CancellationToken ct)
    {
        _ = _listening.Value;
        if (Volatile.Read(ref _own) > after)
        {
            return;
        }

        while (true)
        {
            Task heard = Volatile.Read(ref _heard).Task;
            if (Volatile.Read(ref _last) > Math.Max(after, Volatile.Read(ref _own)))
            {
                return;
            }

            await heard.WaitAsync(ct);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _toTell.Writer.TryComplete();
        await _stop.CancelAsync();
        await _telling;
        if (_listening.IsValueCreated)
        {
            await _listening.Value;
        }

        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        bool isTold = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = await _connections.OpenAsync(_stop.Token);
                connection.Notification += OnNotification;
                await ListenOnAsync(connection, () => isTold = false);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!isTold)
                {
                    isTold = true;
                    LogNotHeard(_logger, _connections.Where, e);
                }

                await Task.Delay(TryAgainAfter, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenOnAsync(NpgsqlConnection connection, Action works)
    {
        await using var listen = new NpgsqlCommand($"LISTEN {Channel}", connection);
        await listen.ExecuteNonQueryAsync(_stop.Token);
        await using var look = new NpgsqlCommand("SELECT last_sequence FROM site_head", connection);
        while (true)
        {
            if (await look.ExecuteScalarAsync(_stop.Token) is long sequence)
            {
                Hear(sequence);
                works();
            }

            while (await connection.WaitAsync(_connections.Options.PollEvery, _stop.Token))
            {
                // The notification was heard on the way.
            }
        }
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs e)
    {
        if (long.TryParse(e.Payload, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence))
        {
            Hear(sequence);
        }
    }

    private async Task TellAsync()
    {
        await foreach (long sequence in _toTell.Reader.ReadAllAsync())
        {
            try
            {
                await using NpgsqlConnection connection = await _connections.RentAsync(_stop.Token);

                // Nothing of it needs to last, so it does not wait for the disk.
                await using var tell = new NpgsqlCommand(
                    "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)", connection);
                tell.Parameters.Add(LogParameter.Of(Channel));
                tell.Parameters.Add(LogParameter.Of(sequence.ToString(CultureInfo.InvariantCulture)));
                await tell.ExecuteNonQueryAsync(_stop.Token);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogNotTold(_logger, _connections.Where, e);
            }
        }
    }

    [LoggerMessage(
        EventId = 7101, Level = LogLevel.Warning,
        Message = "Nothing is heard from PostgreSQL at {Where}; what others append is seen with the next write, or when it answers again")]
    private static partial void LogNotHeard(ILogger logger, string where, Exception exception);

    [LoggerMessage(
        EventId = 7102, Level = LogLevel.Debug, Message = "The other servers at {Where} were not told of a commit; they look themselves")]
    private static partial void LogNotTold(ILogger logger, string where, Exception exception);
}
