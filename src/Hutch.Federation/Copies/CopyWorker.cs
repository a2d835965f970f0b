using Hutch.Federation.Keys;
using Hutch.Model.Sites;

namespace Hutch.Federation.Copies;

/// <summary>Brings every dataset assigned to this site, follows open ones, and reports to the zone. Retries automatically.</summary>
internal sealed class CopyWorker(
    SiteRegistry sites, SiteKeyStore keys, CopyAssignments assignments, CopyFreshness freshness, CopyTriggers triggers,
    CopySchedule schedule, CopyFetcher fetcher, PeerConnections connections)
{
    public const string Job = "copies from other sites";

    private const int MaxAtOnce = 6;

    /// <summary>A home that answers slowly, or not at all, does not keep the others away.</summary>
    private const int MaxPerHome = 2;

    /// <summary>A separate limit for datasets whose home moves here, because no user can write them until they come.</summary>
    private const int MaxComingHome = 32;

    private readonly Dictionary<DatasetId, Running> _running = [];
    private SiteTerms _terms = SiteTerms.Open;
    private CopyTriggers.Moment? _heardAt;
    private CopyTriggers.Moment? _keptAt;

    public async Task RunAsync(CancellationToken ct)
    {
        // A server that never has copies makes no key for them, and looks only when the zone changes.
        while (true)
        {
            CopyTriggers.Moment now = triggers.Now();
            if ((await assignments.ListAsync(ct)).Count > 0)
            {
                break;
            }

            await triggers.WaitAsync(now, Timeout.InfiniteTimeSpan, [], ct);
        }

        SiteKey key = await keys.GetAsync(ct);
        using var homes = new HomePeers(key, connections);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (true)
            {
                CopyTriggers.Moment now = triggers.Now();
                await ReceiveAnswersAsync();
                TimeSpan rest = await BeginAsync(homes, key, now, stop.Token);
                await triggers.WaitAsync(now, rest, _running.Values.Select(static one => one.Attempt), ct);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(_running.Values.Select(static one => one.Attempt)).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task ReceiveAnswersAsync()
    {
        foreach ((DatasetId dataset, Running ended) in _running.Where(static one => one.Value.Attempt.IsCompleted).ToList())
        {
            _running.Remove(dataset);
            CopyAttempt brought = await ended.Attempt;
            if (ended.Terms == _terms)
            {
                schedule.RecordAttempt(dataset, brought);
            }
        }
    }

    /// <summary>Starts the copies that are due. Returns the time until the next one is.</summary>
    private async Task<TimeSpan> BeginAsync(HomePeers homes, SiteKey key, CopyTriggers.Moment now, CancellationToken ct)
    {
        SiteTerms terms = await sites.OwnTermsAsync(ct);
        if (terms != _terms)
        {
            // Refused datasets may be accepted now.
            _terms = terms;
            schedule.Clear();
        }

        List<AssignedCopy> all = await assignments.ListAsync(ct);
        await ReceiveHintsAsync(all, now, ct);
        TimeSpan rest = Timeout.InfiniteTimeSpan;

        // The copy that has waited longest comes first, so that a few followed ones do not block the others.
        foreach (AssignedCopy one in all.OrderBy(one => schedule.TryOf(one.Name.Dataset).Since))
        {
            NameRecord name = one.Name;
            if (_running.ContainsKey(name.Dataset))
            {
                continue;
            }

            if (schedule.Left(one, sites.OwnId) > TimeSpan.Zero)
            {
                TimeSpan left = schedule.Rest(one, sites.OwnId);
                rest = rest < TimeSpan.Zero || left < rest ? left : rest;
            }
            else if (IsDue(name))
            {
                Task<CopyAttempt> brought = FetchAsync(homes, key, one, schedule.TryOf(name.Dataset), ct);
                _running.Add(name.Dataset, new Running(name.Home.SiteId, IsComingHome(name), _terms, brought));
            }
        }

        return rest;
    }

    /// <summary>Reads what homes say of the datasets that are followed, once they may have said something new.</summary>
    private async Task ReceiveHintsAsync(List<AssignedCopy> all, CopyTriggers.Moment now, CancellationToken ct)
    {
        if (_keptAt?.Version != now.Version)
        {
            schedule.RemoveOthers(all.Select(static one => one.Name.Dataset).ToHashSet());
            _keptAt = now;
        }

        if ((_heardAt?.Version, _heardAt?.Summaries) == (now.Version, now.Summaries))
        {
            return;
        }

        foreach ((DatasetId dataset, HomeHint hint) in await triggers.ReadAsync(schedule.Open().Concat(_running.Keys).Distinct(), ct))
        {
            schedule.AddHint(dataset, hint);
        }

        _heardAt = now;
    }

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
            HomeHint heard = await triggers.FindAsync(one.Name.Dataset, ct);
            return await fetcher.FetchAsync(homes, key, _terms, one, before, asked, ct) with { RemoteHint = heard };
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Nothing that one copy does may end the others, or the connection by which this site hears of revocations.
            fetcher.LogFailed(one.Name.Dataset, e);
            return schedule.After(before, asked, one, null);
        }
    }

    /// <param name="IsComingHome">True if no user can write until it is here.</param>
    /// <param name="Terms">The terms of this site at the start: a dataset declined by other terms is tried again.</param>
    private sealed record Running(string Home, bool IsComingHome, SiteTerms Terms, Task<CopyAttempt> Attempt);
}
