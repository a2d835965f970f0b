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

    /// <summary>Ends when the buffer was given back; null as long as nobody asked for it.</summary>
    public Task? GivenBack { get; private set; }

    /// <summary>Asks for the buffer. What its owner does then is done in the owner's name, whoever asks.</summary>
    public void Ask()
    {
        if (_flow is null)
        {
            GivenBack = Task.Run(_giveBack);
            return;
        }

        ExecutionContext.Run(_flow, static wait => ((PayloadWait)wait!).GivenBack = Task.Run(((PayloadWait)wait)._giveBack), this);
    }
}
