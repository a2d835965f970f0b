namespace Hutch.Site.Platform.Leases;

/// <summary>Work that runs at one server of the site: the one that has its lease. The others wait to take over.</summary>
/// <param name="run">Runs until it is cancelled or done; starts again at the server that takes the lease next.</param>
public sealed class LeasedTask(IJobLeases leases, string job, Func<IJobLease, CancellationToken, Task> run, TimeProvider time)
{
    /// <summary>The delay before a retry when the leases cannot be reached.</summary>
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the lease and works, repeatedly, until it is cancelled or the work is done.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!await TryAsync(ct))
        {
            await leases.WaitAsync(job, ct);
        }
    }

    /// <summary>Works if no other server has the lease now.</summary>
    /// <returns>True if the work is done; false also when the lease was lost before its end.</returns>
    public async Task<bool> TryAsync(CancellationToken ct)
    {
        await using IJobLease? lease = await TryAcquireAsync(ct);
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

    private async ValueTask<IJobLease?> TryAcquireAsync(CancellationToken ct)
    {
        try
        {
            return await leases.TryAcquireAsync(job, ct);
        }
        catch (StorageRefusedException)
        {
            // No server can commit anything now, and the log reports that. This is no failure of the work.
            await Task.Delay(TryAgainAfter, time, ct);
            return null;
        }
    }
}
