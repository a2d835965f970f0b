namespace Hutch.Storage.Segments;

/// <summary>A group that waits for its lane.</summary>
internal sealed class PendingAppend(SegmentGroup group)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SegmentGroup Group => group;

    public Task Done => _done.Task;

    public void Succeed() => _done.TrySetResult();

    public void Fail(Exception error) => _done.TrySetException(error);
}
