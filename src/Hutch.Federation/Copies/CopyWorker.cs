using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Site.Replication.Copies;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Sites;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation.Copies;

/// <summary>Brings every dataset assigned to this site, follows open ones, and reports to the zone. Retries automatically.</summary>
internal sealed partial class CopyWorker(
    SiteRegistry sites, SiteKeyStore keys, IZoneReports reports, CopyRegistry registry, SummaryRegistry summaries,
    CopyAssignments assignments,
    CopyIntake intake, CopyFreshness freshness, NearestSites nearest, IRepositoryCheck? check, PeerConnections connections,
    TimeProvider time,
    ILogger logger)
{
    public const string Job = "copies from other sites";

    private const int MaxAtOnce = 6;

    /// <summary>A home that answers slowly, or not at all, does not keep the others away.</summary>
    private const int MaxPerHome = 2;

    /// <summary>The most sites, in addition to the home, from which a copy comes at the same time.</summary>
    private const int MaxOthers = 3;

    /// <summary>Parts of large files, of 8 MiB each, that may wait for their turn in memory.</summary>
    private const int MaxPartsInMemory = 16;

    /// <summary>Datasets whose summaries are read at once.</summary>
    private const int MaxHints = 500;

    private static readonly TimeSpan LookAtMostEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The longest time between reports of a copy, since a restored zone has forgotten earlier ones. News is reported at once.
    /// </summary>
    private static readonly TimeSpan ReportAtLeastEvery = TimeSpan.FromMinutes(10);

    /// <summary>A separate limit for datasets whose home moves here, because no user can write them until they come.</summary>
    private const int MaxComingHome = 32;

    private readonly PartBuffer _room = new(MaxPartsInMemory);
    private readonly CopySchedule _schedule = new(freshness, time);
    private readonly Dictionary<DatasetId, Running> _running = [];
    private SiteTerms _terms = SiteTerms.Open;
    private Moment? _heardAt;
    private Moment? _keptAt;

    public async Task RunAsync(CancellationToken ct)
    {
        // A server that never has copies makes no key for them, and looks only when the zone changes.
        while (true)
        {
            Moment now = Now();
            if ((await assignments.ListAsync(ct)).Count > 0)
            {
                break;
            }

            await WaitAsync(now, Timeout.InfiniteTimeSpan, ct);
        }

        SiteKey key = await keys.GetAsync(ct);
        using var homes = new HomePeers(key, connections);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (true)
            {
                Moment now = Now();
                await ReceiveAnswersAsync();
                TimeSpan rest = await BeginAsync(homes, key, now, stop.Token);
                await WaitAsync(now, rest, ct);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(_running.Values.Select(static one => one.Attempt)).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private Moment Now() => new(registry.Version, summaries.News.Value, freshness.News.Value, assignments.News.Value);

    /// <summary>Waits for something to do, or for a turn that is free again.</summary>
    private async Task WaitAsync(Moment since, TimeSpan atMost, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(
        [
            registry.WaitForChangeAsync(since.Version, either.Token), summaries.News.WaitAsync(since.Summaries + 1, either.Token),
            freshness.News.WaitAsync(since.Written + 1, either.Token), assignments.News.WaitAsync(since.Assigned + 1, either.Token),
            Task.Delay(atMost, time, either.Token), .. _running.Values.Select(static one => one.Attempt),
        ]);
        await either.CancelAsync();
        await Task.Delay(LookAtMostEvery, time, ct);
    }

    private async Task ReceiveAnswersAsync()
    {
        foreach ((DatasetId dataset, Running ended) in _running.Where(static one => one.Value.Attempt.IsCompleted).ToList())
        {
            _running.Remove(dataset);
            CopyAttempt brought = await ended.Attempt;
            if (ended.Terms == _terms)
            {
                _schedule.RecordAttempt(dataset, brought);
            }
        }
    }

    /// <summary>Starts the copies that are due. Returns the time until the next one is.</summary>
    private async Task<TimeSpan> BeginAsync(HomePeers homes, SiteKey key, Moment now, CancellationToken ct)
    {
        SiteTerms terms = await sites.OwnTermsAsync(ct);
        if (terms != _terms)
        {
            // Refused datasets may be accepted now.
            _terms = terms;
            _schedule.Clear();
        }

        List<AssignedCopy> all = await assignments.ListAsync(ct);
        await ReceiveHintsAsync(all, now, ct);
        TimeSpan rest = Timeout.InfiniteTimeSpan;

        // The copy that has waited longest comes first, so that a few followed ones do not block the others.
        foreach (AssignedCopy one in all.OrderBy(one => _schedule.TryOf(one.Name.Dataset).Since))
        {
            NameRecord name = one.Name;
            if (_running.ContainsKey(name.Dataset))
            {
                continue;
            }

            if (_schedule.Left(one, sites.OwnId) > TimeSpan.Zero)
            {
                TimeSpan left = _schedule.Rest(one, sites.OwnId);
                rest = rest < TimeSpan.Zero || left < rest ? left : rest;
            }
            else if (IsDue(name))
            {
                Task<CopyAttempt> brought = FetchAsync(homes, key, one, _schedule.TryOf(name.Dataset), ct);
                _running.Add(name.Dataset, new Running(name.Home.SiteId, IsComingHome(name), _terms, brought));
            }
        }

        return rest;
    }

    /// <summary>Reads what homes say of the datasets that are followed, once they may have said something new.</summary>
    private async Task ReceiveHintsAsync(List<AssignedCopy> all, Moment now, CancellationToken ct)
    {
        if (_keptAt?.Version != now.Version)
        {
            _schedule.RemoveOthers(all.Select(static one => one.Name.Dataset).ToHashSet());
            _keptAt = now;
        }

        if ((_heardAt?.Version, _heardAt?.Summaries) == (now.Version, now.Summaries))
        {
            return;
        }

        foreach (DatasetId[] some in _schedule.Open().Concat(_running.Keys).Distinct().Chunk(MaxHints))
        {
            foreach (DatasetSummary summary in await summaries.FindAsync(some, ct))
            {
                _schedule.AddHint(summary.Dataset, NewsOf(summary));
            }
        }

        _heardAt = now;
    }

    private static HomeHint NewsOf(DatasetSummary summary) => new(summary.Closed is not null, summary.Files > 0);

    private bool IsDue(NameRecord name) => IsComingHome(name)
        ? _running.Values.Count(static one => one.IsComingHome) < MaxComingHome
        : _running.Values.Count(static one => !one.IsComingHome) < MaxAtOnce
            && _running.Values.Count(one => !one.IsComingHome && one.Home == name.Home.SiteId) < MaxPerHome;

    /// <summary>True if the home moves here: no user can write until this site has the released state.</summary>
    private bool IsComingHome(NameRecord name) => name.Home is { NextId: { } next, Released: not null } && next == sites.OwnId;

    private async Task<CopyAttempt> FetchAsync(HomePeers homes, SiteKey key, AssignedCopy one, CopyAttempt before, CancellationToken ct)
    {
        FreshnessQuery asked = freshness.BeginQuery();
        try
        {
            // What the home says after this is looked at when it comes.
            HomeHint heard = await summaries.FindAsync([one.Name.Dataset], ct) is [var said] ? NewsOf(said) : default;
            return await TryAsync(homes, key, one, before, asked, ct) with { RemoteHint = heard };
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Nothing that one copy does may end the others, or the connection by which this site hears of revocations.
            Failed(one.Name.Dataset, e);
            return _schedule.After(before, asked, one, null);
        }
    }

    /// <summary>Brings the changes and reports the result to the zone.</summary>
    private async Task<CopyAttempt> TryAsync(
        HomePeers homes, SiteKey key, AssignedCopy one, CopyAttempt before, FreshnessQuery asked, CancellationToken ct)
    {
        NameRecord name = one.Name;
        var order = new CopyOrder(sites.ZoneId, key.Fingerprint, name.Dataset, name.Owner.Name, name.Slug, name.Home.Epoch)
        {
            // No user can write before a moving dataset has come.
            Terms = name.Home.NextId == sites.OwnId ? SiteTerms.Open : _terms,
        };
        Result<IHomePeer> home = await homes.FindAsync(name, null, ct);
        Result<CopyProgress> brought = home.IsOk
            ? await TransferAsync(home.Value, order, stop => FindOthersAsync(homes, name, stop), ct)
            : home.Error;
        bool isWell = brought is { IsOk: true, Value.Failures: null };
        if (!isWell && await intake.FindAsync(name.Dataset, ct) is not null && await assignments.IsOverAsync(name.Dataset, ct))
        {
            // The copy is in the trash by now, and that is reported.
            return _schedule.After(before, asked, one, null);
        }

        if (brought is { IsOk: true, Value.State: CopyStates.Complete })
        {
            freshness.NoteAnswer(name.Dataset, asked);
        }

        CopyProgress progress = brought.IsOk
            ? brought.Value
            : new CopyProgress(StateOf(brought.Error), null, null, null, null, 0, 0, brought.Error.Message);
        bool isToTell = MustReport(progress, one, before);
        bool isTold = !isToTell || (await reports.ReportAsync(name.Dataset, progress, ct)).IsOk;
        var here = new HomeHint(
            await intake.IsClosedAsync(name.Dataset, ct), progress.Files is { } files ? files > 0 : before.LocalHint.HasFiles);
        TimeSpan last = before.IsWell ? before.Pause : TimeSpan.Zero;
        TimeSpan? pause = isWell && isTold ? FollowPause.After(last, here.IsClosed, progress) : null;
        return _schedule.After(before, asked, one, pause) with
        {
            LocalHint = here,
            ReportedAt = isToTell ? time.GetTimestamp() : before.ReportedAt,
        };
    }

    /// <summary>True if the zone needs a report. An unchanged copy needs one if its home moves here, where each answer counts.</summary>
    private bool MustReport(CopyProgress progress, AssignedCopy one, CopyAttempt before) =>
        progress is not { State: CopyStates.Complete, Files: null } || !before.IsWell || before.Assignment != one
            || one.Name.Home.NextId == sites.OwnId || time.GetElapsedTime(before.ReportedAt) >= ReportAtLeastEvery;

    private static string StateOf(HutchError why) => why.Code == ErrorCode.InsufficientStorage ? CopyStates.Refused : CopyStates.Failed;

    /// <summary>Other sites that have a copy, as far as is known here, and that this one reaches: the nearest ones.</summary>
    private async Task<IReadOnlyList<IHomePeer>> FindOthersAsync(HomePeers homes, NameRecord name, CancellationToken ct)
    {
        var found = new List<IHomePeer>();
        foreach (string siteId in await nearest.ListAsync(name.Dataset, name.Home.SiteId, ct))
        {
            if (siteId != name.Home.SiteId
                && found.Count < MaxOthers && (await homes.FindHolderAsync(siteId, null, ct)).TryGet(out IHolderPeer? other, out _))
            {
                found.Add(other);
            }
        }

        return found;
    }

    private async Task<Result<CopyProgress>> TransferAsync(
        IHomePeer home, CopyOrder order, Func<CancellationToken, Task<IReadOnlyList<IHomePeer>>> others, CancellationToken ct)
    {
        try
        {
            return await new CopyTransfer(
                home, reports, intake, order, look => assignments.IsOverAsync(order.Dataset, look),
                look => assignments.IsPurgedAsync(order.Dataset, look), check, time)
            {
                Others = others,
                Buffer = _room,
                LeftOut = (peer, why) => LeftOut(order.Dataset, peer.Name, why.Message),
            }.RunAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Failed(order.Dataset, e);
            return ErrorCode.Internal.With("The copy failed here. The log of this site says why.");
        }
        finally
        {
            assignments.RequestCheck(order.Dataset);
        }
    }

    [LoggerMessage(5611, LogLevel.Error, "The copy of {Dataset} failed")]
    private partial void Failed(DatasetId dataset, Exception e);

    [LoggerMessage(
        5612, LogLevel.Warning, "For the copy of {Dataset}, {Site} sends nothing more, and other sites bring the rest: {Reason}")]
    private partial void LeftOut(DatasetId dataset, string site, string reason);

    /// <param name="IsComingHome">True if no user can write until it is here.</param>
    /// <param name="Terms">The terms of this site at the start: a dataset declined by other terms is tried again.</param>
    private sealed record Running(string Home, bool IsComingHome, SiteTerms Terms, Task<CopyAttempt> Attempt);

    /// <param name="Written">The change number of writes through this site.</param>
    /// <param name="Assigned">The change number of the data that this site lacks.</param>
    private sealed record Moment(long Version, long Summaries, long Written, long Assigned);
}
