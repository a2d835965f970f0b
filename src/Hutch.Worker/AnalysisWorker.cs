namespace Hutch.Worker;

/// <summary>
/// Analyses the frames of runs of its analysis steps, wherever the frames and runs come from. Each run that it takes part in has loops of
/// its own; the threads and the memory of images are shared.
/// </summary>
public sealed partial class AnalysisWorker(
    IFrameLeaseSource source, IEnumerable<IAnalysisStep> steps, ImageMemory images, AnalysisWorkerOptions options, TimeProvider time,
    ILogger<AnalysisWorker> logger)
{
    /// <summary>A run that this worker failed at is left alone for so long.</summary>
    private static readonly TimeSpan AvoidFor = TimeSpan.FromSeconds(30);

    internal ImageMemory Images => images;

    /// <summary>Processes runs until cancelled; then returns its leases.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var threads = new ComputeThreads(options.UsedThreads);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Dictionary<string, IAnalysisStep> byProgram = steps.ToDictionary(step => step.Declaration.Program, StringComparer.Ordinal);
        HashSet<string> programs = [.. byProgram.Keys];
        var running = new ConcurrentDictionary<Guid, Lazy<Task>>();
        try
        {
            while (true)
            {
                // Asked anew each time: a run that this worker has left may have come back.
                if (await source.LeaseFirstAsync([.. running.Keys], programs, stop.Token) is { } first)
                {
                    var execution = new RunExecution(source, byProgram[first.Program], threads, Images, time, logger);

                    // First into the table, then to work: what ends takes itself off.
                    _ = running.GetOrAdd(first.Run, new Lazy<Task>(() => ExecuteAsync(execution, first, running, stop.Token))).Value;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running.Values.Select(run => run.Value));
        }
    }

    private async Task ExecuteAsync(
        RunExecution execution, FrameLease first, ConcurrentDictionary<Guid, Lazy<Task>> running, CancellationToken cancellationToken)
    {
        // The worker asks for other runs during this time.
        await Task.Yield();
        try
        {
            await execution.RunAsync(first, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Its frames are given back.
        }
        catch (Exception e)
        {
            LogFailed(logger, first.Run, e);
            await Task.Delay(AvoidFor, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            running.TryRemove(first.Run, out _);
        }
    }

    [LoggerMessage(EventId = 6108, Level = LogLevel.Error, Message = "The worker leaves run {Run} alone for a while")]
    private static partial void LogFailed(ILogger logger, Guid run, Exception exception);
}
