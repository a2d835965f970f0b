using Hutch.Agent.Survey;
using Hutch.Agent.Watching;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Versions;
using Hutch.Site.Write.Heads;

namespace Hutch.Agent.Publishing;

/// <summary>
/// Notices when acquisition ends, and takes a snapshot when all files are hashed; closes the dataset where the rule says so. Acquisition
/// ends when the running file is removed; in a folder that never had one, when nothing has changed for a day.
/// </summary>
internal sealed class AcquisitionEnd(
    FolderRecords records, PublicationStates states, SnapshotService snapshots, LifecycleService lifecycle,
    HeadCompactor compactor, FolderMail mail, TimeProvider time)
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromDays(1);

    /// <summary>
    /// The known state of the dataset, with the running file noted if it exists. This comes before anything that takes long or may fail. So
    /// the removal of the file is noticed, however soon it comes and whenever the server is stopped.
    /// </summary>
    public async Task<Result<PublicationState>> BeginAsync(string by, FolderPlan plan, DatasetId dataset, CancellationToken ct)
    {
        PublicationState known = await states.FindAsync(dataset, ct);
        PublicationState state = plan.IsRunning ? known.Running() : known;
        return state == known ? state : (await states.SetAsync(dataset, state, by, ct)).Then<PublicationState>(_ => state);
    }

    /// <summary>Advances by one step, mails the end of acquisition and records the new state.</summary>
    public async Task<Result<PublicationState>> AdvanceAsync(
        Caller caller, FolderPlan plan, SiteDataset dataset, FolderScanResult result, PublicationState before,
        IReadOnlyList<string> addresses, CancellationToken ct)
    {
        Result<PublicationState> next = await NextAsync(caller, plan, dataset, result, before, ct);
        return next.TryGet(out PublicationState? state, out HutchError? refusal)
            && (state.Ended is not { } ended || before.Ended is not null
                || (await mail.NotifyEndedAsync(caller, plan, addresses, dataset.Id, ended, result, ct)).TryGet(out _, out refusal))
            && (state == before || (await states.SetAsync(dataset.Id, state, caller.Name, ct)).TryGet(out _, out refusal))
                ? state
                : refusal!;
    }

    private async Task<Result<PublicationState>> NextAsync(
        Caller caller, FolderPlan plan, SiteDataset dataset, FolderScanResult result, PublicationState state, CancellationToken ct)
    {
        if (plan.IsRunning)
        {
            return state;
        }

        if (state.Ended is null)
        {
            if (!state.WasRunning && !IsQuiet(result))
            {
                return state;
            }

            state = state with { Ended = time.GetUtcNow() };
        }

        return state.EndSnapshot is not null || dataset.Closed is not null || await records.CountToHashAsync(dataset, ct) > 0
            ? state
            : await TakeSnapshotAsync(caller, plan, dataset, state, ct);
    }

    private bool IsQuiet(FolderScanResult result) => result.NewestNanoseconds > 0
        && time.GetUtcNow() - FolderPublisher.NewestOf(result) >= QuietTime;

    private async Task<Result<PublicationState>> TakeSnapshotAsync(
        Caller caller, FolderPlan plan, SiteDataset dataset, PublicationState state, CancellationToken ct)
    {
        const string Message = "Acquisition ended";
        if (plan.Rule.Options.Close)
        {
            // Closing takes the snapshot: one taken before would be left behind by each attempt that is refused.
            Result<PublicationState> closed = (await lifecycle.CloseAsync(caller, dataset.Id, Message, ct)).Then<PublicationState>(
                closed => state with { EndSnapshot = closed.Record.Snapshot });

            // An account that only creates datasets of a visit leaves closing to its people.
            if (closed.Error?.Code != ErrorCode.Forbidden)
            {
                return closed;
            }
        }

        Result<PublicationState> snapshot = (await snapshots.CreateAsync(caller, dataset.Id, Message, null, ct)).Then<PublicationState>(
            taken => state with { EndSnapshot = taken.Snapshot.Number });

        // A visit that ended before its files were hashed has them nevertheless, and needs the snapshot for its copies.
        return snapshot.Error?.Code != ErrorCode.Forbidden
            ? snapshot
            : (await compactor.CompactAsync(dataset.Id, new CompactionRequest(SnapshotReason.Manual, caller.Name, Message), ct))
                .Then<PublicationState>(taken => state with { EndSnapshot = taken!.Number });
    }
}
