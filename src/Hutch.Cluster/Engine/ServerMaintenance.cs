using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;

namespace Hutch.Cluster.Engine;

/// <summary>
/// The periodic duties of each server towards the others. It follows rows that trigger no notification, reports extents that no record of
/// its own has reported, and wipes its own disk after a purge.
/// </summary>
internal sealed partial class ServerMaintenance : IAsyncDisposable
{
    /// <summary>The key of no member: a group that relies on it changes nothing, and its row carries the pending reports.</summary>
    private static readonly MemberKey Nothing = MemberKey.Extent(Guid.Empty, 0);

    private readonly PostgresLog _log;
    private readonly ServerFolders _folders;
    private readonly ServerIdentity _server;
    private readonly MemberView _view;
    private readonly EngineSite _site;
    private readonly TimeSpan _lookEvery;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private IReadOnlyList<UncleanFolder> _unclean = [];
    private long? _waiting;

    public ServerMaintenance(
        PostgresLog log, ServerFolders folders, ServerIdentity server, MemberView view, EngineSite site, TimeSpan lookEvery,
        TimeProvider time, ILogger logger)
    {
        (_log, _folders, _server, _view, _site) = (log, folders, server, view, site);
        (_lookEvery, _time, _logger) = (lookEvery, time, logger);
        _running = Task.Run(RunAsync);
    }

    /// <summary>The servers whose disks may have purged data, as of the last check.</summary>
    public IReadOnlyList<UncleanFolder> Unclean => Volatile.Read(ref _unclean);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

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
                LogFailed(_logger, e);
            }

            await Task.Delay(_lookEvery, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunOnceAsync(CancellationToken ct)
    {
        (long last, long purged, long clean) = await _folders.ReadStateAsync(_server, ct);

        // The record of a running upload reports its extents. Only extents that have waited since the last check may have no such record.
        long? waiting = _view.UnannouncedFrom;
        if (waiting is not null && waiting == _waiting)
        {
            _ = (await _site.Committer.CommitAsync<Model.Done>(
                static context =>
                {
                    context.RelyOn(Nothing);
                    return Model.Done.Value;
                },
                [],
                ct,
                mayUseReserve: true)).Value;
        }
        else if (_log.Applied.Number < last)
        {
            _ = (await _site.Committer.CatchUpAsync(ct)).Value;
        }

        _waiting = waiting;
        if (clean < purged)
        {
            await WipeAsync(purged, ct);
        }

        if (purged > 0)
        {
            Volatile.Write(ref _unclean, await _folders.ListUncleanAsync(ct));
        }
    }

    /// <summary>Wipes this disk. Data purged up to the row exist nowhere else any more, so nothing brings them back to it.</summary>
    private async Task WipeAsync(long purged, CancellationToken ct)
    {
        _ = (await _site.Committer.CatchUpAsync(ct)).Value;
        if (_view.Applied.Number >= purged && await _site.Traces.TryWipeAsync(ct) && _view.TryWipe())
        {
            await _folders.ConfirmAsync(_server, purged, ct);
        }
    }

    [LoggerMessage(
        EventId = 7150, Level = LogLevel.Warning,
        Message = "This server could not tell the others all that they should know, or wipe what was purged; it tries again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
