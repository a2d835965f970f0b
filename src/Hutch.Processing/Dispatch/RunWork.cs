using System.Threading.Channels;
using Hutch.Model.Analyses;
using Hutch.Processing.Runs;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Processing.Dispatch;

/// <summary>The frames of a run that are not done. What changes in it changes under the lock of its board.</summary>
internal sealed class RunWork(ActiveRun run, TimeProvider time)
{
    /// <summary>Frames that are known and wait for a worker, at most; the others wait where they are stored.</summary>
    public const int MaxFramesAhead = 256;

    public ActiveRun Run => run;

    /// <summary>Room for frames that wait.</summary>
    public SemaphoreSlim Room { get; } = new(MaxFramesAhead, MaxFramesAhead);

    /// <summary>Frames that no worker has had.</summary>
    public FrameQueue Fresh { get; } = new(RunSelection.Policy(run.Description));

    /// <summary>Frames that were let go, as the run wants it, when there was no room for more.</summary>
    public FrameSet Skipped { get; } = new();

    /// <summary>Frames that a worker returned, or whose worker fell silent.</summary>
    public Queue<TriedFrame> Again { get; } = new();

    /// <summary>Frames whose next failure is the last: each goes to a worker that has nothing else, so that no other is blamed.</summary>
    public Queue<TriedFrame> Suspects { get; } = new();

    /// <summary>Frames that are given up. Ends with the run; with the reason, when a worker says that no frame of it can be done.</summary>
    public Channel<TriedFrame> Lost { get; } = Channel.CreateUnbounded<TriedFrame>();

    /// <summary>Rows on their way to the results.</summary>
    public Channel<FinishedFrame>? Rows { get; set; }

    /// <summary>Ends when a worker wants the run for the first time.</summary>
    public TaskCompletionSource Wanted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when all delivered rows have been written, or never will be.</summary>
    public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True if nothing remains to be done.</summary>
    public bool IsOver { get; set; }

    /// <summary>Frames that were handed out and have no row on its way to the results.</summary>
    public int Open { get; set; }

    /// <summary>True if no more frames come.</summary>
    public bool IsFed { get; set; }

    /// <summary>The largest number of a frame that is known.</summary>
    public int Newest { get; set; }

    /// <summary>From the receipt of a frame by its capture to its row published.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Frames in the input; null while it is followed, or has not been looked at.</summary>
    public long? Total { get; set; }

    /// <summary>Frames that have a row.</summary>
    public long Done { get; set; }

    /// <summary>Frames that were given up.</summary>
    public long GivenUp { get; set; }

    public RecentRate Rate { get; } = new(time);

    /// <summary>When a frame was taken or its row came, or there was nothing to do.</summary>
    public long Moved { get; set; } = time.GetTimestamp();

    /// <summary>Frames that are known and wait for a worker.</summary>
    public int Queued => Fresh.Count + Again.Count + Suspects.Count;

    /// <summary>Since when the oldest of these is there; null when there is none.</summary>
    public long? OldestSince
    {
        get
        {
            long oldest = long.MaxValue;
            oldest = Fresh.Oldest is { } fresh ? Math.Min(oldest, fresh.Since) : oldest;
            oldest = Again.TryPeek(out TriedFrame again) ? Math.Min(oldest, again.Work.Since) : oldest;
            oldest = Suspects.TryPeek(out TriedFrame suspect) ? Math.Min(oldest, suspect.Work.Since) : oldest;
            return oldest == long.MaxValue ? null : oldest;
        }
    }

    /// <summary>True if frames wait for a worker.</summary>
    public bool IsBehind => Fresh.Count > 0;

    /// <summary>Returns the progress.</summary>
    /// <param name="lent">The frames that workers have.</param>
    public RunProgress ToProgress(IEnumerable<TriedFrame> lent) => new(
        Queued,
        Open,
        Newest,
        Fresh.Concat(Again.Concat(Suspects).Concat(lent).Select(tried => tried.Work)).Min(
            work => FrameReceipt.Find(work.Frame.Entry.UserMetadata)),
        Latency.Count,
        Latency.Milliseconds(0.5),
        Latency.Milliseconds(0.99),
        ToSkipped());

    /// <summary>Returns the frames that it has skipped so far.</summary>
    public SkippedFrames ToSkipped() =>
        Skipped.Count == 0 ? SkippedFrames.None : new(Skipped.Count, [.. Skipped.Ranges.Take(SkippedFrames.MaxRanges)]);
}

/// <summary>A frame that was handed out before.</summary>
/// <param name="Work">The frame.</param>
/// <param name="Failures">How often its worker fell silent.</param>
/// <param name="Reason">What happened the last time; null for nothing.</param>
internal readonly record struct TriedFrame(FrameWork Work, int Failures, string? Reason);
