using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Copies;
using Hutch.Zone.Sites;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation.Homes;

/// <summary>
/// Does this site's part when homes of datasets move, and when they delete them, and tells the zone. What fails is tried again by itself.
/// </summary>
/// <remarks>Each dataset is looked at when the zone's row of it changes, and as long as something is left to do.</remarks>
internal sealed partial class HomeWorker(
    SiteRegistry sites, SiteKeyStore keys, ICopyLedger ledger, HomeRegistry homes, HomeMoves moves, EndWork ends,
    MoveReadiness readiness, WantedCopies wanted, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAtMostEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>A move that waits for longer says why.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HashSet<DatasetId> _open = [];
    private readonly Dictionary<DatasetId, long> _waitingSince = [];
    private long _number;
    private bool _isUnread;

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long version = homes.Version;
            bool isDone = await StepAsync(ct);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task change = homes.WaitForChangeAsync(version, either.Token);
            await Task.WhenAny(change, Task.Delay(isDone ? LookEvery : TryAgainAfter, time, either.Token));
            await either.CancelAsync();
            await Task.Delay(LookAtMostEvery, time, ct);
        }
    }

    /// <summary>Does the next step of each move, and of what was deleted.</summary>
    /// <returns>Whether nothing is left to do before the zone says more, or somebody deletes something here.</returns>
    internal async Task<bool> StepAsync(CancellationToken ct)
    {
        IReadOnlyDictionary<DatasetId, HomeRecord> changed;
        try
        {
            _open.UnionWith(await ends.ChangedAsync(ct));
            _open.UnionWith(wanted.TakeLooks());
            if (_number == 0)
            {
                _open.UnionWith(await moves.ReleasedAsync(ct));
            }

            HomeChanges changes = await homes.ChangesAsync(_number, _open, ct);
            (_number, changed) = (changes.Number, changes.Homes);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The connection to the zone must not end with it. A database that is away for an hour is said once.
            if (!_isUnread)
            {
                NotRead(e);
            }

            _isUnread = true;
            return false;
        }

        _isUnread = false;

        _open.Clear();
        foreach ((DatasetId dataset, HomeRecord home) in changed)
        {
            try
            {
                if (!await StepAsync(dataset, home, ct))
                {
                    _open.Add(dataset);
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // One move must not end the others.
                Failed(dataset, e);
                _open.Add(dataset);
            }
        }

        return _open.Count == 0;
    }

    private async Task<bool> StepAsync(DatasetId dataset, HomeRecord home, CancellationToken ct)
    {
        if (await moves.FindAsync(dataset, ct) is not { } here)
        {
            bool isLost = home.SiteId == sites.OwnId && home is { Base: not null, PreviousId: { } previous } && previous != sites.OwnId;
            if (isLost)
            {
                wanted.FetchBase(dataset);
            }

            return !isLost && (await ends.LeaveAsync(dataset, home, ct)).IsOk;
        }

        Result<Done> done = await ends.StepAsync(dataset, home, here, ct);
        if (done.IsOk && here.Ended is null)
        {
            done = await MoveAsync(dataset, home, here, ct);
        }

        if (home.NextId is null)
        {
            _waitingSince.Remove(dataset);
        }

        if (!done.IsOk)
        {
            NotDone(dataset, done.Error.Message);
        }

        return done.IsOk;
    }

    private async Task<Result<Done>> MoveAsync(DatasetId dataset, HomeRecord home, SiteDataset here, CancellationToken ct) =>
        HomeStep.Of(home, sites.OwnId, here) switch
        {
            HomeStep.Take take => await TakeAsync(dataset, home, take, ct),
            HomeStep.Release release => await ReleaseAsync(dataset, release, ct),
            HomeStep.Tell { IsOwn: true } tell => await TellAsync(dataset, tell.Epoch, tell.To, tell.History, ct),
            HomeStep.Tell tell => await ledger.TellAsync(dataset, new MoveReport(tell.Epoch, tell.To, tell.History, null), ct),
            HomeStep.Raise raise => await ledger.TellAsync(dataset, new MoveReport(raise.Epoch, sites.OwnId, null, null), ct),
            HomeStep.StepDown down => (await GiveUpAsync(dataset, down.Epoch, down.To, mayStay: false, ct)).Then<Done>(
                static _ => Done.Value),
            _ => Done.Value,
        };

    /// <summary>
    /// Takes over, when the home before has signed that it gave up; what that had is fetched again when it is not here. Or when the zone
    /// has signed that it was lost: then with what is here.
    /// </summary>
    private async Task<Result<Done>> TakeAsync(DatasetId dataset, HomeRecord home, HomeStep.Take take, CancellationToken ct)
    {
        if (home.BeganLost)
        {
            BlobHash zone = sites.Zone?.Key ?? (await keys.GetAsync(ct)).Fingerprint;
            return !new HomeStatement(sites.ZoneId, HomeGrant.Of(dataset, home)!).IsSigned(zone, home.GrantProof)
                ? ErrorCode.Unprocessable.With("The zone has not signed that the home before was lost.")
                : await moves.TakeLostAsync(dataset, take.Epoch, ct);
        }

        if (home.PreviousId is { } previous && previous != sites.OwnId && await sites.FindPeerAsync(previous, ct) is { } before
            && !new ReleaseStatement(sites.ZoneId, dataset, take.Epoch - 1, sites.OwnId, take.From).IsSigned(before.Key, home.ReleaseProof))
        {
            return ErrorCode.Unprocessable.With($"{before.Name} has not signed that it gave up.");
        }

        Result<Done> taken = await moves.TakeAsync(dataset, take.Epoch, take.From, ct);
        if (!taken.IsOk && home.PreviousId != sites.OwnId)
        {
            wanted.FetchBase(dataset);
        }

        return taken;
    }

    private async Task<Result<Done>> ReleaseAsync(DatasetId dataset, HomeStep.Release step, CancellationToken ct)
    {
        if (!step.IsAgain && readiness.WhyNot(dataset, step.To, await NameAsync(step.To, ct)) is { } why
            && await moves.WhyStayAsync(dataset, step.Epoch, ct) is null)
        {
            return await WaitAsync(dataset, step, why, ct);
        }

        Result<BlobHash> released = await GiveUpAsync(dataset, step.Epoch, step.To, mayStay: !step.IsAgain, ct);
        if (!released.IsOk)
        {
            return released.Error.Code == ErrorCode.Unavailable || released.Error.Code == ErrorCode.OutcomeUnknown
                ? await WaitAsync(dataset, step, released.Error.Message, ct)
                : await ledger.TellAsync(dataset, new MoveReport(step.Epoch, null, null, released.Error.Message), ct);
        }

        readiness.Forget(dataset);
        return await TellAsync(dataset, step.Epoch, step.To, released.Value, ct);
    }

    /// <summary>It is tried again soon; whoever waits for long is told why.</summary>
    private async Task<Result<Done>> WaitAsync(DatasetId dataset, HomeStep.Release step, string why, CancellationToken ct)
    {
        long now = time.GetTimestamp();
        if (_waitingSince.TryAdd(dataset, now) || time.GetElapsedTime(_waitingSince[dataset], now) < Patience)
        {
            return ErrorCode.Unavailable.With(why);
        }

        _waitingSince[dataset] = now;
        Result<Done> told = await ledger.TellAsync(dataset, new MoveReport(step.Epoch, step.To, null, why), ct);
        return told.IsOk ? ErrorCode.Unavailable.With(why) : told;
    }

    private async Task<string> NameAsync(string siteId, CancellationToken ct) =>
        (await sites.FindPeerAsync(siteId, ct))?.Name ?? "The next site";

    private async Task<Result<Done>> TellAsync(DatasetId dataset, long epoch, string to, BlobHash history, CancellationToken ct) =>
        await ledger.TellAsync(
            dataset,
            new MoveReport(
                epoch, to, history, null,
                new ReleaseStatement(sites.ZoneId, dataset, epoch, to, history).Sign(await keys.GetAsync(ct))),
            ct);

    private async Task<Result<BlobHash>> GiveUpAsync(DatasetId dataset, long epoch, string to, bool mayStay, CancellationToken ct) =>
        await moves.ReleaseAsync(dataset, epoch, (await keys.GetAsync(ct)).Fingerprint, to, mayStay, ct);

    [LoggerMessage(5619, LogLevel.Error, "The homes of datasets could not be read")]
    private partial void NotRead(Exception e);

    [LoggerMessage(5612, LogLevel.Error, "A step in the move of the home of {Dataset} failed")]
    private partial void Failed(DatasetId dataset, Exception e);

    [LoggerMessage(5613, LogLevel.Debug, "What is to be done about the home of {Dataset} waits: {Why}")]
    private partial void NotDone(DatasetId dataset, string why);
}
