using Hutch.Model.Histories;

namespace Hutch.Federation.Copies;

/// <summary>
/// Brings one dataset here once: its history, the pages of its trees, the blobs that these name, and at the end one group of records.
/// Everything is compared with a hash that was known before. See docs/design/federation.md (copies).
/// </summary>
/// <param name="isPurged">Returns true if the zone has ordered by now that it ends at every site.</param>
/// <param name="check">Checks data that came by git; null where no door reads it.</param>
/// <remarks>
/// The flow of a copy; the code repeats the numbers:
/// <para>1. <see cref="HistorySource"/> asks the home for the signed history, unless the copy is complete.</para>
/// <para>2. The order, the quota and purges are checked, and a session begins.</para>
/// <para>3. <see cref="PageTransfer"/> fetches the pages of the trees, each named by its hash.</para>
/// <para>4. <see cref="BlobTransfer"/> fetches missing blobs, from the home and other sites, and reports the progress to the zone.</para>
/// <para>5. Changes that an earlier home accepted and the new one lacks get a name of their own.</para>
/// <para>6. <see cref="CopyIntake"/> commits the records in one group, which makes the copy readable.</para>
/// </remarks>
internal sealed class CopyTransfer(
    IHomePeer home, IZoneReports reports, CopyIntake intake, CopyOrder order, Func<CancellationToken, ValueTask<bool>> isOver,
    Func<CancellationToken, ValueTask<bool>> isPurged, IRepositoryCheck? check, TimeProvider time)
{
    /// <summary>Finds other sites that have a copy, from which files may come, too.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<IHomePeer>>> Others { get; init; } =
        static _ => Task.FromResult<IReadOnlyList<IHomePeer>>([]);

    public Action<IHomePeer, HutchError> LeftOut { get; init; } = static (_, _) => { };

    public PartBuffer Buffer { get; init; } = new(8);

    /// <summary>
    /// Brings the changes and returns the state here. A refusal gives the reason, and the site that sent something wrong.
    /// </summary>
    public Task<Result<CopyProgress>> RunAsync(CancellationToken ct) => HomeFault.CatchAsync(home, FetchAsync, ct);

    private async Task<Result<CopyProgress>> FetchAsync(CancellationToken ct)
    {
        if (await intake.HasEndedForGoodAsync(order.Dataset, ct))
        {
            return new CopyProgress(
                CopyStates.Refused, null, null, null, null, 0, 0, "The dataset was purged at this site, which does not take it again.");
        }

        // What this site had given up as the home is not here, although it has the history.
        bool isEvicted = await intake.IsEvictedAsync(order.Dataset, ct);
        CopyOrigin? before = await intake.FindAsync(order.Dataset, ct);
        // Step 1.
        Result<CheckedHistory?> asked = await new HistorySource(home, order).RequestAsync(isEvicted ? null : before?.History, ct);
        if (!asked.IsOk)
        {
            return asked.Error;
        }

        if (asked.Value is not { } signed)
        {
            Result<Done> noted = before!.Epoch < order.Epoch
                ? await intake.NoteEpochAsync(order.Dataset, home.Key, order.Epoch, ct)
                : Done.Value;
            return !noted.IsOk ? noted.Error : new CopyProgress(CopyStates.Complete, before.History, null, null, null, 0, 0, null);
        }

        History history = signed.History;
        // Step 2.
        if (order.Decline(history, before) is { } declined)
        {
            return declined;
        }

        if (await intake.CheckQuotaAsync(history, order.Owner, ct) is { } noRoom)
        {
            return noRoom;
        }

        Result<SiteSession> begun = await intake.BeginAsync(order.Dataset, ct);
        if (!begun.IsOk)
        {
            return begun.Error;
        }

        // An order that was carried out here since has ended the session; one from before is known by now.
        if (await isPurged(ct))
        {
            return ErrorCode.Gone.With($"The zone has ordered that {order.Owner}/{order.Slug} is purged at all sites.");
        }

        if (!(await intake.ReadPriorAsync(history, home.Key, ct)).TryGet(out PriorTransfers? sent, out HutchError? refusal))
        {
            return refusal;
        }

        return await TransferAsync(signed, sent, begun.Value, ct);
    }

    private async Task<Result<CopyProgress>> TransferAsync(
        CheckedHistory signed, PriorTransfers sent, SiteSession session, CancellationToken ct)
    {
        History history = signed.History;
        // Step 3.
        var pages = new PageTransfer(home, intake, session, history, sent);
        Result<Done> came = await pages.RunAsync(ct);
        if (!came.IsOk)
        {
            return HomeFault.Blame(home, came.Error);
        }

        // Step 4.
        var reporter = new CopyProgressReporter(reports, order.Dataset, pages.Files, pages.Bytes, time);
        var blobs = new BlobTransfer(home, intake, session, pages, sent, reporter, time)
        {
            Others = await Others(ct),
            LeftOut = LeftOut,
            Buffer = Buffer,
        };
        came = await blobs.RunAsync(ct);
        if (!came.IsOk)
        {
            return blobs.HasAllOthers ? reporter.Progress(CopyStates.Failed, came.Error.Message) : came.Error;
        }

        // Step 5.
        if (!(await NameLostAsync(signed, ct)).TryGet(out ReturnedName? returned, out HutchError? refusal) && refusal is not null)
        {
            return refusal;
        }

        var terms = new CopyTerms(order.Dataset, order.Owner, order.Slug, home.Key, signed.Epoch)
        {
            IsOver = await isOver(ct),
            ComesBackAs = returned,
        };
        // Step 6.
        Result<SiteDataset> complete = await intake.CompleteAsync(session, history, terms, check, ct);
        return complete.IsOk
            ? Whole(terms.IsOver ? CopyStates.Trash : CopyStates.Complete, history, pages) with { Moved = reporter.Moved }
            : HomeFault.Blame(home, complete.Error);
    }

    /// <summary>Requests a name for data that was accepted here and that the new home lacks; null if there is none.</summary>
    private async Task<Result<ReturnedName?>> NameLostAsync(CheckedHistory signed, CancellationToken ct) =>
        await intake.FindLostAsync(signed.History, signed.Epoch, ct) is { } epoch
            ? (await reports.NameLostAsync(order.Dataset, epoch, ct)).Then<ReturnedName?>(static name => name)
            : (ReturnedName?)null;

    private static CopyProgress Whole(string state, History history, PageTransfer pages) => new(
        state, history.Hash, history.Snapshots.Count > 0 ? history.Snapshots[^1].Number : null, pages.Files, pages.Bytes,
        pages.Files, pages.Bytes, null);
}
