using Hutch.Catalog.Postgres;
using Microsoft.Extensions.Logging;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Notices changes of other servers for waiters: at once with a notification of PostgreSQL, and within a second without one.
/// </summary>
/// <remarks>It is only a hint: decisions need <see cref="ZoneDatabase.SyncViewAsync"/>.</remarks>
internal sealed partial class ZoneWatch : IAsyncDisposable
{
    /// <summary>The channel on which a commit that changes the zone notifies other servers.</summary>
    public const string Channel = "hutch_zone";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public ZoneWatch(PostgresSource source, RisingNumber version, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        var listener = new PostgresListener(
            source.Listeners.OpenConnectionAsync, Channel, "SELECT version FROM zone_version WHERE id = 1", LookEvery, version,
            e => LogInterrupted(source.InWords(e) ?? e.Message), time);
        _watching = Task.Run(() => listener.RunAsync(_stop.Token), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    [LoggerMessage(
        3301, LogLevel.Warning,
        "Changes that other servers make to accounts and rights are noticed late for those who wait for them: {Reason} Trying again.")]
    private partial void LogInterrupted(string reason);
}
