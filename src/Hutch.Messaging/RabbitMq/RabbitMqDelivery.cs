namespace Hutch.Messaging.RabbitMq;

internal sealed class RabbitMqDelivery(RabbitMqReader owner, ulong tag, BusMessage message, int attempt) : Delivery
{
    private int _answered;

    public override BusMessage Message => message;

    public override int Attempt => attempt;

    internal ulong Tag => tag;

    public override ValueTask AckAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _answered, 1) == 0 ? owner.AckAsync(this, cancellationToken) : ValueTask.CompletedTask;

    public override ValueTask NackAsync(bool requeue, string reason, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _answered, 1) == 0 ? owner.NackAsync(this, requeue, reason, cancellationToken) : ValueTask.CompletedTask;
}
