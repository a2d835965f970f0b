using System.Collections.Concurrent;
using Hutch.Datasets.Replication.Sites;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Histories;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Replication.Evicting;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Sites;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation.Evicting;

/// <summary>
/// Performs the evictions that the records of datasets order: requests holds and proofs from other sites, recalls bytes, and ends holds.
/// Failures are retried automatically. See docs/design/federation.md (holds and eviction).
/// </summary>
internal sealed partial class EvictionWorker(
    SiteRegistry sites, SiteKeyStore keys, CopyRegistry copies, Evictions evictions, CopyOffers offers, CopyIntake intake,
    GarbageCollector collector, Attestations attestations, Func<string, CancellationToken, Task<Result<IHolderPeer>>> find,
    Func<long, HutchError?> whyTooLarge, TimeProvider time, ILogger logger) : IEvictionWorker
{
    /// <summary>Of several servers of a site, one at a time does it. What a slower one still does is refused by the records.</summary>
    public const string Job = "evictions";

    private const int MaxAtOnce = 4;

    /// <summary>The age at which an attestation is not accepted any more.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<DatasetId, IReadOnlyDictionary<string, string>> _problems = new();
    private readonly Dictionary<DatasetId, Task> _running = [];
    private readonly Queue<DatasetId> _next = new();

    public HutchError? CheckSize(long bytes) => whyTooLarge(bytes);

    public IReadOnlyDictionary<string, string> ProblemsOf(DatasetId dataset) =>
        _problems.TryGetValue(dataset, out IReadOnlyDictionary<string, string>? found) ? found : new Dictionary<string, string>();

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await BeginAsync(ct);
                await Task.Delay(LookEvery, time, ct);
            }
        }
        finally
        {
            await Task.WhenAll(_running.Values).ContinueWith(static _ => { }, TaskScheduler.Default);

            // Another server may go on, and knows better.
            _running.Clear();
            _next.Clear();
            _problems.Clear();
        }
    }

    /// <summary>Does the next step for one dataset; once more, it changes nothing.</summary>
    internal async Task StepAsync(DatasetId id, CancellationToken ct)
    {
        if (await evictions.FindAsync(id, ct) is not { Ended: null, TrashedUntil: null, Eviction: { } eviction } dataset)
        {
            return;
        }

        NameRecord? name = await copies.FindAsync(id, sites.OwnId, ct);
        bool isHome = name is { Home: { IsOver: false, NextId: null } home } && home.SiteId == sites.OwnId;
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        Task<HutchError?> step = (eviction.State, dataset.Copy) switch
        {
            (EvictionState.Freeing, _) => FreeAsync(id, eviction, problems, ct),
            (_, not null) => LeaveAsync(dataset, eviction, ct),
            (EvictionState.Wanted, _) when IsOld(eviction) => EvictAsync(id, eviction, ct),
            (EvictionState.Wanted, _) when isHome => RequestHoldAsync(name!, eviction, problems, ct),
            (EvictionState.Recalling, _) when isHome => RecallAsync(dataset, eviction, problems, ct),
            _ => Task.FromResult<HutchError?>(null),
        };
        if (await step is { } refusal)
        {
            problems[sites.OwnId] = refusal.Message;
        }

        if (problems.Count == 0)
        {
            _problems.TryRemove(id, out _);
        }
        else
        {
            _problems[id] = problems;
        }
    }

    private bool IsOld(Eviction eviction) => time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(eviction.Since) > MaxAge;

    private async Task BeginAsync(CancellationToken ct)
    {
        foreach (DatasetId ended in _running.Where(static one => one.Value.IsCompleted).Select(static one => one.Key).ToList())
        {
            _running.Remove(ended);
        }

        try
        {
            if (_next.Count == 0)
            {
                await FillAsync(ct);
            }

            while (_running.Count < MaxAtOnce && _next.TryDequeue(out DatasetId id))
            {
                if (!_running.ContainsKey(id))
                {
                    _running[id] = TryAsync(id, ct);
                }
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The connection to the zone must not end with it.
            NotRead(e);
        }
    }

    /// <summary>All in turn: one that waits for a site for days holds up none behind it.</summary>
    private async Task FillAsync(CancellationToken ct)
    {
        IReadOnlyList<DatasetId> open = await evictions.ListAsync(ct);
        foreach (DatasetId gone in _problems.Keys.Except(open))
        {
            _problems.TryRemove(gone, out _);
        }

        foreach (DatasetId id in open)
        {
            _next.Enqueue(id);
        }
    }

    private async Task TryAsync(DatasetId id, CancellationToken ct)
    {
        try
        {
            await StepAsync(id, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Failed(id, e);
        }
    }

    private async Task<HutchError?> EvictAsync(DatasetId id, Eviction eviction, CancellationToken ct) =>
        (await evictions.EvictAsync(id, eviction.Nonce, ct)).Error;

    /// <summary>
    /// Asks all sites with an assigned copy, compares their digests with the one here, and evicts the bytes when enough of them are equal.
    /// </summary>
    private async Task<HutchError?> RequestHoldAsync(
        NameRecord name, Eviction eviction, Dictionary<string, string> problems, CancellationToken ct)
    {
        DatasetId id = name.Dataset;
        if (!(await offers.OfferAsync(id, ct)).TryGet(out History? history, out HutchError? refusal))
        {
            return refusal;
        }

        SiteKey key = await keys.GetAsync(ct);
        Result<Attested>? here = attestations.Find(key.Fingerprint, id, eviction.Nonce);
        var question = new AttestStatement(
            sites.ZoneId, id, name.Home.Epoch, history.Hash, eviction.Nonce, key.Fingerprint, default);
        var proofs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (CopyRecord copy in (await copies.OfDatasetAsync(id, ct)).Where(static copy => copy.ReleasedAt is null))
        {
            Result<HoldAnswer> answer = await RequestHoldAsync(copy.SiteId, question, ct);
            string? problem = !answer.IsOk ? answer.Error.Message
                : answer.Value.Digest is null ? "It reads its copy anew."
                : here is not { IsOk: true } own ? null
                : await CheckProofAsync(copy.SiteId, question with { Digest = own.Value.Digest }, answer.Value, ct);
            if (problem is not null)
            {
                problems[copy.SiteId] = problem;
            }
            else if (answer.Value.Proof is { } proof)
            {
                proofs[copy.SiteId] = proof;
            }
        }

        return here is not { } read ? ErrorCode.Unavailable.With("This site reads its own bytes anew.")
            : !read.IsOk ? read.Error
            : CheckSize(read.Value.LargestBytes) is { } tooLarge ? tooLarge
            : proofs.Count < eviction.Holders ? null
            : await EvictAsync(id, eviction.Nonce, proofs, read.Value, ct);
    }

    private async Task<HutchError?> EvictAsync(
        DatasetId id, BlobHash nonce, Dictionary<string, string> proofs, Attested read, CancellationToken ct)
    {
        Result<SiteDataset> evicted = await evictions.EvictAsync(id, nonce, proofs, read.Versions, ct);
        if (evicted.IsOk)
        {
            attestations.Remove(id, nonce);
        }

        return evicted.Error;
    }

    /// <summary>
    /// Records the request to a site before it is sent: so the end of the hold reaches the site, even if its answer was lost.
    /// </summary>
    private async Task<Result<HoldAnswer>> RequestHoldAsync(string siteId, AttestStatement question, CancellationToken ct)
    {
        Result<IHolderPeer> holder = await find(siteId, ct);
        Result<SiteDataset> noted = holder.IsOk
            ? await evictions.RecordRequestedAsync(question.Dataset, question.Nonce, siteId, ct)
            : holder.Error;
        var request = new HoldRequest
        {
            Dataset = question.Dataset,
            Epoch = question.Epoch,
            History = question.History,
            Nonce = question.Nonce,
        };
        return noted.IsOk ? await TalkAsync(holder.Value, peer => peer.HoldAsync(request, ct)) : noted.Error;
    }

    /// <summary>Checks a site's signed digest against the one here; null if they are equal.</summary>
    private async Task<string?> CheckProofAsync(string siteId, AttestStatement expected, HoldAnswer answer, CancellationToken ct)
    {
        if (await sites.FindPeerAsync(siteId, ct) is { } site && answer.Digest == expected.Digest
            && expected.IsSigned(site.Key, answer.Proof))
        {
            return null;
        }

        Lied(expected.Dataset, siteId);
        return "It has attested bytes other than those of the dataset.";
    }

    /// <summary>Ends an eviction at a former home. As a copy it brings missing bytes from the new home; the holds last that long.</summary>
    private async Task<HutchError?> LeaveAsync(SiteDataset dataset, Eviction eviction, CancellationToken ct)
    {
        await collector.WaitForCollectionAsync(ct);
        return await evictions.FindLackingAsync(dataset, ct) is { } lacking
            ? ErrorCode.Unavailable.With($"This site is not the home any more, and {lacking} has not come from the new one yet.")
            : (await evictions.LeaveAsync(dataset.Id, eviction.Nonce, ct)).Error;
    }

    /// <summary>Recalls the evicted bytes. The holders are notified afterwards.</summary>
    private async Task<HutchError?> RecallAsync(
        SiteDataset dataset, Eviction eviction, Dictionary<string, string> problems, CancellationToken ct)
    {
        // One that began when the bytes might go has ended then, and a later one knows that they stay.
        await collector.WaitForCollectionAsync(ct);
        if (!(await offers.OfferAsync(dataset.Id, ct)).TryGet(out History? history, out HutchError? refusal)
            || !(await intake.BeginAsync(dataset.Id, ct)).TryGet(out SiteSession? session, out refusal)
            || !(await intake.ReadOwnAsync(dataset.Id, ct)).TryGet(out PriorTransfers? here, out refusal))
        {
            return refusal;
        }

        BlobHash? lacking = await evictions.FindLackingAsync(dataset, ct);
        foreach (EvictionHolder holder in eviction.Asked.Where(static one => one.Proof is not null))
        {
            if (lacking is null)
            {
                break;
            }

            Result<IHolderPeer> found = await find(holder.SiteId, ct);
            Result<Done> came = found.IsOk
                ? await TalkAsync(found.Value, peer => FetchAsync(peer, session, history, here, ct))
                : found.Error;
            if (!came.IsOk)
            {
                problems[holder.SiteId] = came.Error.Message;
            }

            lacking = await evictions.FindLackingAsync(dataset, ct);
        }

        return lacking is not null
            ? ErrorCode.Unavailable.With($"The bytes of {lacking} have not come yet.")
            : (await evictions.FreeAsync(dataset.Id, eviction.Nonce, session, ct)).Error;
    }

    private async Task<Result<Done>> FetchAsync(
        IHolderPeer holder, SiteSession session, History history, PriorTransfers here, CancellationToken ct)
    {
        var pages = new PageTransfer(holder, intake, session, history, here);
        Result<Done> came = await pages.RunAsync(ct);
        var reporter = new CopyProgressReporter(new NoZoneReports(), session.Dataset, pages.Files, pages.Bytes, time);
        return came.IsOk ? await new BlobTransfer(holder, intake, session, pages, here, reporter, time).RunAsync(ct) : came;
    }

    /// <summary>Ends the holds of all sites that were asked, until each has answered or was removed.</summary>
    private async Task<HutchError?> FreeAsync(DatasetId id, Eviction eviction, Dictionary<string, string> problems, CancellationToken ct)
    {
        attestations.Remove(id, eviction.Nonce);
        SiteKey key = await keys.GetAsync(ct);
        foreach (EvictionHolder asked in eviction.Asked)
        {
            Result<IHolderPeer> holder = await find(asked.SiteId, ct);
            Result<DoneAnswer> told = !holder.IsOk ? holder.Error : await TalkAsync(
                holder.Value,
                peer => peer.UnholdAsync(
                    new UnholdRequest
                    {
                        Dataset = id,
                        Nonce = eviction.Nonce,
                        Proof = new UnholdStatement(sites.ZoneId, id, peer.Key, eviction.Nonce).Sign(key),
                    },
                    ct));
            if (!told.IsOk && await sites.FindPeerAsync(asked.SiteId, ct) is not null)
            {
                problems[asked.SiteId] = told.Error.Message;
            }
        }

        return problems.Count == 0 ? (await evictions.EndAsync(id, eviction.Nonce, ct)).Error : null;
    }

    private static async Task<Result<T>> TalkAsync<T>(IHolderPeer peer, Func<IHolderPeer, Task<Result<T>>> talk)
    {
        try
        {
            return await talk(peer);
        }
        catch (HutchException e)
        {
            return HomeFault.Blame(peer, e.Error);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return ErrorCode.Unavailable.With($"The connection to {peer.Name} broke: {e.Message.TrimEnd('.')}. It goes on later.");
        }
    }

    [LoggerMessage(5641, LogLevel.Error, "The evictions could not be read")]
    private partial void NotRead(Exception e);

    [LoggerMessage(5642, LogLevel.Error, "A step in the eviction of {Dataset} failed")]
    private partial void Failed(DatasetId dataset, Exception e);

    [LoggerMessage(5643, LogLevel.Warning, "For dataset {Dataset}, site {Site} has attested bytes that are not those of the dataset")]
    private partial void Lied(DatasetId dataset, string site);
}
