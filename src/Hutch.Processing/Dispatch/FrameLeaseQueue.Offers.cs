using Hutch.Model.Analyses;

namespace Hutch.Processing.Dispatch;

/// <content>The arrival of frames, and the choice of skipped ones.</content>
internal sealed partial class FrameLeaseQueue
{
    /// <summary>Sets the counts of a run before its frames come.</summary>
    public void Begin(PendingFrames run, long done, long? total)
    {
        lock (_gate)
        {
            (run.Done, run.Total) = (done, total);
        }
    }

    /// <summary>Adds a frame. It waits while many others do, unless the run skips some of those.</summary>
    public async ValueTask<IReadOnlyList<FrameWork>> OfferAsync(PendingFrames run, FrameWork frame, CancellationToken ct)
    {
        IReadOnlyList<FrameWork> skipped = SkipExcess(run);
        await run.Capacity.WaitAsync(ct);
        lock (_gate)
        {
            if (run is { Queued: 0, Open: 0 })
            {
                run.Moved = time.GetTimestamp();
            }

            run.Fresh.Add(frame with { Since = time.GetTimestamp() });
            run.Newest = Math.Max(run.Newest, frame.Frame.Number);
            WakeWaiters();
        }

        return skipped;
    }

    public SkippedFrames Skipped(PendingFrames run)
    {
        lock (_gate)
        {
            return run.ToSkipped();
        }
    }

    public void EndOffers(PendingFrames run)
    {
        lock (_gate)
        {
            run.IsFed = true;
            EndIfDone(run);
        }
    }

    private IReadOnlyList<FrameWork> SkipExcess(PendingFrames run)
    {
        lock (_gate)
        {
            if (run.Fresh.Count < PendingFrames.MaxFramesAhead)
            {
                return [];
            }

            IReadOnlyList<FrameWork> gone = run.Fresh.LetGo();
            foreach (FrameWork frame in gone)
            {
                run.Skipped.Add(frame.Frame.Number);
            }

            if (gone.Count > 0)
            {
                run.Capacity.Release(gone.Count);
            }

            return gone;
        }
    }
}
