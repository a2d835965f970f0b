using Hutch.Catalog.Zone;
using Microsoft.Extensions.Logging;

namespace Hutch.Datasets.Accounts;

/// <summary>What the zone needs from time to time: noting when tokens were used, every minute, and a verified copy, every hour.</summary>
public sealed partial class ZoneUpkeep(
    ZoneDatabase zone, ZoneCopies copies, ZoneCopyOptions options, Authenticator authenticator, TimeProvider time, ILogger<ZoneUpkeep> logger)
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Works until it is cancelled, then notes the last uses. A copy is made at once and then at intervals. A failure is logged and tried
    /// again a minute later: the zone goes on without its copy, but not silently.
    /// </summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Step, time);
        DateTimeOffset nextCopy = time.GetUtcNow();
        try
        {
            do
            {
                await TryAsync("noting when tokens were used", authenticator.FlushLastUsesAsync, ct);
                if (time.GetUtcNow() >= nextCopy && await TryAsync("copying zone.db", CopyAsync, ct))
                {
                    nextCopy = time.GetUtcNow() + TimeSpan.FromMinutes(options.EveryMinutes);
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The way this ends; what is left to note follows.
        }

        await TryAsync("noting when tokens were used", authenticator.FlushLastUsesAsync, CancellationToken.None);
    }

    private async ValueTask CopyAsync(CancellationToken ct)
    {
        if (await copies.CopyAsync(zone, ct) is string path)
        {
            LogCopied(path);
        }
    }

    private async ValueTask<bool> TryAsync(string what, Func<CancellationToken, ValueTask> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(what, e);
            return false;
        }
    }
}
