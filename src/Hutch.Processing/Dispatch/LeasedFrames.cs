namespace Hutch.Processing.Dispatch;

/// <summary>A lease and its frames without a row.</summary>
/// <remarks>Changes under the lock of its queue.</remarks>
internal sealed class LeasedFrames(FrameLease lease, PendingFrames run, ConnectedWorker worker, List<TriedFrame> open)
{
    public FrameLease Lease => lease;

    public PendingFrames Run => run;

    public ConnectedWorker Worker => worker;

    public List<TriedFrame> Open => open;

    public DateTimeOffset Expires { get; set; } = DateTimeOffset.MaxValue;

    public ITimer? Timer { get; set; }
}
