namespace Hutch.Messaging.InProcess;

internal sealed class OutboxDelivery(OutboxSubscription owner, OutboxMessage line, int attempt) : Delivery
{
    private int _answered;

    public override BusMessage Message => line.Message;

    public override int Attempt => attempt;

    internal OutboxMessage Line => line;

    public override ValueTask AckAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _answered, 1) == 0 ? owner.AckAsync(this, cancellationToken) : ValueTask.CompletedTask;

    public override ValueTask NackAsync(bool requeue, string reason, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _answered, 1) == 0 ? owner.NackAsync(this, requeue, reason, cancellationToken) : ValueTask.CompletedTask;
}
