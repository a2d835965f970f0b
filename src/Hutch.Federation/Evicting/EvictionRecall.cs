using Hutch.Federation.Copies;
using Hutch.Model.Histories;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Replication.Evicting;

namespace Hutch.Federation.Evicting;

/// <summary>Recalls evicted bytes from the sites that hold them.</summary>
internal sealed class EvictionRecall(
    Evictions evictions, CopyOffers offers, CopyIntake intake, GarbageCollector collector,
    Func<string, CancellationToken, Task<Result<IHolderPeer>>> find, TimeProvider time)
{
    /// <summary>Ends an eviction at a former home. As a copy it brings missing bytes from the new home; the holds last that long.</summary>
    public async Task<HutchError?> LeaveAsync(SiteDataset dataset, Eviction eviction, CancellationToken ct)
    {
        await collector.WaitForCollectionAsync(ct);
        return await evictions.FindLackingAsync(dataset, ct) is { } lacking
            ? ErrorCode.Unavailable.With($"This site is not the home any more, and {lacking} has not come from the new one yet.")
            : (await evictions.LeaveAsync(dataset.Id, eviction.Nonce, ct)).Error;
    }

    /// <summary>Recalls the evicted bytes. The holders are notified afterwards.</summary>
    public async Task<HutchError?> RunAsync(
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
                ? await HoldNegotiation.TalkAsync(found.Value, (peer, stop) => FetchAsync(peer, session, history, here, stop), ct)
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
}
