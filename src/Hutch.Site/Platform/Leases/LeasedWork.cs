using Hutch.Storage;

namespace Hutch.Site.Platform.Leases;

/// <summary>Work that goes on at one server of the site: the one that has its lease. The others wait to take over.</summary>
/// <param name="leases">Where the lease comes from.</param>
/// <param name="job">The job that it is for.</param>
/// <param name="run">Does it, until it is cancelled or done; begun again at whichever server takes the lease next.</param>
public sealed class LeasedWork(IJobLeases leases, string job, Func<IJobLease, CancellationToken, Task> run, TimeProvider time)
{
    /// <summary>How soon it is tried again where leases cannot be asked for.</summary>
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the lease and works, again and again, until it is cancelled or the work is done.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!await TryAsync(ct))
        {
            await leases.WaitAsync(job, ct);
        }
    }

    /// <summary>Works if nobody else has the lease now.</summary>
    /// <returns>Whether the work is done; false also when the lease was lost in the middle.</returns>
    public async Task<bool> TryAsync(CancellationToken ct)
    {
        await using IJobLease? lease = await TryTakeAsync(ct);
        if (lease is null)
        {
            return false;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
        try
        {
            await run(lease, either.Token);
            return !lease.Lost.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private async ValueTask<IJobLease?> TryTakeAsync(CancellationToken ct)
    {
        try
        {
            return await leases.TryTakeAsync(job, ct);
        }
        catch (StorageRefusedException)
        {
            // No server can commit anything now, and the log tells of that. This is no failure of the work.
            await Task.Delay(TryAgainAfter, time, ct);
            return null;
        }
    }
}
