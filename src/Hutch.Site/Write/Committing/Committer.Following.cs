namespace Hutch.Site.Write.Committing;

/// <summary>Applies the groups of other servers, without waiting for a write of its own: in the committer's single loop.</summary>
public sealed partial class Committer
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private async Task FollowAsync(CancellationToken stop)
    {
        while (Failure is null)
        {
            try
            {
                await _log.WaitForMoreAsync(Volatile.Read(ref _applied), stop);
                bool isApplied = false;
                await RunExclusiveAsync(async ct => isApplied = await TryApplyAppendedAsync(ct), stop);
                if (!isApplied)
                {
                    // A full disk: the warnings say so.
                    await Task.Delay(TryAgainAfter, _time, stop);
                }
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogNotFollowed(_logger, e);
                await Task.Delay(TryAgainAfter, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> TryApplyAppendedAsync(CancellationToken ct)
    {
        await foreach (JournalGroup group in _log.ReadAsync(_records.AppliedSequence, ct))
        {
            if (Failure is not null || FindUnapplied([group]) is not null)
            {
                return false;
            }
        }

        return true;
    }
}
