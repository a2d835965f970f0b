using System.Threading.Channels;

namespace Hutch.Cluster.Journal;

/// <summary>
/// Sends and receives notifications of appends between the servers. They are only hints: a notification is sent after its commit, so that
/// no commit waits for the queue of notifications. A lost one only delays the reader until its next poll.
/// </summary>
internal sealed partial class LogNotifications : IAsyncDisposable
{
    private const string Channel = "hutch_log";

    private readonly LogConnections _connections;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<long> _toNotify;
    private readonly RisingNumber _heard = new();
    private readonly Lazy<Task> _listening;
    private readonly Task _telling;
    private long _own;

    public LogNotifications(LogConnections connections, TimeProvider time, ILogger logger)
    {
        _connections = connections;
        _logger = logger;

        // Only the newest counts: its receiver reads everything up to it.
        _toNotify = System.Threading.Channels.Channel.CreateBounded<long>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var listener = new PostgresListener(
            connections.OpenAsync, Channel, "SELECT last_sequence FROM site_head", connections.Options.PollEvery, _heard,
            e => LogNotHeard(_logger, _connections.Where, e), time);
        _listening = new Lazy<Task>(() => Task.Run(() => listener.RunAsync(_stop.Token)));
        _telling = Task.Run(NotifyAsync);
    }

    public long LastNotified => _heard.Value;

    /// <summary>Notes an append of this server, and notifies the others.</summary>
    public void Notify(long sequence)
    {
        Volatile.Write(ref _own, sequence);
        _toNotify.Writer.TryWrite(sequence);
    }

    /// <summary>Notes an append of another server.</summary>
    public void OnNotified(long sequence) => _heard.RaiseTo(sequence);

    /// <summary>Waits for a record after a sequence number. Appends of this server during the wait do not count.</summary>
    public async ValueTask WaitAsync(long after, CancellationToken ct)
    {
        _ = _listening.Value;
        if (Volatile.Read(ref _own) > after)
        {
            return;
        }

        long known;
        while (_heard.Value <= (known = Math.Max(after, Volatile.Read(ref _own))))
        {
            await _heard.WaitAsync(known + 1, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _toNotify.Writer.TryComplete();
        await _stop.CancelAsync();
        await _telling;
        if (_listening.IsValueCreated)
        {
            await _listening.Value;
        }

        _stop.Dispose();
    }

    private async Task NotifyAsync()
    {
        await foreach (long sequence in _toNotify.Reader.ReadAllAsync())
        {
            try
            {
                await using NpgsqlConnection connection = await _connections.RentAsync(_stop.Token);

                // Nothing of it needs to last, so it does not wait for the disk.
                await using var tell = new NpgsqlCommand(
                    "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)", connection);
                tell.Parameters.Add(LogParameter.From(Channel));
                tell.Parameters.Add(LogParameter.From(sequence.ToString(CultureInfo.InvariantCulture)));
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
