using System.Collections.Concurrent;
using System.IO.Pipelines;
using Hutch.Processing.Runs;
using Hutch.Processing.Sending;

namespace Hutch.Processing.Dispatch;

/// <summary>
/// Hands out the frames of runs to workers, inside the server and elsewhere, and writes their rows: for the runs that are unfinished when
/// it starts, and those that begin while it runs. Nothing is polled: the bus announces new runs, those that are stopped, and new frames to
/// each run that follows its input.
/// </summary>
/// <remarks>
/// One per bus. Thread-safe. After a restart it resumes where it stopped: each frame gets exactly one row. The caller has
/// checked the rights of workers; a lease is found only by the token that took it.
/// </remarks>
public sealed partial class RunDispatcher(
    RunRegistry runs, RunInputs inputs, RunOutputs outputs, BlobStore blobs, IMessageBus bus, IRunPermission permission, RowSender sender,
    RunDispatchOptions options, TimeProvider time, ILogger<RunDispatcher> logger)
{
    /// <summary>The job of handing out runs: one server of a site has its lease.</summary>
    public const string Job = "analyses";

    public const string QueueName = "analysis.runs";

    private readonly FrameLeaseQueue _queue = new(options, time, runs.NewId);
    private volatile TaskCompletionSource _atWork = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True if this server hands out runs. One server of a site does.</summary>
    public bool IsAtWork => _atWork.Task.IsCompleted;

    /// <summary>Waits until this server hands out runs, or for the limit: while another server does, this one does not.</summary>
    public async Task AwaitWorkAsync(TimeSpan limit, CancellationToken ct)
    {
        await _atWork.Task.WaitAsync(limit, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var dispatch = new RunLoop(runs, inputs, blobs, bus, permission, _queue, sender, options, time, logger);
        var running = new ConcurrentDictionary<Guid, Running>();
        try
        {
            // Subscribes before it lists, so that no run that begins between the two is missed.
            var queue = new BusQueue { Name = QueueName, Bindings = [new BusBinding("run.started"), new BusBinding("run.finished")] };
            await using IBusSubscription news = await bus.SubscribeAsync(queue, cancellationToken);
            foreach (ActiveRun run in await runs.InProgressAsync(cancellationToken))
            {
                Begin(run);
            }

            _atWork.TrySetResult();
            await foreach (Delivery delivery in news.ReadAsync(cancellationToken))
            {
                switch (RecordJson.Read(delivery.Message.Body.Span))
                {
                    case JournalRecord.RunStarted started when await runs.FindActiveAsync(started.Run, cancellationToken) is { } begun:
                        Begin(begun);
                        break;
                    case JournalRecord.RunFinished ended when running.TryGetValue(ended.Run, out Running? run):
                        await run.Over.CancelAsync();
                        break;
                    case JournalRecord.RunFinished ended:
                        // It was stopped while no worker was there.
                        await dispatch.RemoveAsync(ended.Run, cancellationToken);
                        break;
                    default:
                        break;
                }

                await delivery.AckAsync(cancellationToken);
            }
        }
        finally
        {
            _atWork = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await Task.WhenAll(running.Values.Select(run => run.Work.Value));
        }

        // First into the table, then to work: what ends takes itself off.
        void Begin(ActiveRun run)
        {
            var over = new CancellationTokenSource();
            var work = new Lazy<Task>(() => ExecuteAsync(dispatch, _queue.Add(run), running, over.Token, cancellationToken));
            _ = running.GetOrAdd(run.Id, new Running(work, over)).Work.Value;
        }
    }

    /// <summary>Hands out frames; waits for them for at most the given time.</summary>
    public async ValueTask<FrameLeaseAnswer> LeaseAsync(FrameLeaseRequest request, TimeSpan wait, CancellationToken ct)
    {
        // Until the dispatcher is ready, an unfinished run would look as if it were over.
        try
        {
            await _atWork.Task.WaitAsync(wait, time, ct);
        }
        catch (TimeoutException)
        {
            return default;
        }

        return await _queue.LeaseAsync(request, wait, ct);
    }

    /// <summary>Returns the progress of a run; null for one that this server has not taken up and that has not ended recently.</summary>
    public RunProgress? Progress(Guid run) => _queue.Progress(run) is { } progress
        ? progress with { Callback = sender.Progress(run) }
        : null;

    /// <summary>Lists the foreign steps of the workers of a namespace.</summary>
    public IReadOnlyList<StepDeclaration> Steps(string ns) => _queue.Steps(ns);

    public ProcessingStatus View() => _queue.View();

    /// <summary>Extends a lease by its whole life from now on; false when it has ended.</summary>
    public bool Extend(Guid lease, WorkerName worker) => _queue.Extend(lease, worker.Credential);

    public Result<FrameLease> Find(Guid lease, WorkerName worker) =>
        _queue.Find(lease, worker.Credential) is { } found ? found.Lease : FrameLeaseQueue.NoLease(lease);

    /// <summary>Opens a file next to the frames of a lease; null when there is none of this name.</summary>
    public async Task<Result<BlobContent?>> OpenFileAsync(Guid lease, WorkerName worker, string path, CancellationToken ct)
    {
        Result<TreeView> view = await ViewAsync(lease, worker, ct);
        return view.IsOk ? await inputs.OpenFileAsync(view.Value, path, ct) : view.Error;
    }

    public async ValueTask<Result<BlobContent>> OpenFrameAsync(Guid lease, WorkerName worker, int frame, CancellationToken ct)
    {
        if (_queue.Find(lease, worker.Credential) is not { } found)
        {
            return FrameLeaseQueue.NoLease(lease);
        }

        Entry? entry = found.Lease.Frames.FirstOrDefault(of => of.Number == frame).Entry;
        return entry is null ? ErrorCode.NotFound.With($"The lease {lease:N} is not for frame {frame}.")
            : await blobs.FindAsync(found.Run.Input.Dataset, entry.Hash, ct) is { } content ? content
            : ErrorCode.Gone.With("The frame is no longer stored.");
    }

    /// <summary>
    /// Puts a worker's file for a frame of a lease into the dataset of the results; durable when it answers. The path names the frame.
    /// </summary>
    public async Task<Result<Done>> PutFileAsync(
        Guid lease, WorkerName worker, DatasetPath path, string mediaType, PipeReader body, long length, CancellationToken ct)
    {
        if (_queue.Find(lease, worker.Credential) is not { } found)
        {
            return FrameLeaseQueue.NoLease(lease);
        }

        if (!RunOutputs.TryParse(path.Value, out int frame) || !found.Lease.Frames.Any(of => of.Number == frame))
        {
            return ErrorCode.Unprocessable.With(
                $"{Display.Quote(path.Value)} is no file of a frame of the lease: name it like 'previews/000001.png'.");
        }

        if (length > RunOutputs.MaxFileBytes)
        {
            return ErrorCode.TooLarge.With($"The file has {length} bytes; the limit is {RunOutputs.MaxFileBytes}.");
        }

        return await outputs.PutAsync(found.Run.Output, path, mediaType, body, length, ct);
    }

    /// <summary>
    /// Takes rows of a lease. The first row of a frame stays: the same again changes nothing. A lease without frames ends.
    /// </summary>
    /// <param name="durable">True to wait until the rows are durable.</param>
    public async ValueTask<Result<Done>> GiveAsync(
        Guid lease, WorkerName worker, IReadOnlyList<FrameResult> rows, bool durable, CancellationToken ct)
    {
        Result<(PendingFrames Run, List<FinishedFrame> Rows)> claimed = _queue.Claim(lease, worker.Credential, rows);
        if (!claimed.IsOk)
        {
            return claimed.Error;
        }

        (PendingFrames run, List<FinishedFrame> taken) = claimed.Value;
        DurableRowCounter? counter = durable && taken.Count > 0 ? new DurableRowCounter(taken.Count) : null;
        try
        {
            // Not cancelled: the rows are no longer the worker's.
            foreach (FinishedFrame row in taken)
            {
                blobs.RecentBlobs.Done(row.Work.Frame.Entry.Hash);
                await run.Rows!.Writer.WriteAsync(row with { Counter = counter }, CancellationToken.None);
            }
        }
        catch (ChannelClosedException)
        {
            return FrameLeaseQueue.NoLease(lease);
        }

        _queue.Complete(run, taken.Count);
        if (counter is not null)
        {
            await Task.WhenAny(counter.All, run.Gone.Task).WaitAsync(ct);
        }

        return counter is null or { All.IsCompleted: true } ? Done.Value : FrameLeaseQueue.NoLease(lease);
    }

    /// <summary>Takes back the rest of a lease, without blame for the worker.</summary>
    public void Return(Guid lease, WorkerName worker) => _queue.Return(lease, worker.Credential);

    /// <summary>Removes a worker that reports its end, with the rest of its leases.</summary>
    public void Leave(WorkerName worker) => _queue.Leave(worker);

    /// <summary>Ends the run of a lease as failed, because its worker reports that none of its frames can be analysed.</summary>
    public Result<Done> FailRun(Guid lease, WorkerName worker, HutchError reason) => _queue.FailRun(lease, worker.Credential, reason);

    private async ValueTask<Result<TreeView>> ViewAsync(Guid lease, WorkerName worker, CancellationToken ct) =>
        _queue.Find(lease, worker.Credential) is { } found
            ? await inputs.ResolveAsync(found.Run.Input.Dataset, found.Run.Input.Snapshot, ct)
            : FrameLeaseQueue.NoLease(lease);

    private async Task ExecuteAsync(
        RunLoop dispatch, PendingFrames work, ConcurrentDictionary<Guid, Running> running, CancellationToken over,
        CancellationToken cancellationToken)
    {
        // The dispatcher learns of other runs while this one begins.
        await Task.Yield();
        try
        {
            await dispatch.RunAsync(work, over, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogInterrupted(logger, work.Run.Id);
        }
        catch (Exception e)
        {
            // The run is unfinished and continues after the next start; the other runs continue now.
            LogStopped(logger, work.Run.Id, e);
        }
        finally
        {
            running.TryRemove(work.Run.Id, out _);
        }
    }

    /// <param name="Work">Ends with the run, or with the dispatcher.</param>
    /// <param name="Over">Cancelled when the run has ended, for any reason.</param>
    private sealed record Running(Lazy<Task> Work, CancellationTokenSource Over);

    [LoggerMessage(EventId = 6001, Level = LogLevel.Information, Message = "Run {Run} continues after the next start")]
    private static partial void LogInterrupted(ILogger logger, Guid run);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "Run {Run} cannot continue before the next start")]
    private static partial void LogStopped(ILogger logger, Guid run, Exception exception);
}
