using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Threading.Channels;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Messaging;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Blobs;
using Hutch.Site.Fairness;
using Hutch.Site.Heads;
using Hutch.Site.Runs;
using Microsoft.Extensions.Logging;

namespace Hutch.Live;

/// <summary>
/// One run from where it is to its end: frames are found, read, analysed and their rows written by loops that wait for each other
/// through bounded channels. What a restart finds undone is done then; what is done is not done again.
/// </summary>
internal sealed partial class RunExecution(
    RunRegistry runs,
    RunInputs inputs,
    BlobStore blobs,
    IMessageBus bus,
    IRunPermission permission,
    ComputeThreads threads,
    ImageMemory images,
    AnalysisWorkerOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>
    /// Works until the run has ended. If cancelled, the run stays unfinished and resumes after the next start; when it is over, because
    /// somebody stopped it, what waits is dropped.
    /// </summary>
    public async Task RunAsync(IAnalysisStep step, Guid id, CancellationToken over, CancellationToken cancellationToken)
    {
        if (await runs.FindActiveAsync(id, cancellationToken) is { } run)
        {
            await ToEndAsync(step, run, over, cancellationToken);
        }

        await bus.DeleteAsync(FrameFeed.QueueOf(id), cancellationToken);
    }

    private async Task ToEndAsync(IAnalysisStep step, ActiveRun run, CancellationToken over, CancellationToken cancellationToken)
    {
        using IDisposable scope = blobs.Work.Registry.Begin(run.Description.User, WorkClass.Bulk, "job", run.Description.Program);
        var writer = new ResultWriter(runs, run, options, time, logger);
        RunEnd end;
        try
        {
            end = await ProcessUntilOverAsync(step, run, writer, over, cancellationToken);
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
        SiteRun ended = await writer.UntilTakenAsync(
            ct => runs.FinishAsync(run.Id, end.Outcome, end.Message, end.Inputs, ct), cancellationToken);
        LogFinished(logger, run.Id, ended.State, ended.Message ?? "Every frame has a row.");
    }

    private async Task<RunEnd> ProcessUntilOverAsync(
        IAnalysisStep step, ActiveRun run, ResultWriter writer, CancellationToken over, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, cancellationToken);
        try
        {
            return await ProcessAsync(step, run, writer, either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or HutchException && !cancellationToken.IsCancellationRequested)
        {
            // Rows may be refused before the news of the end is here.
            if (await runs.FindActiveAsync(run.Id, cancellationToken) is not null)
            {
                throw;
            }

            return new RunEnd(RunOutcome.Cancelled, null, null);
        }
    }

    private async Task<RunEnd> ProcessAsync(
        IAnalysisStep step, ActiveRun run, ResultWriter writer, CancellationToken cancellationToken)
    {
        var known = new FrameSet();
        foreach (long done in await runs.ResultFramesAsync(run.Id, run.Output, cancellationToken))
        {
            known.Add((int)done);
        }

        // One more than the threads: the next frame is read while all of them compute.
        int loops = options.UsedThreads + 1;
        var frames = Channel.CreateBounded<FrameWork>(loops);
        var rows = Channel.CreateBounded<FinishedFrame>(options.MaxRowsPerCommit);
        using var prepared = new Prepared(inputs, step, run, blobs, images, loops);
        var feed = new FrameFeed(inputs, bus, run, known, frames.Writer, permission, time) { PrepareAsync = prepared.PrepareAsync };
        using var stages = new Stages(cancellationToken);
        RunEnd? end = null;
        stages.Start(async ct =>
        {
            end = await feed.RunAsync(ct);
            frames.Writer.Complete();
        });
        stages.Start(async ct =>
        {
            await Task.WhenAll(Enumerable.Range(0, loops).Select(_ => AnalyseAsync(prepared, frames.Reader, rows.Writer, ct)));
            rows.Writer.Complete();
        });
        stages.Start(ct => writer.RunAsync(rows.Reader, () => frames.Reader.Count > 0, ct));
        await stages.EndAsync(cancellationToken);
        return end!;
    }

    private async Task AnalyseAsync(
        Prepared prepared, ChannelReader<FrameWork> frames, ChannelWriter<FinishedFrame> rows, CancellationToken cancellationToken)
    {
        FrameBuffer chunk = null!;
        using var row = new RowWriter(prepared.Columns);
        FrameWork work = default;
        void Process() => row.Write(prepared.Step, new RawFrame(work.Frame.Number, chunk.Bytes, work.Frame.Entry.UserMetadata));

        while (await frames.WaitToReadAsync(cancellationToken))
        {
            while (frames.TryRead(out work))
            {
                try
                {
                    using Prepared.Turn turn = await prepared.EnterAsync(cancellationToken);
                    chunk = turn.Buffer;
                    await chunk.ReadAsync(work.Frame.Entry, prepared.Step.MaxFrameBytes, cancellationToken);
                    await threads.RunAsync(Process, cancellationToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // The frame's own misfortune: its row says so, and the run goes on.
                    LogFrameFailed(logger, work.Frame.Number, e);
                    row.WriteError(
                        work.Frame.Number,
                        (e as HutchException)?.Error.Message ?? "The frame could not be analysed because of an internal server error.");
                }

                await rows.WriteAsync(new FinishedFrame(work, JsonElement.Parse(row.Row.Span)), cancellationToken);
            }
        }
    }

    [LoggerMessage(EventId = 6102, Level = LogLevel.Error, Message = "Run {Run} failed because of an error inside the server")]
    private static partial void LogFault(ILogger logger, Guid run, Exception exception);

    [LoggerMessage(EventId = 6103, Level = LogLevel.Information, Message = "Run {Run} ended: {Outcome}. {Text}")]
    private static partial void LogFinished(ILogger logger, Guid run, string outcome, string text);

    [LoggerMessage(EventId = 6104, Level = LogLevel.Debug, Message = "Frame {Frame} could not be analysed")]
    private static partial void LogFrameFailed(ILogger logger, int frame, Exception exception);

    /// <summary>What all frames share: the step, prepared once.</summary>
    private sealed class Prepared(
        RunInputs inputs, IAnalysisStep step, ActiveRun run, BlobStore blobs, ImageMemory images, int loops) : IDisposable
    {
        private readonly ConcurrentBag<FrameBuffer> _buffers = [];
        private IPreparedStep? _step;
        private SemaphoreSlim? _turns;

        public IReadOnlyList<ResultColumn> Columns => step.Declaration.Columns;

        public IPreparedStep Step =>
            Volatile.Read(ref _step) ?? throw new InvalidOperationException("A frame came before the step was prepared.");

        public async Task PrepareAsync(TreeView view, CancellationToken cancellationToken)
        {
            IPreparedStep made = (await step.PrepareAsync(
                (path, maxBytes, ct) => inputs.ReadFileAsync(view, path, maxBytes, ct),
                ParameterValues.Read(step.Declaration, run.Description.Parameters).Value,
                images,
                loops,
                cancellationToken)).Value;
            _turns = new SemaphoreSlim(made.FramesAtOnce);
            Volatile.Write(ref _step, made);
        }

        /// <summary>Waits until there is memory for a frame, packed and unpacked, which the result gives back.</summary>
        public async Task<Turn> EnterAsync(CancellationToken cancellationToken)
        {
            _ = Step;
            await _turns!.WaitAsync(cancellationToken);
            return new Turn(this, _buffers.TryTake(out FrameBuffer? idle) ? idle : new FrameBuffer(blobs));
        }

        public void Dispose()
        {
            _step?.Dispose();
            _turns?.Dispose();
        }

        public sealed class Turn(Prepared owner, FrameBuffer buffer) : IDisposable
        {
            public FrameBuffer Buffer => buffer;

            public void Dispose()
            {
                owner._buffers.Add(buffer);
                owner._turns!.Release();
            }
        }
    }

    /// <summary>Loops that belong together: the first that fails stops the others.</summary>
    private sealed class Stages(CancellationToken outer) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(outer);
        private readonly List<Task> _tasks = [];
        private ExceptionDispatchInfo? _failure;

        public void Start(Func<CancellationToken, Task> work) => _tasks.Add(GuardAsync(work));

        /// <summary>Ends when all have; throws what the first that failed threw.</summary>
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
