using Hutch.Processing.Runs;

namespace Hutch.Processing.Dispatch;

/// <summary>
/// Writes the rows of one run, many in a commit: while one group is being synced, the next rows gather. While frames wait for a processor,
/// rows gather for a moment longer, since a commit of one row costs as much processor time as reading a frame.
/// </summary>
internal sealed partial class ResultWriter(
    RunRegistry runs, PendingFrames work, RunDispatchOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(20);

    private readonly RetryPolicy _retry = RetryPolicy.Every(TimeSpan.FromMilliseconds(options.RetryMilliseconds), time);
    private readonly Guid _run = work.Run.Id;
    private readonly DatasetId _output = work.Run.Output;

    /// <summary>Writes rows until there are no more.</summary>
    /// <param name="isBehind">Returns true if frames wait, so that more rows are certain to come.</param>
    /// <exception cref="HutchException">The dataset of the results can no longer be written to.</exception>
    public async Task RunAsync(ChannelReader<FinishedFrame> finished, Func<bool> isBehind, CancellationToken cancellationToken)
    {
        var batch = new List<FinishedFrame>();
        while (await finished.WaitToReadAsync(cancellationToken))
        {
            batch.Clear();
            Task? moment = null;
            do
            {
                while (batch.Count < options.MaxRowsPerCommit && finished.TryRead(out FinishedFrame frame))
                {
                    batch.Add(frame);
                }
            }
            while (batch.Count < options.MaxRowsPerCommit && isBehind()
                && await IsMoreAsync(finished, moment ??= Task.Delay(GatherFor, time, cancellationToken), cancellationToken));

            await WriteAsync(batch, cancellationToken);
        }
    }

    private static async Task<bool> IsMoreAsync(ChannelReader<FinishedFrame> finished, Task moment, CancellationToken cancellationToken)
    {
        Task<bool> next = finished.WaitToReadAsync(cancellationToken).AsTask();
        return await Task.WhenAny(next, moment) == next && await next;
    }

    private async Task WriteAsync(List<FinishedFrame> batch, CancellationToken cancellationToken)
    {
        FrameResult[] rows = [.. batch.Select(frame => new FrameResult(frame.Work.Frame.Number, frame.Row))];
        await UntilTakenAsync(ct => runs.AddResultsAsync(_run, _output, rows, ct), cancellationToken);
        Measure(batch);
        foreach (FinishedFrame frame in batch)
        {
            if (frame.Work.News is { } news)
            {
                await news.AckAsync(cancellationToken);
            }

            frame.Counter?.Add();
        }
    }

    /// <summary>Counts the age of the frames whose rows are readable from now on.</summary>
    private void Measure(List<FinishedFrame> batch)
    {
        DateTimeOffset published = time.GetUtcNow();
        foreach (FinishedFrame frame in batch)
        {
            if (FrameReceipt.Find(frame.Work.Frame.Entry.UserMetadata) is { } received)
            {
                work.Latency.Add(published - received);
            }
        }
    }

    /// <summary>Repeats a commit that the site cannot take now (a full disk, a failed sync); a repetition changes nothing.</summary>
    /// <exception cref="HutchException">It was refused permanently.</exception>
    public async Task<T> UntilTakenAsync<T>(Func<CancellationToken, Task<Result<T>>> commit, CancellationToken cancellationToken)
    {
        Result<T> outcome = await _retry.RunAsync(
            commit, static error => error.Code.Status >= 500, error => LogWaiting(logger, _run, error.Message), cancellationToken);
        return outcome.Value;
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Warning, Message = "Run {Run} waits, its results could not be stored: {Reason}")]
    private static partial void LogWaiting(ILogger logger, Guid run, string reason);
}

/// <param name="Counter">Notified when the row is durable; null when no caller waits for that.</param>
internal readonly record struct FinishedFrame(FrameWork Work, JsonElement Row, DurableRowCounter? Counter = null);

/// <summary>Counts rows that become durable.</summary>
/// <param name="count">The number of rows to wait for, at least 1.</param>
internal sealed class DurableRowCounter(int count)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    /// <summary>Ends when all rows are durable.</summary>
    public Task All => _all.Task;

    public void Add()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _all.SetResult();
        }
    }
}
