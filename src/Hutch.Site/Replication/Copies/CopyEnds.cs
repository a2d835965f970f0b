using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Copies;

/// <summary>
/// This site's trash for copies of other sites' datasets. A dataset that its home deletes stays here for as long as this site's own trash
/// keeps datasets, by this site's own record and clock. So a faulty or dishonest home cannot end a dataset here.
/// </summary>
/// <remarks>Thread-safe. The caller knows the changes at the home.</remarks>
public sealed class CopyEnds(Committer committer, SiteDatabase records, LifecycleOptions options, TrustedClock clock)
{
    private const string By = "hutch";
    private const int MaxEnded = 1000;

    /// <summary>
    /// Returns the copies in the trash here, those restored here, and those that ended since a record, with the number of the newest such
    /// record. If there are many, it returns the first of them.
    /// </summary>
    public ValueTask<LocalEnds> ReadAsync(long after, CancellationToken ct) => records.ReadConsistentAsync(
        queries =>
        {
            IReadOnlyList<(DatasetId Dataset, long Changed)> ended = queries.EndedSince(after, MaxEnded);
            return new LocalEnds(
                queries.InTrash(), queries.RestoredCopies(), [.. ended.Select(static one => one.Dataset)],
                ended.Count > 0 ? ended[^1].Changed : after);
        },
        ct);

    /// <summary>Puts a copy into the trash of this site; one already there keeps its end.</summary>
    public Task<Result<Done>> TrashAsync(DatasetId id, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) =>
        {
            if (dataset is { TrashedUntil: null, IsRestoredHere: false })
            {
                context.EmitOfHome(Trashed(context, id, options.TrashDays));
                CloseRule.EndSessions(context, dataset);
            }
        },
        ct);

    /// <summary>Takes a copy out of the trash, as its home has done.</summary>
    public Task<Result<Done>> RestoreAsync(DatasetId id, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) =>
        {
            if (dataset.TrashedUntil is not null)
            {
                context.EmitOfHome(new JournalRecord.DatasetRestored(id, By));
            }
        },
        ct);

    /// <summary>
    /// Takes a copy out of the trash for the operator of this site, whatever its home does: it stays until the operator puts it back.
    /// </summary>
    public Task<Result<SiteDataset>> RestoreLocalAsync(DatasetId id, string by, CancellationToken ct) => ChangeLocalAsync(
        id,
        (context, copy) =>
        {
            if (copy.TrashedUntil is not null)
            {
                context.EmitOfHome(new JournalRecord.DatasetRestored(id, by, Here: true));
            }

            return null;
        },
        ct);

    /// <summary>Puts a copy that was restored here back into the trash: from then on its home decides again.</summary>
    public Task<Result<SiteDataset>> TrashLocalAsync(DatasetId id, string by, CancellationToken ct) => ChangeLocalAsync(
        id,
        (context, copy) =>
        {
            if (copy is { TrashedUntil: null, IsRestoredHere: false })
            {
                return HomeRule.Refusal(copy);
            }

            if (copy.TrashedUntil is null)
            {
                context.EmitOfHome(Trashed(context, id, options.TrashDays) with { By = by });
                CloseRule.EndSessions(context, copy);
            }

            return null;
        },
        ct);

    /// <summary>Returns true if a copy never returns: it was purged here.</summary>
    internal static bool IsForGood(SiteDataset here) => here.Ended is not null && here.EndedWay != "trash";

    /// <summary>
    /// Ends a copy whose time in the trash is over, unless a dataset here was made from it. Nothing ends until the clock is trusted.
    /// </summary>
    public Task<Result<Done>> EndAsync(DatasetId id, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) =>
        {
            if (clock.TryNow(out _) && dataset.TrashedUntil <= context.Now && !DatasetLifecycle.IsNeeded(context.Queries, dataset))
            {
                CloseRule.EndSessions(context, dataset);
                context.EmitOfHome(new JournalRecord.DatasetEnded(id, DatasetEnd.Trash, null, null));
            }
        },
        ct);

    internal static JournalRecord.DatasetTrashed Trashed(CommitContext context, DatasetId id, int days) =>
        new(id, context.Now + (long)TimeSpan.FromDays(days).TotalMilliseconds, By);

    private Task<Result<SiteDataset>> ChangeLocalAsync(
        DatasetId id, Func<CommitContext, SiteDataset, HutchError?> change, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequireNotGone).Then(dataset =>
            dataset.Copy is null || dataset.IsReleased ? HomeRule.Moves
            : change(context, dataset) is { } refusal ? refusal
            : context.Dataset(id)),
        [],
        ct,
        mayUseReserve: true);

    private Task<Result<Done>> ChangeAsync(DatasetId id, Action<CommitContext, SiteDataset> change, CancellationToken ct) =>
        committer.CommitAsync<Done>(
            context =>
            {
                if (context.Dataset(id) is { IsOk: true, Value: { Copy: not null, Ended: null } copy })
                {
                    change(context, copy);
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);
}

/// <param name="Trashed">The datasets in the trash, with their ends, milliseconds since 1970.</param>
/// <param name="Ended">The datasets that have ended, except temporary ones.</param>
/// <param name="Newest">The number of the newest record by which a dataset ended.</param>
public sealed record LocalEnds(
    IReadOnlyDictionary<DatasetId, long> Trashed, IReadOnlyList<DatasetId> Restored, IReadOnlyList<DatasetId> Ended, long Newest);
