namespace Hutch.Storage.Segments;

internal sealed class PendingAppend(SegmentGroup group)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SegmentGroup Group => group;

    public Task Done => _done.Task;

    public void Complete(Exception? error)
    {
        if (error is null)
        {
            _done.SetResult();
        }
        else
        {
            _done.SetException(error);
        }
    }
}
