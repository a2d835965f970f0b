using Hutch.Federation.Copies;
using Hutch.Federation.Evicting;
using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Site.Replication.Evicting;

namespace Hutch.Federation.Doors;

/// <summary>
/// Answers the home of a dataset that this site has a copy of. This site holds the copy and proves that all of it is here, until the home
/// has signed the end of the hold. See docs/design/federation.md (holds and eviction).
/// </summary>
internal sealed class HoldRequests(
    SiteKeyStore keys, SiteRegistry registry, CopyRegistry copies, CopyHolds holds, Attestations attestations, ZoneReportsHolder zone)
{
    public void AddTo(SiteRoutes routes)
    {
        routes.Add(PeerCalls.Hold, HoldAsync);
        routes.Add(PeerCalls.EndHold, UnholdAsync);
    }

    /// <summary>Holds a copy, durably and known to the zone before the first byte is read; answers with the proof after the last.</summary>
    public async Task<Result<HoldAnswer>> HoldAsync(BlobHash key, HoldRequest request, CancellationToken ct)
    {
        if (!(await AdmitAsync(key, request.Dataset, ct)).TryGet(out NameRecord? name, out HutchError? refusal))
        {
            return refusal;
        }

        if ((ReadRouter.CheckNotEnded(name) ?? CheckHoldable(name, request.Epoch)) is { } over)
        {
            return over;
        }

        if ((await holds.FindAsync(request.Dataset, ct))?.Nonce != request.Nonce && attestations.CheckLimit(key) is { } tooMany)
        {
            return tooMany;
        }

        var home = new CopyOrigin(key, request.Epoch, request.History);
        Result<Done> held = await holds.HoldAsync(request.Dataset, request.Nonce, home, ct);
        Result<IZoneReports> reports = held.IsOk ? zone.Find() : held.Error;
        held = reports.IsOk ? await reports.Value.ReportHoldAsync(request.Dataset, isHeld: true, ct) : reports.Error;
        if (!held.IsOk)
        {
            return held.Error;
        }

        Result<Attested>? read = attestations.Find(key, request.Dataset, request.Nonce);
        return read is not { } found ? new HoldAnswer()
            : found.IsOk ? Answer(await keys.GetAsync(ct), request, home, found.Value)
            : found.Error;
    }

    /// <summary>
    /// Ends a hold for the site that requested it, even if that is not the home any more. The zone is notified first: a copy that it then
    /// releases stays here until the hold has ended.
    /// </summary>
    public async Task<Result<DoneAnswer>> UnholdAsync(BlobHash key, UnholdRequest request, CancellationToken ct)
    {
        CopyHold? hold = await holds.FindAsync(request.Dataset, ct);
        bool isAsker = hold?.Home == key && await registry.FindPeerAsync(key, ct) is not null;
        if (!isAsker && !(await AdmitAsync(key, request.Dataset, ct)).TryGet(out _, out HutchError? refusal))
        {
            // Nothing is held for a site that is not, or no longer, the home: so the requested end is already true.
            return refusal.Code == ErrorCode.Forbidden ? new DoneAnswer() : refusal;
        }

        var statement = new UnholdStatement(
            registry.ZoneId, request.Dataset, (await keys.GetAsync(ct)).Fingerprint, request.Nonce);
        if (!statement.IsSigned(key, request.Proof))
        {
            return ErrorCode.Unprocessable.With($"The home has not signed that dataset {request.Dataset} need not be held here.");
        }

        attestations.Remove(request.Dataset, request.Nonce);
        if (hold?.Nonce != request.Nonce)
        {
            return new DoneAnswer();
        }

        Result<IZoneReports> reports = zone.Find();
        Result<Done> ended = reports.IsOk ? await reports.Value.ReportHoldAsync(request.Dataset, isHeld: false, ct) : reports.Error;
        if (ended.IsOk)
        {
            ended = await holds.EndAsync(request.Dataset, request.Nonce, ct);
        }

        return ended.Then<DoneAnswer>(static _ => new DoneAnswer());
    }

    private HoldAnswer Answer(SiteKey own, HoldRequest request, CopyOrigin home, Attested read) => new()
    {
        Digest = read.Digest,
        Proof = new AttestStatement(
            registry.ZoneId, request.Dataset, request.Epoch, home.History, request.Nonce, home.Home, read.Digest).Sign(own),
    };

    /// <summary>Only the home of a dataset, as the zone says it now, has anything to say here.</summary>
    private async Task<Result<NameRecord>> AdmitAsync(BlobHash key, DatasetId dataset, CancellationToken ct)
    {
        if (registry.IsOutdated)
        {
            return ErrorCode.Unavailable.With("This site has not heard from its zone for too long to know which sites belong to it.");
        }

        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal))
        {
            return refusal;
        }

        if (await copies.FindAsync(dataset, site.Id, ct) is not { } name || name.Home.SiteId != site.Id)
        {
            return ErrorCode.Forbidden.With($"The site {site.Name} is not the home of dataset {dataset}.");
        }

        return name;
    }

    private static HutchError? CheckHoldable(NameRecord name, long epoch) =>
        name.Home.Epoch != epoch || name.Home.NextId is not null
            ? ErrorCode.Conflict.With($"{name.FullName} moves, or has moved to an epoch other than {epoch}.")
            : null;
}
