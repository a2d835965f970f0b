using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Site.Copies;
using Hutch.Zone.Sites;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation.Copies;

/// <summary>
/// Brings every dataset here that the zone says this site is to have, follows those that are open, and tells the zone what came of it. What
/// fails is tried again by itself.
/// </summary>
internal sealed partial class CopyWorker(
    SiteRegistry sites, SiteKeyStore keys, ICopyLedger ledger, CopyRegistry registry, WantedCopies wanted, CopyIntake intake,
    CopyFreshness freshness, IRepositoryCheck? check, PeerWays ways, TimeProvider time, ILogger logger)
{
    /// <summary>The job of bringing copies, of which one server of a site has the lease.</summary>
    public const string Job = "copies from other sites";

    private const int MaxAtOnce = 6;

    /// <summary>A home that answers slowly, or not at all, does not keep the others away.</summary>
    private const int MaxPerHome = 2;

    /// <summary>From so many sites beside the home a copy comes at once.</summary>
    private const int MaxOthers = 3;

    /// <summary>Parts of large files, of 8 MiB each, that may wait for their turn in memory.</summary>
    private const int MaxPartsInMemory = 16;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAtMostEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(5);

    /// <summary>Nobody can write what comes home: that has turns of its own.</summary>
    private const int MaxComingHome = 32;

    /// <summary>How often a site that is to be the home asks for what is new.</summary>
    private static readonly TimeSpan NextEvery = TimeSpan.FromMilliseconds(250);

    private readonly NearestSites _nearest = new(sites, registry);
    private readonly PartRoom _room = new(MaxPartsInMemory);
    private readonly Dictionary<DatasetId, Due> _due = [];
    private readonly Dictionary<DatasetId, Running> _running = [];
    private SiteTerms _terms = SiteTerms.Open;

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // A server that never has copies makes no key for them, and looks only when the zone changes.
        while (true)
        {
            (long version, long news) = (registry.Version, freshness.News.Value);
            if ((await wanted.ListAsync(ct)).Count > 0)
            {
                break;
            }

            await WaitAsync(version, news, LookEvery, ct);
        }

        SiteKey key = await keys.GetAsync(ct);
        using var homes = new HomePeers(key, ways);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (true)
            {
                (long version, long news) = (registry.Version, freshness.News.Value);
                await TakeAnswersAsync();
                bool isUrgent = await BeginAsync(homes, key, stop.Token);
                await WaitAsync(version, news, isUrgent ? NextEvery : LookEvery, ct);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(_running.Values.Select(static one => one.Brought)).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Waits for something to do, or for a turn that is free again.</summary>
    private async Task WaitAsync(long version, long news, TimeSpan atMost, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(
        [
            registry.WaitForChangeAsync(version, either.Token), freshness.News.WaitAsync(news + 1, either.Token),
            Task.Delay(atMost, time, either.Token), .. _running.Values.Select(static one => one.Brought),
        ]);
        await either.CancelAsync();
        await Task.Delay(LookAtMostEvery, time, ct);
    }

    private async Task TakeAnswersAsync()
    {
        foreach ((DatasetId dataset, Running ended) in _running.Where(static one => one.Value.Brought.IsCompleted).ToList())
        {
            _running.Remove(dataset);
            Due due = await ended.Brought;
            if (ended.Terms == _terms)
            {
                _due[dataset] = due;
            }
        }
    }

    /// <summary>Begins what is due, and says whether something of it is a home that moves.</summary>
    private async Task<bool> BeginAsync(HomePeers homes, SiteKey key, CancellationToken ct)
    {
        bool isUrgent = false;
        SiteTerms terms = await sites.OwnTermsAsync(ct);
        if (terms != _terms)
        {
            // What was refused may be taken now.
            _terms = terms;
            _due.Clear();
        }

        // Whoever has waited longest comes first, so that a few that are followed do not keep the others away.
        foreach (NameRecord name in (await wanted.ListAsync(ct)).OrderBy(name => DueOf(name).Since))
        {
            isUrgent |= name.Home.NextId == sites.OwnId;
            if (!_running.ContainsKey(name.Dataset) && IsDue(name) && HasTurn(name))
            {
                Task<Due> brought = BringAsync(homes, key, name, DueOf(name), ct);
                _running.Add(name.Dataset, new Running(name.Home.SiteId, IsComingHome(name), _terms, brought));
            }
        }

        return isUrgent;
    }

    private bool IsDue(NameRecord name)
    {
        Due due = DueOf(name);
        bool isChanged = due.Name != name || freshness.HasNews(name.Dataset, due.Asked);
        TimeSpan pause = name.Home.NextId != sites.OwnId ? due.IsWell && isChanged ? TimeSpan.Zero : due.Pause
            : !due.IsWell ? due.Pause < FirstRetry ? due.Pause : FirstRetry
            : IsComingHome(name) ? TimeSpan.Zero : NextEvery;
        return time.GetElapsedTime(due.Since) >= pause;
    }

    private bool HasTurn(NameRecord name) => IsComingHome(name)
        ? _running.Values.Count(static one => one.IsComingHome) < MaxComingHome
        : _running.Values.Count(static one => !one.IsComingHome) < MaxAtOnce
            && _running.Values.Count(one => !one.IsComingHome && one.Home == name.Home.SiteId) < MaxPerHome;

    private Due DueOf(NameRecord name) =>
        _due.GetValueOrDefault(name.Dataset) ?? new Due(0, default, TimeSpan.Zero, FirstRetry, true, null);

    /// <summary>Nobody can write until this site has what the home has given up with.</summary>
    private bool IsComingHome(NameRecord name) => name.Home is { NextId: { } next, Released: not null } && next == sites.OwnId;

    private async Task<Due> BringAsync(HomePeers homes, SiteKey key, NameRecord name, Due before, CancellationToken ct)
    {
        TimeSpan? pause = null;
        CopyQuestion asked = freshness.Ask();
        try
        {
            pause = await TryAsync(homes, key, name, before, asked, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Nothing that one copy does may end the others, or the connection by which this site hears of revocations.
            Failed(name.Dataset, e);
        }

        TimeSpan retry = before.Retry * 2 < LastRetry ? before.Retry * 2 : LastRetry;
        bool isWell = pause is not null;
        return new Due(time.GetTimestamp(), asked, pause ?? before.Retry, isWell ? FirstRetry : retry, isWell, name);
    }

    /// <summary>Brings what is new, and tells the zone what came of it; how long then to wait, or null unless both were done.</summary>
    private async Task<TimeSpan?> TryAsync(
        HomePeers homes, SiteKey key, NameRecord name, Due before, CopyQuestion asked, CancellationToken ct)
    {
        var order = new CopyOrder(sites.ZoneId, key.Fingerprint, name.Dataset, name.Owner.Name, name.Slug, name.Home.Epoch)
        {
            // Nobody can write before what moves has come.
            Terms = name.Home.NextId == sites.OwnId ? SiteTerms.Open : _terms,
        };
        Result<IHomePeer> home = await homes.FindAsync(name, null, ct);
        Result<CopyProgress> brought = home.IsOk
            ? await TransferAsync(home.Value, order, stop => FindOthersAsync(homes, name, stop), ct)
            : home.Error;
        if (!brought.IsOk && await intake.FindAsync(name.Dataset, ct) is not null && await wanted.IsOverAsync(name.Dataset, ct))
        {
            // What is here is in the trash by now, and that is told.
            return null;
        }

        if (brought is { IsOk: true, Value.State: CopyStates.Complete })
        {
            freshness.NoteAnswer(name.Dataset, asked);
        }

        CopyProgress progress = brought.IsOk
            ? brought.Value
            : new CopyProgress(StateOf(brought.Error), null, null, null, null, 0, 0, brought.Error.Message);
        Result<Done> told = await ledger.TellAsync(name.Dataset, progress, ct);
        return brought.IsOk && told.IsOk
            ? FollowPause.After(
                before.IsWell ? before.Pause : TimeSpan.Zero, await intake.IsClosedAsync(name.Dataset, ct), progress)
            : null;
    }

    private static string StateOf(HutchError why) => why.Code == ErrorCode.InsufficientStorage ? CopyStates.Refused : CopyStates.Failed;

    /// <summary>Other sites that have a copy, as far as is known here, and that this one reaches: the nearest ones.</summary>
    private async Task<IReadOnlyList<IHomePeer>> FindOthersAsync(HomePeers homes, NameRecord name, CancellationToken ct)
    {
        var found = new List<IHomePeer>();
        foreach (string siteId in await _nearest.ListAsync(name.Dataset, name.Home.SiteId, ct))
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
                home, ledger, intake, order, look => wanted.IsOverAsync(order.Dataset, look),
                look => wanted.IsPurgedAsync(order.Dataset, look), check, time)
            {
                Others = others,
                Room = _room,
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
            wanted.LookAgain(order.Dataset);
        }
    }

    [LoggerMessage(5611, LogLevel.Error, "The copy of {Dataset} failed")]
    private partial void Failed(DatasetId dataset, Exception e);

    [LoggerMessage(
        5612, LogLevel.Warning, "For the copy of {Dataset}, {Site} sends nothing more, and other sites bring the rest: {Reason}")]
    private partial void LeftOut(DatasetId dataset, string site, string reason);

    /// <param name="Home">From which site.</param>
    /// <param name="IsComingHome">Whether nobody can write until it is here.</param>
    /// <param name="Terms">What this site took when it began: what was declined by other terms is tried again.</param>
    /// <param name="Brought">How it ends.</param>
    private sealed record Running(string Home, bool IsComingHome, SiteTerms Terms, Task<Due> Brought);

    /// <param name="Since">When the last try ended.</param>
    /// <param name="Asked">When its question began.</param>
    /// <param name="Pause">How long after it comes the next.</param>
    /// <param name="Retry">How long after it comes the next if that fails.</param>
    /// <param name="IsWell">Whether the last did not fail.</param>
    /// <param name="Name">What the zone said of it then; null before the first try.</param>
    private sealed record Due(long Since, CopyQuestion Asked, TimeSpan Pause, TimeSpan Retry, bool IsWell, NameRecord? Name);
}
