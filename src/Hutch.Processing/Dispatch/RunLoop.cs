using System.Runtime.ExceptionServices;
using Hutch.Processing.Runs;
using Hutch.Processing.Sending;

namespace Hutch.Processing.Dispatch;

/// <summary>
/// Carries one run from its current state to its end: finds its frames, hands them out to workers and writes their rows. After a restart it
/// continues with the remaining frames; completed frames are not repeated.
/// </summary>
internal sealed partial class RunLoop(
    RunRegistry runs, RunInputs inputs, BlobStore blobs, IMessageBus bus, IRunPermission permission, FrameLeaseQueue queue,
    RowSender sender,
    RunDispatchOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// Returns when the run has ended. If cancelled, the run stays unfinished and resumes after the next start. If <paramref name="over"/>
    /// is cancelled, because a user stopped the run, waiting frames are dropped.
    /// </summary>
    public async Task RunAsync(PendingFrames work, CancellationToken over, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(over, cancellationToken);
            await work.Demand.Task.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (!over.IsCancellationRequested)
            {
                await ToEndAsync(work, over, cancellationToken);
            }
        }
        finally
        {
            queue.Remove(work);
        }

        await RemoveAsync(work.Run.Id, cancellationToken);
    }

    public async Task RemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        await bus.DeleteAsync(FrameFeed.QueueOf(id), cancellationToken);
        await sender.RemoveAsync(id, cancellationToken);
    }

    private async Task ToEndAsync(PendingFrames work, CancellationToken over, CancellationToken cancellationToken)
    {
        ActiveRun run = work.Run;
        using IDisposable scope = blobs.Work.Registry.Begin(run.Description.User, RequestClass.Bulk, "job", run.Description.Program);
        var writer = new ResultWriter(runs, work, options, time, logger);
        RunEnd end;
        try
        {
            end = await ProcessUntilOverAsync(work, writer, over, cancellationToken);
            await writer.UntilTakenAsync(ct => inputs.KeepResultsAsync(run, ct), cancellationToken);
        }
        catch (HutchException e)
        {
            end = new RunEnd(RunOutcome.Failed, e.Error.Message, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(logger, run.Id, e);
            end = new RunEnd(
                RunOutcome.Failed, "The analysis stopped because of an internal server error, which is in the server's log.", null);
        }

        // One that was stopped stays as it ended.
        SkippedFrames? skipped = queue.Skipped(work) is { Frames: > 0 } some ? some : null;
        SiteRun ended = await writer.UntilTakenAsync(
            ct => runs.FinishAsync(run.Id, end.Outcome, MessageOf(run, end, skipped), end.Inputs, skipped, ct), cancellationToken);
        LogFinished(logger, run.Id, ended.State, ended.Message ?? "Every frame has a row.");
    }

    private static string? MessageOf(ActiveRun run, RunEnd end, SkippedFrames? skipped)
    {
        if (skipped is null)
        {
            return end.Message;
        }

        string what = string.Create(
            CultureInfo.InvariantCulture,
            $"{skipped.Frames} {(skipped.Frames == 1 ? "frame was" : "frames were")} skipped, as they came faster than they were analysed. "
            + $"`hutch submit {run.Input.Dataset} --missing-from {run.Id:N}` analyses what is missing.");
        return Join(end.Message, what);
    }

    private static string? Join(string? first, string? second) =>
        first is null ? second : second is null ? first : $"{first} {second}";

    private async Task<RunEnd> ProcessUntilOverAsync(
        PendingFrames work, ResultWriter writer, CancellationToken over, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, cancellationToken);
        try
        {
            return await ProcessAsync(work, writer, either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or HutchException && !cancellationToken.IsCancellationRequested)
        {
            // Rows may be refused before the news of the end is here.
            if (await runs.FindActiveAsync(work.Run.Id, cancellationToken) is not null)
            {
                throw;
            }

            return new RunEnd(RunOutcome.Cancelled, null, null);
        }
    }

    private async Task<RunEnd> ProcessAsync(PendingFrames work, ResultWriter writer, CancellationToken cancellationToken)
    {
        var known = new FrameSet();
        if (RunSelection.Earlier(work.Run.Description) is Guid earlier)
        {
            await runs.AddResultFramesAsync(earlier, known, cancellationToken);
        }

        long? total = await CountAsync(work.Run.Input, known, cancellationToken);
        long before = known.Count;
        await runs.AddResultFramesAsync(work.Run.Id, known, cancellationToken);
        queue.Begin(work, known.Count - before, total);
        var rows = Channel.CreateBounded<FinishedFrame>(options.MaxRowsPerCommit);
        work.Rows = rows;
        var feed = new FrameFeed(
            inputs, bus, work.Run, known, (frame, ct) => queue.OfferAsync(work, frame, ct), permission, blobs.RecentBlobs, time);
        using var stages = new Stages(cancellationToken);

        // A stopped run hands out no more frames while its stages end.
        await using CancellationTokenRegistration stop = cancellationToken.Register(() => queue.Remove(work));
        RunEnd? end = null;
        string? unsent = null;
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        stages.Start(async ct =>
        {
            end = await feed.RunAsync(ct);
            queue.EndOffers(work);
        });
        stages.Start(ct => FailPoisonFramesAsync(work, rows.Writer, ct));
        stages.Start(async ct =>
        {
            await writer.RunAsync(rows.Reader, () => work.IsBehind, ct);
            written.SetResult(end is { Outcome: RunOutcome.Done });
        });
        stages.Start(async ct => unsent = await sender.RunAsync(work.Run, written.Task, ct));
        try
        {
            await stages.EndAsync(cancellationToken);
        }
        finally
        {
            // Hands out no more frames, and no worker that delivers a row waits for a writer that has ended.
            queue.Remove(work);
            rows.Writer.TryComplete();
        }

        return end! with { Message = Join(end!.Message, unsent) };
    }

    /// <summary>Counts the frames of a fixed version that are not among the others; null for a followed input.</summary>
    private async Task<long?> CountAsync(VersionReference input, FrameSet others, CancellationToken cancellationToken) =>
        input.Snapshot is long version
            ? await inputs.CountAsync(
                (await inputs.ResolveAsync(input.Dataset, version, cancellationToken)).Value, others, cancellationToken)
            : null;

    private async Task FailPoisonFramesAsync(PendingFrames work, ChannelWriter<FinishedFrame> rows, CancellationToken cancellationToken)
    {
        await foreach (TriedFrame frame in work.Lost.Reader.ReadAllAsync(cancellationToken))
        {
            LogGivenUp(logger, frame.Work.Frame.Number, work.Run.Id, frame.Failures, frame.Reason);
            await rows.WriteAsync(new FinishedFrame(frame.Work, ErrorRow(frame)), cancellationToken);
            blobs.RecentBlobs.Done(frame.Work.Frame.Entry.Hash);
            queue.Complete(work);
        }
    }

    private static JsonElement ErrorRow(TriedFrame frame)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("file-number"u8, frame.Work.Frame.Number);
            json.WriteString(
                "error"u8, string.Create(CultureInfo.InvariantCulture, $"Given up after {frame.Failures} attempts. {frame.Reason}"));
            json.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    [LoggerMessage(EventId = 6102, Level = LogLevel.Error, Message = "Run {Run} failed because of an error inside the server")]
    private static partial void LogFault(ILogger logger, Guid run, Exception exception);

    [LoggerMessage(EventId = 6103, Level = LogLevel.Information, Message = "Run {Run} ended: {Outcome}. {Text}")]
    private static partial void LogFinished(ILogger logger, Guid run, string outcome, string text);

    [LoggerMessage(
        EventId = 6105, Level = LogLevel.Warning, Message = "Frame {Frame} of run {Run} was given up after {Times} attempts: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, int frame, Guid run, int times, string? reason);

    /// <summary>A group of loops: the first that fails stops the others.</summary>
    private sealed class Stages(CancellationToken outer) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(outer);
        private readonly List<Task> _tasks = [];
        private ExceptionDispatchInfo? _failure;

        public void Start(Func<CancellationToken, Task> work) => _tasks.Add(GuardAsync(work));

        /// <summary>Ends when all loops have; throws the exception of the first that failed.</summary>
        public async Task EndAsync(CancellationToken cancellationToken)
        {
            await Task.WhenAll(_tasks);
            cancellationToken.ThrowIfCancellationRequested();
            _failure?.Throw();
        }

        public void Dispose() => _stop.Dispose();

        private async Task GuardAsync(Func<CancellationToken, Task> work)
        {
            await Task.Yield();
            try
            {
                await work(_stop.Token);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
                await _stop.CancelAsync();
            }
        }
    }
}
