using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>
/// Makes a transient dataset permanent: copies its bytes to a lane that lasts, and only then removes its end. An interruption leaves a
/// transient dataset, and a repetition copies only the remaining bytes.
/// </summary>
/// <remarks>
/// Thread-safe. During the copy, new writes already go to the lasting lanes, so that only the blobs that were named at the start need
/// copying. The caller has checked the rights.
/// </remarks>
public sealed class DatasetKeeper(
    Committer committer, SiteDatabase records, Tree tree, PermanentCopier copies, ProtectedBytes protectedBytes, Func<Guid> newId,
    TimeProvider time)
{
    /// <summary>
    /// The number of files that are copied at once: enough for groups in the commits, with the memory of only a few large parts.
    /// </summary>
    private const int CopiesAtOnce = 8;

    /// <summary>Called and awaited at each step, so that a test can provoke races there.</summary>
    internal Func<KeepPhase, Task> Reached { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Makes a dataset permanent, with all its snapshots. A permanent one stays as it is. Durable when it answers.</summary>
    public async Task<Result<CopiedTotals>> KeepAsync(DatasetId id, string by, CancellationToken ct)
    {
        Guid keeping = newId();

        // Before the list: what makes room until here is not in it.
        using ProtectedBytes.Hold hold = protectedBytes.Begin(keeping);

        // Commits are ordered: later decisions know the new lanes, and the listing sees earlier ones.
        Result<SiteDataset> dataset = await committer.CommitAsync(context => Begin(context, id, keeping), [], ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (dataset.Value.Expires is null)
        {
            return CopiedTotals.Nothing;
        }

        await using var lease = new KeepLease(committer, id, keeping, time);
        await Reached(KeepPhase.Begun);
        HashSet<BlobHash> named = await records.ReadSnapshotAsync(session => ListAsync(new SiteQueries(session), id, ct), ct);
        hold.Blobs = named;
        await Reached(KeepPhase.Listed);
        Result<CopiedTotals> copied = await CopyAsync(named, ct);
        if (!copied.IsOk)
        {
            return copied.Error;
        }

        await Reached(KeepPhase.Copied);
        Result<SiteDataset> finished = await committer.CommitAsync(context => Finish(context, id, keeping, by), [], ct);
        return finished.IsOk ? copied.Value : finished.Error;
    }

    /// <summary>
    /// Begins keeping. Refused while a push or multipart upload has bytes in the transient lane, which no listing of files shows.
    /// </summary>
    private static Result<SiteDataset> Begin(CommitContext context, DatasetId id, Guid keeping) =>
        context.Dataset(id).Then(DatasetState.RequirePresent).Then<SiteDataset>(dataset =>
        {
            if (dataset.Expires is null)
            {
                return dataset;
            }

            return context.Queries.SessionsOf(dataset.Key).Count > 0 || context.Queries.UploadsOf(dataset.Key).Count > 0
                ? ErrorCode.Conflict.With(
                    $"A push, or an upload in parts, into '{dataset.Owner}/{dataset.Slug}' is under way: wait for its end, or stop it.")
                : KeepLease.Begin(context, dataset, keeping);
        });

    private static Result<SiteDataset> Finish(CommitContext context, DatasetId id, Guid keeping, string by)
    {
        if (!context.Dataset(id).Then(DatasetState.RequirePresent).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (dataset.Expires is null)
        {
            // Another server has finished what this one was too slow for.
            return dataset;
        }

        if (!KeepLease.RequireOwned(context, dataset, keeping).TryGet(out _, out refusal))
        {
            return refusal;
        }

        if (LifecycleRule.Parse(context.Queries.Setting(dataset.Key, LifecycleRule.SettingName))?.ExpireDays is not null)
        {
            // The rule would otherwise move files that are no longer changed to the trash.
            context.Emit(new JournalRecord.SettingSet(id, LifecycleRule.SettingName, null, by));
        }

        context.Emit(new JournalRecord.DatasetExpirySet(id, null, null, by));
        return context.Dataset(id);
    }

    /// <summary>Returns every blob that the head or a snapshot names.</summary>
    private async Task<HashSet<BlobHash>> ListAsync(SiteQueries queries, DatasetId id, CancellationToken ct)
    {
        var found = new NamedBlobs();
        if (queries.Dataset(id) is { } dataset)
        {
            await DatasetTrees.VisitAsync(tree, queries, dataset, found, ct);
        }

        return found.Blobs;
    }

    private async Task<Result<CopiedTotals>> CopyAsync(HashSet<BlobHash> named, CancellationToken ct)
    {
        HutchError? failure = null;
        CopiedTotals all = CopiedTotals.Nothing;
        var gate = new Lock();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = CopiesAtOnce, CancellationToken = stop.Token };
            await Parallel.ForEachAsync(named, options, async (hash, token) =>
            {
                Result<CopiedTotals> copied = await copies.MakeAsync(hash, token);
                if (!copied.IsOk)
                {
                    Interlocked.CompareExchange(ref failure, copied.Error, null);
                    await stop.CancelAsync();
                    return;
                }

                lock (gate)
                {
                    all = all.Plus(copied.Value);
                }
            });
        }
        catch (OperationCanceledException) when (failure is not null && !ct.IsCancellationRequested)
        {
            // The refusal below says why.
        }

        return failure is not null ? failure : all;
    }

    private sealed class NamedBlobs : ITreeVisitor
    {
        private readonly HashSet<BlobHash> _pages = [];

        public HashSet<BlobHash> Blobs { get; } = [];

        public bool EnterPage(BlobHash page) => _pages.Add(page);

        public void VisitBlob(BlobHash blob, long size) => Blobs.Add(blob);
    }
}

public enum KeepPhase
{
    /// <summary>New writes last.</summary>
    Begun,

    /// <summary>The blobs to copy are known.</summary>
    Listed,

    /// <summary>All its blobs last; the dataset does not yet.</summary>
    Copied,
}
