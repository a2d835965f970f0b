using Hutch.Catalog.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Learns of the changes of other servers, for those who wait for one: at once when PostgreSQL tells, and within a second when it does not.
/// </summary>
/// <remarks>Only a hint: whoever decides asks (<see cref="ZoneDatabase.MakeCurrentAsync"/>).</remarks>
internal sealed partial class ZoneWatch : IAsyncDisposable
{
    /// <summary>The channel on which a commit that changes the zone tells of itself.</summary>
    public const string Channel = "hutch_zone";

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly PostgresSource _source;
    private readonly ZoneVersion _version;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public ZoneWatch(PostgresSource source, ZoneVersion version, TimeProvider time, ILogger logger)
    {
        _source = source;
        _version = version;
        _time = time;
        _logger = logger;
        _watching = Task.Run(() => WatchAsync(_stop.Token), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        string? told = null;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(() => told = null, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (_source.InWords(e) is { } words)
            {
                if (words != told)
                {
                    LogInterrupted(words);
                    told = words;
                }

                await Task.Delay(Step, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(Action connected, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await _source.Listeners.OpenConnectionAsync(ct);
        await using (NpgsqlCommand listen = new($"LISTEN {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        connected();

        await using NpgsqlCommand ask = new("SELECT version FROM zone_version WHERE id = 1", connection);
        while (true)
        {
            _version.RaiseTo((long)(await ask.ExecuteScalarAsync(ct))!);
            await connection.WaitAsync(Step, ct);
        }
    }

    [LoggerMessage(
        3301, LogLevel.Warning,
        "Changes that other servers make to accounts and rights are noticed late for those who wait for them: {Reason} Trying again.")]
    private partial void LogInterrupted(string reason);
}
