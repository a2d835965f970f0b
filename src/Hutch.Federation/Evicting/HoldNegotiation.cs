using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Model.Histories;
using Hutch.Site.Replication.Evicting;

namespace Hutch.Federation.Evicting;

/// <summary>Requests holds and proofs of a dataset from other sites, and ends holds.</summary>
internal sealed partial class HoldNegotiation(
    SiteRegistry sites, SiteKeyStore keys, CopyRegistry copies, Evictions evictions, CopyOffers offers, Attestations attestations,
    Func<string, CancellationToken, Task<Result<IHolderPeer>>> find, Func<long, HutchError?> whyTooLarge, ILogger logger)
{
    /// <summary>Returns the error of a file that is too large to be read through, and so to be evicted; null otherwise.</summary>
    public HutchError? CheckSize(long bytes) => whyTooLarge(bytes);

    /// <summary>
    /// Asks all sites with an assigned copy, compares their digests with the one here, and evicts the bytes when enough of them are equal.
    /// </summary>
    public async Task<HutchError?> RequestAsync(
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
            Result<HoldAnswer> answer = await RequestAsync(copy.SiteId, question, ct);
            string? problem = answer switch
            {
                { IsOk: false } => answer.Error.Message,
                { Value.Digest: null } => "It reads its copy anew.",
                _ => here is { IsOk: true } own
                    ? await CheckProofAsync(copy.SiteId, question with { Digest = own.Value.Digest }, answer.Value, ct)
                    : null,
            };
            if (problem is not null)
            {
                problems[copy.SiteId] = problem;
            }
            else if (answer.Value.Proof is { } proof)
            {
                proofs[copy.SiteId] = proof;
            }
        }

        if (here is not { } read)
        {
            return ErrorCode.Unavailable.With("This site reads its own bytes anew.");
        }

        if (!read.IsOk)
        {
            return read.Error;
        }

        if (!eviction.KeepsBytes && CheckSize(read.Value.LargestBytes) is { } tooLarge)
        {
            return tooLarge;
        }

        return proofs.Count < eviction.Holders ? null : await EvictAsync(id, eviction.Nonce, proofs, read.Value, ct);
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
    private async Task<Result<HoldAnswer>> RequestAsync(string siteId, AttestStatement question, CancellationToken ct)
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
        return noted.IsOk ? await TalkAsync(holder.Value, (peer, stop) => peer.HoldAsync(request, stop), ct) : noted.Error;
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

    /// <summary>Ends the holds of all sites that were asked, until each has answered or was removed.</summary>
    public async Task<HutchError?> FreeAsync(DatasetId id, Eviction eviction, Dictionary<string, string> problems, CancellationToken ct)
    {
        attestations.Remove(id, eviction.Nonce);
        SiteKey key = await keys.GetAsync(ct);
        foreach (EvictionHolder asked in eviction.Asked)
        {
            Result<IHolderPeer> holder = await find(asked.SiteId, ct);
            Result<DoneAnswer> response = !holder.IsOk ? holder.Error : await TalkAsync(
                holder.Value,
                (peer, stop) => peer.UnholdAsync(
                    new UnholdRequest
                    {
                        Dataset = id,
                        Nonce = eviction.Nonce,
                        Proof = new UnholdStatement(sites.ZoneId, id, peer.Key, eviction.Nonce).Sign(key),
                    },
                    stop),
                ct);
            if (!response.IsOk && await sites.FindPeerAsync(asked.SiteId, ct) is not null)
            {
                problems[asked.SiteId] = response.Error.Message;
            }
        }

        return problems.Count == 0 ? (await evictions.EndAsync(id, eviction.Nonce, ct)).Error : null;
    }

    internal static Task<Result<T>> TalkAsync<T>(
        IHolderPeer peer, Func<IHolderPeer, CancellationToken, Task<Result<T>>> talk, CancellationToken ct) =>
        HomeFault.CatchAsync(peer, stop => talk(peer, stop), ct);

    [LoggerMessage(5643, LogLevel.Warning, "For dataset {Dataset}, site {Site} has attested bytes that are not those of the dataset")]
    private partial void Lied(DatasetId dataset, string site);
}
