namespace Hutch.Storage.Payloads;

/// <summary>A wait for the network during which the pool may ask for a buffer back.</summary>
internal sealed class PayloadWait
{
    private readonly Func<Task> _giveBack;
    private readonly ExecutionContext? _flow = ExecutionContext.Capture();

    public PayloadWait(PayloadBuffer buffer, Func<Task> giveBack)
    {
        Buffer = buffer;
        _giveBack = giveBack;
        Place = new LinkedListNode<PayloadWait>(this);
    }

    public PayloadBuffer Buffer { get; }

    public LinkedListNode<PayloadWait> Place { get; }

    /// <summary>Completes when the buffer was returned; null if it was not recalled.</summary>
    public Task? Returned { get; private set; }

    /// <summary>Recalls the buffer. The owner's work on return runs on the owner's account.</summary>
    public void Reclaim()
    {
        if (_flow is null)
        {
            Returned = Task.Run(_giveBack);
            return;
        }

        ExecutionContext.Run(_flow, static wait => ((PayloadWait)wait!).Returned = Task.Run(((PayloadWait)wait)._giveBack), this);
    }
}
