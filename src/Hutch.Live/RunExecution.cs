using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Threading.Channels;
using Hutch.Catalog.Site;
using Hutch.Datasets;
using Hutch.Datasets.Heads;
using Hutch.Datasets.Runs;
using Hutch.Messaging;
using Hutch.Model;
using Hutch.Model.Records;
using Microsoft.Extensions.Logging;

namespace Hutch.Live;

/// <summary>
/// One run from where it is to its end: frames are found, read, analysed and their rows written by loops that wait for each other
/// through bounded channels. What a restart finds undone is done then; what is done is not done again.
/// </summary>
internal sealed partial class RunExecution(
    Site site,
    IMessageBus bus,
    IFrameStep step,
    IRunPermission permission,
    ComputeThreads threads,
    AnalysisWorkerOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Works until the run is over; when cancelled, it stays unfinished and goes on after the next start.</summary>
    public async Task RunAsync(Guid id, CancellationToken cancellationToken)
    {
        Result<SiteRun> found = await site.Runs.GetAsync(id, cancellationToken);
        if (!found.IsOk || found.Value.Finished is not null)
        {
            return;
        }

        SiteRun run = found.Value;
        var writer = new ResultWriter(site, run, options, time, logger);
        RunEnd end;
        try
        {
            end = await ProcessAsync(run, writer, cancellationToken);
            await FoldAsync(run, writer, cancellationToken);
        }
        catch (HutchException e)
        {
            end = new RunEnd(RunOutcome.Failed, e.Error.Message, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(logger, id, e);
            end = new RunEnd(RunOutcome.Failed, "The analysis stopped because of an error inside the server. The operator finds it in the log.", null);
        }

        await writer.UntilTakenAsync(ct => site.Runs.FinishAsync(id, end.Outcome, end.Message, end.Inputs, ct), cancellationToken);
        await bus.DeleteAsync(FrameFeed.QueueOf(id), cancellationToken);
        LogFinished(logger, id, end.Outcome, end.Message ?? "Every frame has a row.");
    }

    private async Task<RunEnd> ProcessAsync(SiteRun run, ResultWriter writer, CancellationToken cancellationToken)
    {
        var known = new FrameSet();
        foreach (long done in await site.Runs.ResultFramesAsync(run.Id, run.Outputs[0], cancellationToken))
        {
            known.Add((int)done);
        }

        // One more than the threads: the next frame is read while all of them compute.
        int loops = options.UsedThreads + 1;
        var frames = Channel.CreateBounded<FrameWork>(loops);
        var rows = Channel.CreateBounded<FinishedFrame>(options.MaxRowsPerCommit);
        var prepared = new Prepared(step, run);
        var feed = new FrameFeed(site, bus, run, known, frames.Writer, permission, time) { PrepareAsync = prepared.EnsureAsync };
        using var stages = new Stages(cancellationToken);
        RunEnd? end = null;
        _ = stages.Start(async ct =>
        {
            end = await feed.RunAsync(ct);
            frames.Writer.Complete();
        });
        Task[] analysing = [.. Enumerable.Range(0, loops).Select(_ => stages.Start(ct => AnalyseAsync(prepared, frames.Reader, rows.Writer, ct)))];
        _ = stages.Start(async _ =>
        {
            await Task.WhenAll(analysing);
            rows.Writer.Complete();
        });
        _ = stages.Start(ct => writer.RunAsync(rows.Reader, ct));
        await stages.EndAsync();
        return end!;
    }

    private async Task AnalyseAsync(Prepared prepared, ChannelReader<FrameWork> frames, ChannelWriter<FinishedFrame> rows, CancellationToken cancellationToken)
    {
        var chunk = new FrameBuffer(site.Blobs);
        var row = new ArrayBufferWriter<byte>(512);
        FrameWork work = default;
        void Process() => prepared.Step.Process(work.Frame, chunk.Bytes, row);

        while (await frames.WaitToReadAsync(cancellationToken))
        {
            while (frames.TryRead(out work))
            {
                row.ResetWrittenCount();
                try
                {
                    await chunk.ReadAsync(work.Frame.Entry, cancellationToken);
                    await threads.RunAsync(Process, cancellationToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // The frame's own misfortune: its row says so, and the run goes on.
                    LogFrameFailed(logger, work.Frame.Number, e);
                    row.ResetWrittenCount();
                    ErrorRow.Write(work.Frame, (e as HutchException)?.Error.Message ?? "The frame could not be analysed because of an error inside the server.", row);
                }

                using JsonDocument document = JsonDocument.Parse(row.WrittenMemory);
                await rows.WriteAsync(new FinishedFrame(work, document.RootElement.Clone()), cancellationToken);
            }
        }
    }

    /// <summary>The rows become files of the dataset that keeps them, so that its newest snapshot has them all.</summary>
    private async Task FoldAsync(SiteRun run, ResultWriter writer, CancellationToken cancellationToken)
    {
        var request = new FoldRequest(SnapshotReason.Run, run.Description.User, $"Results of run {run.Id:N}");
        await writer.UntilTakenAsync(ct => site.Folder.FoldAsync(run.Outputs[0], request, ct), cancellationToken);
    }

    [LoggerMessage(EventId = 6102, Level = LogLevel.Error, Message = "Run {Run} failed because of an error inside the server")]
    private static partial void LogFault(ILogger logger, Guid run, Exception exception);

    [LoggerMessage(EventId = 6103, Level = LogLevel.Information, Message = "Run {Run} ended: {Outcome}. {Text}")]
    private static partial void LogFinished(ILogger logger, Guid run, RunOutcome outcome, string text);

    [LoggerMessage(EventId = 6104, Level = LogLevel.Debug, Message = "Frame {Frame} could not be analysed")]
    private static partial void LogFrameFailed(ILogger logger, int frame, Exception exception);

    /// <summary>What all frames share, read once.</summary>
    private sealed class Prepared(IFrameStep step, SiteRun run)
    {
        private IPreparedStep? _step;

        public IPreparedStep Step => Volatile.Read(ref _step) ?? throw new InvalidOperationException("A frame came before the step was prepared.");

        // Called by the feed only, one frame after the other.
        public async Task EnsureAsync(TreeView view, CancellationToken cancellationToken)
        {
            if (_step is null)
            {
                Volatile.Write(ref _step, (await step.PrepareAsync(run, view, cancellationToken)).Value);
            }
        }
    }

    /// <summary>Loops that belong together: the first that fails stops the others.</summary>
    private sealed class Stages(CancellationToken outer) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(outer);
        private readonly List<Task> _tasks = [];
        private ExceptionDispatchInfo? _failure;

        public Task Start(Func<CancellationToken, Task> work)
        {
            Task task = GuardAsync(work);
            _tasks.Add(task);
            return task;
        }

        /// <summary>Ends when all have; throws what the first that failed threw.</summary>
        public async Task EndAsync()
        {
            await Task.WhenAll(_tasks);
            outer.ThrowIfCancellationRequested();
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
