using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Purges;

/// <summary>Ends a dataset that must end at every site, in any state: home or copy, trash, restored, held, evicted, incoming.</summary>
/// <remarks>Thread-safe. The caller has checked the order.</remarks>
public sealed class OrderedPurges(Committer committer, SiteDatabase records, MaintenanceJobs jobs)
{
    private const string By = "hutch";
    private const string Reason = "The zone has ordered that it is purged at all sites.";

    /// <summary>Ends a dataset here, durably. A repetition changes nothing.</summary>
    public Task<Result<Done>> EndAsync(DatasetId id, CancellationToken ct) => committer.CommitAsync<Done>(
        context =>
        {
            SiteSession? coming = context.Queries.CopySession(id);
            if (context.Queries.Dataset(id) is null && coming is not null)
            {
                // Parts that have come so far are in the segments: the record of its end has them rewritten, too.
                context.EmitOfHome(new JournalRecord.DatasetCreated(
                    id, By, id.ToString(), null, "generic", DatasetOrigin.Original, By, [], TreeReference.From(TreeRoot.Empty), null));
            }

            if (coming is not null)
            {
                // Whatever brings it cannot complete it any more.
                context.Emit(new JournalRecord.SessionEnded(coming.Id));
            }

            if (context.Queries.Dataset(id) is { EndedWay: not "purged" } here)
            {
                CloseRule.EndSessions(context, here);
                context.EmitOfHome(new JournalRecord.DatasetEnded(id, DatasetEnd.Purged, Reason, By));
            }

            return Done.Value;
        },
        [],
        ct,
        mayUseReserve: true);

    /// <summary>Returns true if nothing of a purged dataset is left where bytes and names are stored.</summary>
    public ValueTask<bool> IsCleanAsync(DatasetId id, CancellationToken ct) => records.ReadConsistentAsync(
        queries => queries.Dataset(id) is not { EndedWay: not "purged" } && queries.PendingPurges().All(pending => pending.Id != id), ct);

    /// <summary>Begins to rewrite the files that may contain it, unless that is already running.</summary>
    public async Task<Result<Done>> CleanAsync(DatasetId id, CancellationToken ct)
    {
        if (await records.ReadConsistentAsync(queries => queries.Dataset(id), ct) is not { } ended || await jobs.IsPurgingAsync(ct))
        {
            return Done.Value;
        }

        return (await jobs.StartPurgeAsync(ended, ct)).Then<Done>(static _ => Done.Value);
    }
}
