using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Replication.Homes;

namespace Hutch.Federation.Homes;

/// <summary>
/// Does this site's part in moves of homes and in deletions by them, and reports to the zone. Failures are retried automatically.
/// </summary>
/// <remarks>
/// A dataset is checked when the zone's row of it changes, and while a step is left. All servers of a site do this, and the first one does
/// a step: each step is decided in its commit. Only the server that the next site asks knows the progress of that site, and releases.
/// </remarks>
internal sealed partial class HomeWorker(
    SiteRegistry sites, SiteKeyStore keys, IZoneReports reports, HomeRegistry homes, HomeMoves moves, DeletionPropagator ends,
    MoveReadiness readiness, CopyAssignments assignments, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Without other sites, no site waits for what was deleted here.</summary>
    private static readonly TimeSpan LookEveryAlone = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookAtMostEvery = TimeSpan.FromMilliseconds(20);

    private const int MaxReported = 10;

    /// <summary>A move that waits for longer says why.</summary>
    private static readonly TimeSpan WaitBeforeReport = TimeSpan.FromSeconds(5);

    private readonly HashSet<DatasetId> _open = [];
    private readonly Dictionary<DatasetId, long> _waitingSince = [];
    private readonly ConcurrentDictionary<DatasetId, MissingBase> _lacked = new();
    private long _number;
    private bool _isUnread;

    /// <summary>The time for which a new home requests the missing released state before operators are warned.</summary>
    internal TimeSpan ReportLackAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Warnings for operators about homes that cannot begin. Safe to call at any time.</summary>
    internal IEnumerable<SiteWarning> Warnings() => _lacked
        .Where(one => time.GetElapsedTime(one.Value.Since) >= ReportLackAfter)
        .OrderBy(static one => one.Key.ToString(), StringComparer.Ordinal)
        .Take(MaxReported)
        .Select(static one => new SiteWarning(
            "home-lacks-history",
            $"This site is the home of dataset {one.Key}, and lacks data that {one.Value.From} had at the move. "
            + "The dataset cannot be changed.",
            "It is requested again automatically. If this site was restored from a backup that is older than the move, that does not help: "
            + "stop this server for a minute, and have a site with a newer copy continue. At the zone: `hutch home DATASET --to SITE "
            + "--lost`.")
        {
            IsConfidential = true,
        });

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long version = homes.Version;
            TimeSpan pause = !await StepAsync(ct) ? TryAgainAfter : ends.IsAlone ? LookEveryAlone : LookEvery;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task change = homes.WaitForChangeAsync(version, either.Token);
            await Task.WhenAny(change, Task.Delay(pause, time, either.Token));
            await either.CancelAsync();
            await Task.Delay(LookAtMostEvery, time, ct);
        }
    }

    /// <returns>True if no step is left before a change at the zone or a deletion here.</returns>
    internal async Task<bool> StepAsync(CancellationToken ct)
    {
        IReadOnlyDictionary<DatasetId, HomeRecord> changed;
        try
        {
            _open.UnionWith(await ends.ChangedAsync(ct));
            _open.UnionWith(assignments.TakeChecks());
            if (_number == 0)
            {
                _open.UnionWith(await moves.ReleasedAsync(ct));
            }

            HomeChanges changes = await homes.ChangesAsync(_number, _open, ct);
            (_number, changed) = (changes.Number, changes.Homes);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The connection to the zone must not end with it. A database that is away for an hour is logged once.
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
                await FetchBaseAsync(dataset, home, ct);
            }
            else
            {
                _lacked.TryRemove(dataset, out _);
            }

            return !isLost && (await ends.LeaveAsync(dataset, home, ct)).IsOk;
        }

        Result<Done> done = await ends.StepAsync(dataset, home, here, ct);
        HomeStep? step = here.Ended is null ? HomeStep.Decide(home, sites.OwnId, here) : null;
        if (done.IsOk && step is not null)
        {
            done = await MoveAsync(dataset, home, step, ct);
        }

        if (done.IsOk || step is not HomeStep.TakeOver)
        {
            _lacked.TryRemove(dataset, out _);
        }

        if (home.NextId is null)
        {
            _waitingSince.Remove(dataset);
            readiness.Remove(dataset);
        }

        if (!done.IsOk)
        {
            NotDone(dataset, done.Error.Message);
        }

        // The same row may say already that the home moves on.
        return done.IsOk && step is not HomeStep.TakeOver;
    }

    private async Task<Result<Done>> MoveAsync(DatasetId dataset, HomeRecord home, HomeStep step, CancellationToken ct) =>
        step switch
        {
            HomeStep.TakeOver takeOver => await TakeOverAsync(dataset, home, takeOver, ct),
            HomeStep.Release release => await ReleaseAsync(dataset, home, release, ct),
            HomeStep.Report { IsOwn: true } report => await ReportAsync(dataset, report.Epoch, report.To, report.History, ct),
            HomeStep.Report report => await reports.ReportAsync(dataset, new MoveReport(report.Epoch, report.To, report.History, null), ct),
            HomeStep.RaiseEpoch raiseEpoch => await reports.ReportAsync(
                dataset, new MoveReport(raiseEpoch.Epoch, sites.OwnId, null, null), ct),
            HomeStep.StepDown down => (await ReleaseHomeAsync(dataset, down.Epoch, down.To, mayStay: false, ct)).Then<Done>(
                static _ => Done.Value),
            _ => Done.Value,
        };

    /// <summary>
    /// Takes over when the previous home has signed its release; a missing released state is fetched again. Or takes over with the state
    /// here, when the zone has signed that the previous home was lost.
    /// </summary>
    private async Task<Result<Done>> TakeOverAsync(DatasetId dataset, HomeRecord home, HomeStep.TakeOver takeOver, CancellationToken ct)
    {
        if (home.BeganLost)
        {
            BlobHash zone = sites.Zone?.Key ?? (await keys.GetAsync(ct)).Fingerprint;
            return !new HomeStatement(sites.ZoneId, HomeAssignment.From(dataset, home)!).IsSigned(zone, home.GrantProof)
                ? ErrorCode.Unprocessable.With("The zone has not signed that the home before was lost.")
                : await moves.TakeOverLostAsync(dataset, takeOver.Epoch, ct);
        }

        if (home.PreviousId is { } previous && previous != sites.OwnId && await sites.FindPeerAsync(previous, ct) is { } before
            && !new ReleaseStatement(sites.ZoneId, dataset, takeOver.Epoch - 1, sites.OwnId, takeOver.From).IsSigned(
                before.Key, home.ReleaseProof))
        {
            return ErrorCode.Unprocessable.With($"{before.Name} has not signed that it gave up.");
        }

        Result<Done> taken = await moves.TakeOverAsync(dataset, takeOver.Epoch, takeOver.From, ct);
        if (!taken.IsOk && home.PreviousId != sites.OwnId)
        {
            await FetchBaseAsync(dataset, home, ct);
        }

        return taken;
    }

    private async Task FetchBaseAsync(DatasetId dataset, HomeRecord home, CancellationToken ct)
    {
        assignments.FetchBase(dataset);
        if (!_lacked.ContainsKey(dataset))
        {
            SitePeer? from = await sites.FindPeerAsync(home.PreviousId!, ct);
            _lacked[dataset] = new MissingBase(time.GetTimestamp(), from?.Name ?? "the site of the zone");
        }
    }

    private async Task<Result<Done>> ReleaseAsync(DatasetId dataset, HomeRecord home, HomeStep.Release step, CancellationToken ct)
    {
        if (!step.IsAgain && readiness.FindObstacle(dataset, step.To, await NameAsync(step.To, ct)) is { } why
            && await moves.CheckMovableAsync(dataset, step.Epoch, ct) is null)
        {
            // Another server of this site may have been asked, and says more.
            return sites.IsEmbedded || home.Problem is null || readiness.WasQueried(dataset, step.To)
                ? await WaitAsync(dataset, step, why, ct)
                : ErrorCode.Unavailable.With(why);
        }

        Result<BlobHash> released = await ReleaseHomeAsync(dataset, step.Epoch, step.To, mayStay: !step.IsAgain, ct);
        if (!released.IsOk)
        {
            return released.Error.Code == ErrorCode.Unavailable || released.Error.Code == ErrorCode.OutcomeUnknown
                ? await WaitAsync(dataset, step, released.Error.Message, ct)
                : await reports.ReportAsync(dataset, new MoveReport(step.Epoch, null, null, released.Error.Message), ct);
        }

        readiness.Remove(dataset);
        return await ReportAsync(dataset, step.Epoch, step.To, released.Value, ct);
    }

    /// <summary>Postpones a release, which is retried soon. After a long wait, the reason is reported to the zone.</summary>
    private async Task<Result<Done>> WaitAsync(DatasetId dataset, HomeStep.Release step, string why, CancellationToken ct)
    {
        long now = time.GetTimestamp();
        if (_waitingSince.TryAdd(dataset, now) || time.GetElapsedTime(_waitingSince[dataset], now) < WaitBeforeReport)
        {
            return ErrorCode.Unavailable.With(why);
        }

        _waitingSince[dataset] = now;
        Result<Done> reported = await reports.ReportAsync(dataset, new MoveReport(step.Epoch, step.To, null, why), ct);
        return reported.IsOk ? ErrorCode.Unavailable.With(why) : reported;
    }

    private async Task<string> NameAsync(string siteId, CancellationToken ct) =>
        (await sites.FindPeerAsync(siteId, ct))?.Name ?? "The next site";

    private async Task<Result<Done>> ReportAsync(DatasetId dataset, long epoch, string to, BlobHash history, CancellationToken ct) =>
        await reports.ReportAsync(
            dataset,
            new MoveReport(
                epoch, to, history, null,
                new ReleaseStatement(sites.ZoneId, dataset, epoch, to, history).Sign(await keys.GetAsync(ct))),
            ct);

    private async Task<Result<BlobHash>> ReleaseHomeAsync(DatasetId dataset, long epoch, string to, bool mayStay, CancellationToken ct) =>
        await moves.ReleaseAsync(dataset, epoch, (await keys.GetAsync(ct)).Fingerprint, to, mayStay, ct);

    [LoggerMessage(5619, LogLevel.Error, "The homes of datasets could not be read")]
    private partial void NotRead(Exception e);

    [LoggerMessage(5612, LogLevel.Error, "A step in the move of the home of {Dataset} failed")]
    private partial void Failed(DatasetId dataset, Exception e);

    [LoggerMessage(5613, LogLevel.Debug, "What is to be done about the home of {Dataset} waits: {Why}")]
    private partial void NotDone(DatasetId dataset, string why);

    /// <param name="Since">When it was found that it is not here.</param>
    /// <param name="From">The home before.</param>
    private sealed record MissingBase(long Since, string From);
}
