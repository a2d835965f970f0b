using Hutch.Site.Platform.Leases;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// Frees unreferenced bytes, by mark and sweep: it decides which members are live, and the engine frees the space. Writers and readers
/// continue during this time.
/// </summary>
/// <remarks>
/// A concurrent collector: readers and writers never stop, so one mark is not enough. A compaction can read a head just before the mark,
/// its paths be removed before the mark, and the new tree name their blobs after it. Hence two marks. Between them it waits for every
/// operation that began before the first, at any server (<see cref="OperationTracker"/>). A member that such an operation read as live and
/// names later is seen by the second mark. A member that a later operation reads as live was seen by the first mark or was added since.
/// <see cref="GcWriteBarrier"/> is the write barrier: it notes each member that is added, or found stored and relied upon, and the sweep
/// spares these. Decisions 0044 and, for several servers, 0164 have the argument; <c>CollectionRaceTests</c> provokes each of these races.
/// </remarks>
public sealed class GarbageCollector(
    ISweeper sweeper,
    ITemporaryBytes temporary,
    SiteDatabase records,
    Committer committer,
    Tree tree,
    GcWriteBarrier barrier,
    RecordsFile file,
    DanglingReferenceCheck danglingReferences) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // Taken after the turn. Temporary data make room while a collection marks and sweeps what lasts: that may take hours.
    private readonly SemaphoreSlim _temporaryLock = new(1, 1);
    private readonly PurgeCompletion _purgeCompletion = new(sweeper, committer);

    /// <summary>Called and awaited at each step of a collection, so that a test can provoke races there.</summary>
    internal Func<CollectionStep, Task> Reached { get; set; } = static _ => Task.CompletedTask;

    /// <param name="ct">Cancels between two steps; completed steps remain.</param>
    public Task<CollectionReport> CollectAsync(CancellationToken ct) => CollectAsync([], ct);

    /// <summary>
    /// Removes all files that can hold bytes of a purged dataset, or of another whose purge is incomplete: blobs and pages, and the journal
    /// from its first record on. When nothing is left, a record completes the purge.
    /// </summary>
    public async Task<CollectionReport> CollectPurgedAsync(SiteDataset purged, CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> pending = await records.ReadAsync(queries => queries.PendingPurges(), ct);
        return await CollectAsync(pending.Any(other => other.Id == purged.Id) ? pending : [.. pending, purged], ct);
    }

    /// <summary>
    /// Waits for a running collection, then lets none begin until the result is disposed: no segment is removed during this time.
    /// </summary>
    public async Task<IDisposable> PauseAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await _temporaryLock.WaitAsync(ct);
        }
        catch
        {
            _gate.Release();
            throw;
        }

        return new Pause(_gate, _temporaryLock);
    }

    /// <summary>
    /// Returns when every collection that had begun before the call, at any server of the site, has finished freeing. Bytes found
    /// afterwards that the records named at the call stay as long as they are named.
    /// </summary>
    public async Task WaitForCollectionAsync(CancellationToken ct)
    {
        (await PauseAsync(ct)).Dispose();
        await sweeper.WaitForCollectionAsync(ct);
    }

    /// <summary>
    /// Lets temporary data make room, the oldest first, until at most the given number of bytes is left. Waits for a pause to end.
    /// </summary>
    public async Task<EarlyExpired> DropOldestAsync(IJobLease lease, long maxBytes, CancellationToken ct)
    {
        await _temporaryLock.WaitAsync(ct);
        try
        {
            RequireRecords();
            return await temporary.DropOldestAsync(lease, maxBytes, ct);
        }
        finally
        {
            _temporaryLock.Release();
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        _temporaryLock.Dispose();
    }

    private async Task<CollectionReport> CollectAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            RequireRecords();
            if (danglingReferences.First is { } unplaced)
            {
                throw Refused(SiteRecords.DanglingWarning(unplaced));
            }

            barrier.Begin();
            CollectionReport report = purged.Count > 0 && await sweeper.IsSweptAsync(purged, ct)
                ? new CollectionReport(0, 0, 0, 0, 0)
                : await CollectAloneAsync(purged, ct);
            return purged.Count > 0 && report.LeftSegments == 0
                ? report with { UncleanServers = await _purgeCompletion.TryFinishAsync(purged, ct) }
                : report;
        }
        finally
        {
            barrier.End();
            _gate.Release();
        }
    }

    private async Task<CollectionReport> CollectAloneAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        bool isPurge = purged.Count > 0;
        if (isPurge)
        {
            // Late uploads into a purged dataset, which are lost, must be stored before the sweep begins.
            await sweeper.WaitForOperationsAsync(ct);
        }

        await _temporaryLock.WaitAsync(ct);
        var held = new Pause(_temporaryLock);
        try
        {
            await using ISweep sweep = await sweeper.BeginAsync(purged, ct);
            if (!isPurge)
            {
                held.Dispose();
            }

            int forgotten = await MarkAsync(sweep, ct);
            return (await sweep.SweepAsync(Reached, ct)) with { ForgottenBlobs = forgotten };
        }
        finally
        {
            held.Dispose();
        }
    }

    private void RequireRecords()
    {
        if (file.IsIncomplete)
        {
            // What nothing names may be named by the records that are missing.
            throw Refused(SiteRecords.Incomplete);
        }
    }

    private static HutchException Refused(SiteWarning because) =>
        ErrorCode.Unavailable.With(because.Message + " " + because.Advice).ToException();

    /// <summary>
    /// Marks live members, waits for operations that began before the mark, and marks again. Forgets the large blobs that are live at
    /// neither. Returns their number.
    /// </summary>
    private async Task<int> MarkAsync(ISweep sweep, CancellationToken ct)
    {
        var marker = new Marker(tree, sweep);
        await MarkMomentAsync(marker, ct);
        await Reached(CollectionStep.FirstMoment);
        await sweeper.WaitForOperationsAsync(ct);
        await Reached(CollectionStep.Waited);
        List<BlobHash> dead = await MarkMomentAsync(marker, ct);
        await Reached(CollectionStep.SecondMoment);
        int forgotten = 0;

        // In portions: other writers get their turn between two of them.
        foreach (BlobHash[] some in dead.Chunk(1000))
        {
            // Forgotten before anything is swept. Swept but not forgotten would lose data: the next upload of the same bytes would be taken
            // for stored already.
            IReadOnlyList<LargeBlob> retained = (await committer.CommitAsync<IReadOnlyList<LargeBlob>>(
                context => Remove(context, sweep, some), [], ct, mayUseReserve: true)).Value;
            foreach (MemberKey extent in retained.SelectMany(ExtentKeys.From))
            {
                sweep.Mark(extent);
            }

            forgotten += some.Length - retained.Count;
        }

        return forgotten;
    }

    private Task<List<BlobHash>> MarkMomentAsync(Marker marker, CancellationToken ct) => records.ReadSnapshotAsync<List<BlobHash>>(
        async session =>
        {
            var queries = new SiteQueries(session);
            IReadOnlySet<BlobHash> living = await marker.MarkAsync(queries, ct);
            return [.. queries.LargeBlobHashes().Where(hash => !living.Contains(hash))];
        },
        ct);

    /// <summary>Forgets large blobs. Returns those that stay, because a commit has relied on them since the marks.</summary>
    private Result<IReadOnlyList<LargeBlob>> Remove(CommitContext context, ISweep sweep, IReadOnlyList<BlobHash> dead)
    {
        if (!sweep.IsCurrent)
        {
            return SupersededCollection.Error;
        }

        var retained = new List<LargeBlob>();
        foreach (BlobHash hash in dead)
        {
            if (!barrier.Contains(MemberKey.Blob(hash)))
            {
                context.Emit(new JournalRecord.BlobForgotten(hash));
            }
            else if (context.Queries.LargeBlob(hash) is { } blob)
            {
                retained.Add(blob);
            }
        }

        return Result<IReadOnlyList<LargeBlob>>.Ok(retained);
    }

    private sealed class Pause(params SemaphoreSlim[] turns) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                Array.ForEach(turns, static held => held.Release());
            }
        }
    }
}
