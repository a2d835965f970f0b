using Hutch.Zone.Accounts;
using Hutch.Zone.Credentials;
using Hutch.Zone.Logins;

namespace Hutch.Zone;

/// <summary>
/// Maintenance of the zone: stores the uses of tokens and sessions every minute, makes a verified copy every hour, and deletes sessions,
/// one-time links and tokens for steps that ended long ago.
/// </summary>
public sealed partial class ZoneMaintenance(
    ZoneDatabase zone, ZoneCopies copies, ZoneCopyOptions options,
    Authenticator authenticator, SiteLoginAuthorizer logins, IdentityLinks identities, AttemptExchange? attempts, TimeProvider time,
    ILogger<ZoneMaintenance> logger)
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(30);

    /// <summary>The retention of ended tokens for steps: each job leaves one, and every lookup of an account's tokens reads them.</summary>
    private static readonly TimeSpan KeepEndedSteps = TimeSpan.FromDays(3);

    private static readonly TimeSpan ForgetEvery = TimeSpan.FromDays(1);

    /// <summary>
    /// Runs until cancelled, then stores the last uses. A copy is made at once and then at intervals. A failure is logged and retried a
    /// minute later: the zone continues without a new copy, but not silently.
    /// </summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(KeepUpAsync(ct), attempts?.RunAsync(ct) ?? Task.CompletedTask);

    private async Task KeepUpAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Step, time);
        DateTimeOffset nextCopy = time.GetUtcNow();
        DateTimeOffset nextForget = nextCopy;
        try
        {
            do
            {
                await TryAsync("noting when tokens were used", authenticator.FlushLastUsesAsync, ct);
                if (zone.Joined is null)
                {
                    await TryAsync("ending sessions without use", logins.EndIdleAsync, ct);
                }

                if (time.GetUtcNow() >= nextCopy && await TryAsync("copying zone.db", CopyAsync, ct))
                {
                    nextCopy = time.GetUtcNow() + TimeSpan.FromMinutes(options.EveryMinutes);
                }

                if (time.GetUtcNow() >= nextForget)
                {
                    await TryAsync("looking for doubtful links of accounts", identities.LookAsync, ct);
                }

                if (time.GetUtcNow() >= nextForget && await TryAsync("forgetting old sessions", DeleteExpiredAsync, ct))
                {
                    nextForget = time.GetUtcNow() + ForgetEvery;
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The regular end; the remaining uses are stored next.
        }

        await TryAsync("noting when tokens were used", authenticator.FlushLastUsesAsync, CancellationToken.None);
    }

    internal ValueTask DeleteExpiredAsync(CancellationToken ct) =>
        zone.DeleteEndedAsync(time.GetUtcNow() - KeepEnded, time.GetUtcNow() - KeepEndedSteps, ct);

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
