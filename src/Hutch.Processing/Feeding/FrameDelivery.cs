using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;

namespace Hutch.Processing.Feeding;

/// <summary>One message with the address of a frame, from its sending until its address ends.</summary>
internal sealed class FrameDelivery(FrameLease lease, WorkerName worker, DateTimeOffset expires)
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FrameLease Lease => lease;

    public WorkerName Worker => worker;

    public StoredFrame Frame => lease.Frames[0];

    public DateTimeOffset Expires => expires;

    /// <summary>Ends when the frame was read from its first to its last byte.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Notes that the frame was read; false for the second time.</summary>
    public bool Open() => _opened.TrySetResult();
}
