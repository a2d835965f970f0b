using System.Collections.Concurrent;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Messaging;
using Hutch.Model.Records;
using Hutch.Site.Blobs;
using Hutch.Site.Runs;
using Microsoft.Extensions.Logging;

namespace Hutch.Live;

/// <summary>
/// Carries out the runs of its analysis steps: those that are unfinished when it starts, and those that begin while it runs. Nothing is
/// polled: the bus announces new runs, those that are stopped, and new frames to each run that follows its input.
/// </summary>
/// <remarks>One worker per bus. After a restart it resumes where it stopped: each frame gets exactly one row.</remarks>
public sealed partial class AnalysisWorker(
    RunRegistry runs, RunInputs inputs, BlobStore blobs, IMessageBus bus, IEnumerable<IAnalysisStep> steps, IRunPermission permission,
    AnalysisWorkerOptions options, TimeProvider time, ILogger<AnalysisWorker> logger)
{
    /// <summary>The memory of decoded images of all runs.</summary>
    internal ImageMemory Images { get; } = new(options.UsedImageBytes);

    /// <summary>The queue of runs that begin and end.</summary>
    public const string QueueName = "analysis.runs";

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var threads = new ComputeThreads(options.UsedThreads);
        using var turns = new SemaphoreSlim(options.MaxActiveRuns, options.MaxActiveRuns);
        var execution = new RunExecution(runs, inputs, blobs, bus, permission, threads, Images, options, time, logger);
        Dictionary<string, IAnalysisStep> byProgram = steps.ToDictionary(step => step.Declaration.Program, StringComparer.Ordinal);
        var running = new ConcurrentDictionary<Guid, Running>();
        try
        {
            // The queue first, then what is there: what begins in between is told.
            var queue = new BusQueue { Name = QueueName, Bindings = [new BusBinding("run.started"), new BusBinding("run.finished")] };
            await using IBusSubscription news = await bus.SubscribeAsync(queue, cancellationToken);
            foreach (ActiveRun run in await runs.InProgressAsync(cancellationToken))
            {
                Begin(run.Id, run.Description.Program);
            }

            await foreach (Delivery delivery in news.ReadAsync(cancellationToken))
            {
                switch (RecordJson.Read(delivery.Message.Body.Span))
                {
                    case JournalRecord.RunStarted started:
                        Begin(started.Run, started.Description.Program);
                        break;
                    case JournalRecord.RunFinished ended when running.TryGetValue(ended.Run, out Running? run):
                        await run.Over.CancelAsync();
                        break;
                    case JournalRecord.RunFinished ended:
                        // It was stopped while no worker was there.
                        await bus.DeleteAsync(FrameFeed.QueueOf(ended.Run), cancellationToken);
                        break;
                    default:
                        break;
                }

                await delivery.AckAsync(cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(running.Values.Select(run => run.Work));
        }

        void Begin(Guid run, string program)
        {
            if (byProgram.TryGetValue(program, out IAnalysisStep? step))
            {
                running.GetOrAdd(run, id =>
                {
                    var over = new CancellationTokenSource();
                    return new Running(ExecuteAsync(execution, step, turns, id, running, over.Token, cancellationToken), over);
                });
            }
        }
    }

    private async Task ExecuteAsync(
        RunExecution execution, IAnalysisStep step, SemaphoreSlim turns, Guid run,
        ConcurrentDictionary<Guid, Running> running, CancellationToken over, CancellationToken cancellationToken)
    {
        // First into the table, then to work.
        await Task.Yield();
        try
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                await execution.RunAsync(step, run, over, cancellationToken);
            }
            finally
            {
                turns.Release();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogInterrupted(logger, run);
        }
        catch (Exception e)
        {
            // It is unfinished and goes on after the next start; the other runs go on now.
            LogStopped(logger, run, e);
        }
        finally
        {
            running.TryRemove(run, out _);
        }
    }

    /// <summary>A run in work.</summary>
    /// <param name="Work">Ends with the run, or with the worker.</param>
    /// <param name="Over">Cancelled when the run has ended, by whomever.</param>
    private sealed record Running(Task Work, CancellationTokenSource Over);

    [LoggerMessage(EventId = 6001, Level = LogLevel.Information, Message = "Run {Run} goes on after the next start")]
    private static partial void LogInterrupted(ILogger logger, Guid run);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "Run {Run} cannot go on before the next start")]
    private static partial void LogStopped(ILogger logger, Guid run, Exception exception);
}
