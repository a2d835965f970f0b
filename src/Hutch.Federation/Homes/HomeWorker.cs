using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Copies;
using Hutch.Zone.Sites;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation.Homes;

/// <summary>Does this site's part when homes of datasets move, and tells the zone. What fails is tried again by itself.</summary>
internal sealed partial class HomeWorker(
    SiteRegistry sites, SiteKeyStore keys, ICopyLedger ledger, HomeRegistry homes, HomeMoves moves, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAtMostEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long version = homes.Version;
            bool isDone = await StepAsync(ct);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task change = homes.WaitForChangeAsync(version, either.Token);
            await (isDone ? change : Task.WhenAny(change, Task.Delay(TryAgainAfter, time, either.Token)));
            await either.CancelAsync();
            await Task.Delay(LookAtMostEvery, time, ct);
        }
    }

    /// <summary>Does the next step of each move.</summary>
    /// <returns>Whether nothing is left to do before the zone says more.</returns>
    internal async Task<bool> StepAsync(CancellationToken ct)
    {
        bool isDone = true;
        foreach ((DatasetId dataset, HomeRecord home) in await homes.MovedAsync(await moves.ReleasedAsync(ct), ct))
        {
            try
            {
                isDone &= await StepAsync(dataset, home, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // One move must not end the others.
                Failed(dataset, e);
                isDone = false;
            }
        }

        return isDone;
    }

    private async Task<bool> StepAsync(DatasetId dataset, HomeRecord home, CancellationToken ct)
    {
        if (await moves.FindAsync(dataset, ct) is not { Ended: null } here)
        {
            return true;
        }

        Result<Done> done = HomeStep.Of(home, sites.OwnId, here) switch
        {
            HomeStep.Take take => await moves.TakeAsync(dataset, take.Epoch, take.From, ct),
            HomeStep.Release release => await ReleaseAsync(dataset, release.Epoch, release.To, ct),
            HomeStep.Tell tell => await ledger.TellAsync(dataset, new MoveReport(tell.Epoch, tell.To, tell.History, null), ct),
            HomeStep.StepDown down => (await GiveUpAsync(dataset, down.Epoch, down.To, ct)).Then<Done>(static _ => Done.Value),
            _ => Done.Value,
        };
        if (!done.IsOk)
        {
            NotDone(dataset, done.Error.Message);
        }

        return done.IsOk;
    }

    private async Task<Result<Done>> ReleaseAsync(DatasetId dataset, long epoch, string to, CancellationToken ct)
    {
        Result<BlobHash> released = await GiveUpAsync(dataset, epoch, to, ct);
        return released.IsOk
            ? await ledger.TellAsync(dataset, new MoveReport(epoch, to, released.Value, null), ct)
            : released.Error.Code == ErrorCode.Unavailable || released.Error.Code == ErrorCode.OutcomeUnknown
                ? released.Error
                : await ledger.TellAsync(dataset, new MoveReport(epoch, null, null, released.Error.Message), ct);
    }

    private async Task<Result<BlobHash>> GiveUpAsync(DatasetId dataset, long epoch, string to, CancellationToken ct) =>
        await moves.ReleaseAsync(dataset, epoch, (await keys.GetAsync(ct)).Fingerprint, to, ct);

    [LoggerMessage(5612, LogLevel.Error, "A step in the move of the home of {Dataset} failed")]
    private partial void Failed(DatasetId dataset, Exception e);

    [LoggerMessage(5613, LogLevel.Information, "The move of the home of {Dataset} waits: {Why}")]
    private partial void NotDone(DatasetId dataset, string why);
}
