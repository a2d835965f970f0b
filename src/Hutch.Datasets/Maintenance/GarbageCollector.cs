using Hutch.Catalog.Site;
using Hutch.Catalog.Sqlite;
using Hutch.Datasets.Committing;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Storage.Payloads;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Maintenance;

/// <summary>
/// Frees the space of what nothing names any more: marks what lives, moves the living out of mostly dead segments, and removes
/// these. Writers and readers go on meanwhile.
/// </summary>
/// <remarks>
/// Why nothing living is lost: only segments that were sealed when the collection began are looked at. Whoever relied on a stored
/// member before it began is waited for (<see cref="OperationTracker"/>), so that the marks, taken afterwards, see what it names;
/// whoever relies on one later is noted (<see cref="TouchedMembers"/>). The last look at the notes, and the removal, happen while
/// no commit does. A checkpoint taken first replaces the journals in the removed segments, and the records are synced before.
/// </remarks>
public sealed class GarbageCollector(
    SegmentStore segments,
    SiteDatabase records,
    Committer committer,
    Checkpointer checkpointer,
    Tree tree,
    PayloadPool pool,
    OperationTracker operations,
    TouchedMembers touched,
    CollectorOptions options,
    TimeProvider time) : IDisposable
{
    private const int MoveBatchBytes = 4 << 20;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Collects.</summary>
    /// <param name="ct">Cancels between two steps; what was done stays done.</param>
    public Task<CollectionReport> CollectAsync(CancellationToken ct) => CollectAsync(null, ct);

    /// <summary>
    /// Rewrites every segment that can hold something of a purged dataset: its blobs and pages, and the journal from its first
    /// record on.
    /// </summary>
    public Task<CollectionReport> CollectPurgedAsync(SiteDataset purged, CancellationToken ct) => CollectAsync(purged, ct);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<CollectionReport> CollectAsync(SiteDataset? purged, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            touched.Begin();
            return await CollectAloneAsync(purged, ct);
        }
        finally
        {
            touched.End();
            _turn.Release();
        }
    }

    private async Task<CollectionReport> CollectAloneAsync(SiteDataset? purged, CancellationToken ct)
    {
        await DropOverLanesAsync(ct);
        await segments.SealAsync(ct);
        long covered = (await checkpointer.TakeAsync(ct)).Value;
        List<SegmentInfo> candidates = [.. segments.Segments.Where(segment =>
            segment is { State: SegmentState.Sealed, CanRetire: true, Lane.IsTransient: false } && segment.LastSequence <= covered)];
        if (purged is null)
        {
            // What is damaged and still named waits for its repair; removing it would turn "damaged" into "never heard of".
            HashSet<long> damaged = [.. segments.Quarantined.Select(member => member.Segment)];
            candidates.RemoveAll(segment => damaged.Contains(segment.Number));
        }

        await operations.WaitForRunningAsync(ct);

        var marks = new LiveMarks(segments, candidates);
        int forgotten = await MarkAsync(marks, ct);
        int retired = 0;
        long moved = 0;
        long freed = 0;
        foreach (SegmentInfo segment in candidates.OrderBy(segment => segment.Number))
        {
            ct.ThrowIfCancellationRequested();
            List<MemberInfo> living = await LivingAsync(segment, marks, ct);
            if (!IsWorthIt(segment, living, purged))
            {
                continue;
            }

            long bytes = await MoveAsync(segment.Lane, living, ct);
            await RetireAsync(segment, living, ct);
            retired++;
            moved += bytes;
            freed += segment.UsedBytes - bytes;
        }

        return new CollectionReport(candidates.Count, retired, moved, freed, forgotten);
    }

    /// <summary>Transient lanes whose day is over go as a whole, after the records have forgotten the large blobs in them.</summary>
    private async Task DropOverLanesAsync(CancellationToken ct)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        List<Lane> over = [.. segments.TransientLanes.Where(lane => DatasetLane.EndOf(lane) <= now)];
        if (over.Count == 0)
        {
            return;
        }

        await committer.CommitAsync<Done>(
            context =>
            {
                foreach (BlobHash hash in context.Queries.ExpiredBlobs(now))
                {
                    context.Emit(new JournalRecord.BlobForgotten(hash));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);
        foreach (Lane lane in over)
        {
            await committer.RunAloneAsync(token => segments.DropLaneAsync(lane, token), ct);
        }
    }

    private async Task<int> MarkAsync(LiveMarks marks, CancellationToken ct)
    {
        IReadOnlySet<BlobHash> living;
        var dead = new List<BlobHash>();
        using (SqliteLease lease = await records.RentSnapshotAsync(ct))
        {
            var queries = new SiteQueries(lease.Session);
            living = await new Marker(tree, marks, queries).MarkAsync(ct);
            dead.AddRange(queries.LargeBlobHashes().Where(hash => !living.Contains(hash)));
        }

        foreach (BlobHash[] some in dead.Chunk(1000))
        {
            await committer.CommitAsync<Done>(context => Forget(context, some), [], ct, mayUseReserve: true);
        }

        return dead.Count;
    }

    /// <summary>Forgets large blobs, unless somebody has come to rely on one since the marks were made.</summary>
    private Result<Done> Forget(CommitContext context, IReadOnlyList<BlobHash> dead)
    {
        foreach (BlobHash hash in dead)
        {
            if (!touched.Contains(MemberKey.Blob(hash)))
            {
                context.Emit(new JournalRecord.BlobForgotten(hash));
            }
        }

        return Done.Value;
    }

    private async Task<List<MemberInfo>> LivingAsync(SegmentInfo segment, LiveMarks marks, CancellationToken ct)
    {
        var living = new List<MemberInfo>();
        await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
        {
            if (member.Key.Kind != MemberKind.Journal && (marks.IsMarked(member.Location) || touched.Contains(member.Key)))
            {
                living.Add(member);
            }
        }

        return living;
    }

    private bool IsWorthIt(SegmentInfo segment, List<MemberInfo> living, SiteDataset? purged)
    {
        if (purged is not null && segment.LastSequence >= purged.Key)
        {
            return true;
        }

        long bytes = living.Sum(member => (long)member.Location.Length);
        return purged is not null
            ? bytes < segment.BodyBytes
            : bytes * 100 < segment.UsedBytes * options.MinLivingPercent;
    }

    /// <summary>Copies members to the open end of their lane, each checked as it is read. A damaged one stays behind, in quarantine.</summary>
    private async Task<long> MoveAsync(Lane lane, IReadOnlyList<MemberInfo> living, CancellationToken ct)
    {
        long moved = 0;
        var batch = new List<StagedMember>();
        var buffers = new List<PayloadBuffer>();
        try
        {
            int bytes = 0;
            foreach (MemberInfo member in living)
            {
                PayloadBuffer buffer = await pool.RentAsync(Math.Max(1, member.Location.Length), ct);
                buffers.Add(buffer);
                Memory<byte> body = buffer.Memory[..member.Location.Length];
                await segments.ReadVerifiedAsync(member.Location, body, ct);
                batch.Add(new StagedMember(member.Key, body, lane, Moves: true));
                bytes += body.Length;
                moved += body.Length;
                if (bytes >= MoveBatchBytes || batch.Count >= 1000)
                {
                    await WriteAsync(batch, buffers, ct);
                    bytes = 0;
                }
            }

            await WriteAsync(batch, buffers, ct);
            return moved;
        }
        finally
        {
            buffers.ForEach(buffer => buffer.Dispose());
        }
    }

    private async Task WriteAsync(List<StagedMember> batch, List<PayloadBuffer> buffers, CancellationToken ct)
    {
        if (batch.Count > 0)
        {
            Result<Done> written = await committer.CommitAsync<Done>(static _ => Done.Value, [.. batch], ct, mayUseReserve: true);
            if (!written.IsOk)
            {
                throw written.Error.ToException();
            }
        }

        buffers.ForEach(buffer => buffer.Dispose());
        buffers.Clear();
        batch.Clear();
    }

    private Task RetireAsync(SegmentInfo segment, List<MemberInfo> moved, CancellationToken ct)
    {
        var movedKeys = moved.Select(member => member.Key).ToHashSet();
        return committer.RunAloneAsync(
            async token =>
            {
                await MoveLateAsync(segment, movedKeys, token);
                records.SyncToDisk();
                await segments.RetireAsync(segment.Number, token);
            },
            ct);
    }

    /// <summary>Moves what somebody came to rely on after the living were listed. Few, and nobody can come any more.</summary>
    private async Task MoveLateAsync(SegmentInfo segment, HashSet<MemberKey> moved, CancellationToken ct)
    {
        foreach (MemberKey key in touched.All)
        {
            if (moved.Contains(key) || !segments.TryLocate(key, out MemberLocation location) || location.Segment != segment.Number)
            {
                continue;
            }

            using PayloadBuffer buffer = await pool.RentAsync(Math.Max(1, location.Length), ct);
            Memory<byte> body = buffer.Memory[..location.Length];
            await segments.ReadVerifiedAsync(location, body, ct);
            var group = new SegmentGroup { MayUseReserve = true };
            group.Add(key, body, location.Crc32C);
            await segments.AppendAsync(segment.Lane, group, ct);
        }
    }
}
