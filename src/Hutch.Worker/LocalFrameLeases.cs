using System.Buffers;
using System.Collections.Frozen;
using System.IO.Pipelines;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Worker;

/// <summary>The work of the server that the worker is part of. Its leases last as long as the process.</summary>
public sealed class LocalFrameLeases(RunDispatcher dispatcher, BlobStore blobs, TimeProvider time) : IFrameLeaseSource
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(25);

    private readonly RetryPolicy _retry = RetryPolicy.Every(TimeSpan.FromSeconds(1), time);

    public int FramesPerLease => 1;

    public int ReadAhead => 0;

    public async Task<FrameLease?> LeaseFirstAsync(
        IReadOnlyCollection<Guid> known, IReadOnlySet<string> programs, CancellationToken cancellationToken)
    {
        FrameLeaseRequest request = Demand(programs) with { Except = known };
        return (await dispatcher.LeaseAsync(request, Wait, cancellationToken)).Lease;
    }

    public async ValueTask<FrameLease?> LeaseNextAsync(FrameLease previous, CancellationToken cancellationToken)
    {
        FrameLeaseRequest request = Demand(FrozenSet<string>.Empty) with { Run = previous.Run };
        return (await dispatcher.LeaseAsync(request, Timeout.InfiniteTimeSpan, cancellationToken)).Lease;
    }

    public IDisposable? Enter(FrameLease lease)
    {
        return blobs.Work.Registry.Begin(lease.User, RequestClass.Bulk, "worker", lease.Program);
    }

    public async Task<Result<EntryBytes?>> ReadEntryAsync(FrameLease lease, string path, int maxBytes, CancellationToken cancellationToken)
    {
        Result<BlobContent?> file = await dispatcher.OpenFileAsync(lease.Id, WorkerName.Own, path, cancellationToken);
        return !file.IsOk ? file.Error
            : file.Value is { } content ? StoredBytes.From(content, path, maxBytes, cancellationToken)
            : (EntryBytes?)null;
    }

    public async Task ReadFrameAsync(
        FrameLease lease, StoredFrame frame, FrameBuffer buffer, long maxBytes, CancellationToken cancellationToken)
    {
        Result<BlobContent> opened = await dispatcher.OpenFrameAsync(lease.Id, WorkerName.Own, frame.Number, cancellationToken);
        if (!opened.IsOk)
        {
            throw opened.Error.Code == ErrorCode.NotFound ? new LeaseLostException(opened.Error.Message) : opened.Error.ToException();
        }

        await buffer.ReadAsync(opened.Value, maxBytes, cancellationToken);
    }

    public async Task PutFileAsync(FrameLease lease, int frame, StepFile file, CancellationToken cancellationToken)
    {
        DatasetPath path = DatasetPath.Parse(file.PathOf(frame)).Value;

        // A full disk or a failed sync: as rows do, it waits until there is room.
        Result<Done> put = await _retry.RunAsync(PutAsync, static error => error.Code.Status >= 500, failed: null, cancellationToken);
        if (!put.IsOk)
        {
            throw put.Error.Code == ErrorCode.NotFound ? new LeaseLostException(put.Error.Message) : put.Error.ToException();
        }

        Task<Result<Done>> PutAsync(CancellationToken ct) => dispatcher.PutFileAsync(
            lease.Id, WorkerName.Own, path, file.MediaType, PipeReader.Create(new ReadOnlySequence<byte>(file.Bytes)), file.Bytes.Length,
            ct);
    }

    public async ValueTask GiveAsync(FrameLease lease, IReadOnlyList<FrameResult> rows, CancellationToken cancellationToken)
    {
        Result<Done> given = await dispatcher.GiveAsync(lease.Id, WorkerName.Own, rows, durable: false, cancellationToken);
        if (!given.IsOk)
        {
            throw new LeaseLostException(given.Error.Message);
        }
    }

    public Task ReturnAsync(FrameLease lease, CancellationToken cancellationToken)
    {
        dispatcher.Return(lease.Id, WorkerName.Own);
        return Task.CompletedTask;
    }

    public Task FailRunAsync(FrameLease lease, HutchError reason, CancellationToken cancellationToken)
    {
        dispatcher.FailRun(lease.Id, WorkerName.Own, reason);
        return Task.CompletedTask;
    }

    private static FrameLeaseRequest Demand(IReadOnlySet<string> programs) =>
        new() { Worker = WorkerName.Own, Namespace = WorkerNamespace.Default, Programs = programs };
}
