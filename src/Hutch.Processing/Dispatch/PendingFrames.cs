using Hutch.Processing.Runs;

namespace Hutch.Processing.Dispatch;

/// <summary>The unfinished frames of a run. Its mutable state changes under the lock of its board.</summary>
internal sealed class PendingFrames(ActiveRun run, TimeProvider time)
{
    /// <summary>The most known frames that wait for a worker; the others wait where they are stored.</summary>
    public const int MaxFramesAhead = 256;

    public ActiveRun Run => run;

    public SemaphoreSlim Capacity { get; } = new(MaxFramesAhead, MaxFramesAhead);

    public FrameQueue Fresh { get; } = new(RunSelection.Policy(run.Description));

    /// <summary>Frames that were skipped for lack of slots, as the run allows it.</summary>
    public FrameSet Skipped { get; } = new();

    /// <summary>Frames that a worker returned, or whose worker fell silent.</summary>
    public Queue<TriedFrame> Again { get; } = new();

    /// <summary>Frames whose next failure is the last: each goes to a worker that has nothing else, so that no other is blamed.</summary>
    public Queue<TriedFrame> PoisonFrames { get; } = new();

    /// <summary>
    /// Frames that are given up. Ends with the run; with the reason, when a worker reports that none of its frames can be analysed.
    /// </summary>
    public Channel<TriedFrame> Lost { get; } = Channel.CreateUnbounded<TriedFrame>();

    public Channel<FinishedFrame>? Rows { get; set; }

    /// <summary>Ends when a worker wants the run for the first time.</summary>
    public TaskCompletionSource Demand { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when all delivered rows have been written, or never will be.</summary>
    public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOver { get; set; }

    /// <summary>Frames that were handed out and have no row on its way to the results.</summary>
    public int Open { get; set; }

    public bool IsFed { get; set; }

    /// <summary>The largest number of a frame that is known.</summary>
    public int Newest { get; set; }

    /// <summary>The time from the receipt of a frame by its capture to its published row.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Frames in the input; null while it is followed, or was not listed yet.</summary>
    public long? Total { get; set; }

    public long Done { get; set; }

    public long PoisonCount { get; set; }

    public RecentRate Rate { get; } = new(time);

    /// <summary>The last time at which a frame was taken, its row came, or there was nothing to do.</summary>
    public long Moved { get; set; } = time.GetTimestamp();

    public int Queued => Fresh.Count + Again.Count + PoisonFrames.Count;

    /// <summary>The time since which the oldest waiting frame is there; null for none.</summary>
    public long? OldestSince
    {
        get
        {
            long oldest = long.MaxValue;
            oldest = Fresh.Oldest is { } fresh ? Math.Min(oldest, fresh.Since) : oldest;
            oldest = Again.TryPeek(out TriedFrame again) ? Math.Min(oldest, again.Work.Since) : oldest;
            oldest = PoisonFrames.TryPeek(out TriedFrame suspect) ? Math.Min(oldest, suspect.Work.Since) : oldest;
            return oldest == long.MaxValue ? null : oldest;
        }
    }

    public bool IsBehind => Fresh.Count > 0;

    public RunProgress ToProgress(IEnumerable<TriedFrame> lent) => new(
        Queued,
        Open,
        Newest,
        Fresh.Concat(Again.Concat(PoisonFrames).Concat(lent).Select(tried => tried.Work)).Min(
            work => FrameReceipt.Find(work.Frame.Entry.UserMetadata)),
        Latency.Count,
        Latency.Milliseconds(0.5),
        Latency.Milliseconds(0.99),
        ToSkipped());

    public SkippedFrames ToSkipped() =>
        Skipped.Count == 0 ? SkippedFrames.None : new(Skipped.Count, [.. Skipped.Ranges.Take(SkippedFrames.MaxRanges)]);
}

/// <summary>A frame that was handed out before.</summary>
internal readonly record struct TriedFrame(FrameWork Work, int Failures, string? Reason);
