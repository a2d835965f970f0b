using System.Buffers;
using Hutch.Catalog.Sqlite;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Events;

namespace Hutch.Site.Life.Maintenance;

/// <summary>Writes all records as blobs of JSON lines, so that a rebuild, and salvage, need only the journal from there on.</summary>
/// <remarks>
/// Thread-safe; one checkpoint is taken at a time, so that a later one never has less. A running checkpoint counts as an operation: its
/// parts must not be collected before its record names them, above all old parts that equal new ones.
/// </remarks>
public sealed class Checkpointer(Committer committer, SiteDatabase records, OperationTracker operations, SiteOutbox outbox) : IDisposable
{
    /// <summary>The number of events that stay for returning readers; more, while a reader reports that it needs them.</summary>
    private const long EventsToKeep = 100_000;

    private const int PartBytes = 512 << 10;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _through;

    /// <summary>The sequence number up to which the newest checkpoint since the start is complete; 0 for none.</summary>
    public long Through => Volatile.Read(ref _through);

    /// <summary>Writes a checkpoint. Memory stays at one part, and writers continue during this time.</summary>
    /// <returns>The sequence number up to which the checkpoint is complete.</returns>
    public async Task<Result<long>> WriteAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            using IDisposable operation = operations.Begin();
            return await records.ReadSnapshotAsync(session => WriteExclusiveAsync(session, ct), ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<Result<long>> WriteExclusiveAsync(SqliteSession session, CancellationToken ct)
    {
        var queries = new SiteQueries(session);
        long through = queries.AppliedSequence();
        long eventsFrom = Math.Min(queries.EventsFrom(EventsToKeep), await outbox.RetainedAfterAsync(ct));
        var parts = new List<BlobHash>();
        var part = new ArrayBufferWriter<byte>(PartBytes + 4096);
        foreach (ReadOnlyMemory<byte> line in SiteRows.Dump(session))
        {
            part.Write(line.Span);
            part.Write("\n"u8);
            if (part.WrittenCount >= PartBytes && await StoreAsync(part, parts, ct) is { } failure)
            {
                return failure;
            }
        }

        if (part.WrittenCount > 0 && await StoreAsync(part, parts, ct) is { } lastFailure)
        {
            return lastFailure;
        }

        Result<long> taken = await committer.CommitAsync<long>(
            context =>
            {
                context.Emit(new JournalRecord.Checkpoint(through, parts, eventsFrom));
                return through;
            },
            [],
            ct,
            mayUseReserve: true);
        if (taken.IsOk)
        {
            Volatile.Write(ref _through, through);
        }

        return taken;
    }

    private async Task<HutchError?> StoreAsync(ArrayBufferWriter<byte> part, List<BlobHash> parts, CancellationToken ct)
    {
        byte[] bytes = part.WrittenSpan.ToArray();
        part.ResetWrittenCount();
        var hash = BlobHash.Compute(bytes);
        parts.Add(hash);
        Result<Done> stored = await committer.CommitAsync<Done>(
            static _ => Done.Value, [StagedMember.Blob(hash, bytes)], ct, mayUseReserve: true);
        return stored.Error;
    }
}
