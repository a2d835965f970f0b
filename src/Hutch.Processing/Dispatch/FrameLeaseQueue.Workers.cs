using Hutch.Site.Platform.Fairness;

namespace Hutch.Processing.Dispatch;

// What the board remembers of leases and workers. What changes in them changes under the lock of the board.
internal sealed partial class FrameLeaseQueue
{
    /// <summary>A lease and its frames without a row.</summary>
    private sealed class LeasedFrames(FrameLease lease, PendingFrames run, Worker worker, List<TriedFrame> open)
    {
        public FrameLease Lease => lease;

        public PendingFrames Run => run;

        public Worker Worker => worker;

        public List<TriedFrame> Open => open;

        public DateTimeOffset Expires { get; set; } = DateTimeOffset.MaxValue;

        public ITimer? Timer { get; set; }
    }

    private sealed class Worker(WorkerName name, string ns, TimeProvider time)
    {
        public WorkerName Name => name;

        public string Namespace => ns;

        public int Leases { get; set; }

        /// <summary>True if its one lease is a frame that may have silenced other workers.</summary>
        public bool HasPoisonFrame { get; set; }

        /// <summary>The run for whose suspect it takes nothing new, so that it has nothing else.</summary>
        public PendingFrames? Waits { get; set; }

        public long Frames { get; set; }

        public RecentRate Rate { get; } = new(time);

        /// <summary>The time of its last row, or at which it took frames and had none.</summary>
        public long Moved { get; set; }

        /// <summary>The time of its last message.</summary>
        public DateTimeOffset Seen { get; set; }

        /// <summary>True if it has been silent since it lost frames.</summary>
        public bool IsSilent { get; set; }
    }
}
