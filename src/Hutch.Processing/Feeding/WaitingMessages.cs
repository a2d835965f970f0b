namespace Hutch.Processing.Feeding;

/// <summary>The messages of a run whose frames were not read yet, and the room for them at the broker.</summary>
internal sealed class WaitingMessages(string queue)
{
    private TaskCompletionSource _change = NewChange();
    private int _count;

    public string Queue => queue;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The most messages that the readers of the queue can take soon.</summary>
    public int Room { get; set; }

    /// <summary>The time of the last question to the broker; null before the first.</summary>
    public long? Asked { get; set; }

    /// <summary>Ends with the next message that waits no more.</summary>
    public Task Change => Volatile.Read(ref _change).Task;

    public void Add() => Interlocked.Increment(ref _count);

    public void Remove()
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Exchange(ref _change, NewChange()).SetResult();
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
