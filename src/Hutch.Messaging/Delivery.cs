namespace Hutch.Messaging;

/// <summary>
/// A delivered message. The reader owns it until it answers; unanswered messages are delivered again when the reader or the process ends.
/// Answering twice changes nothing.
/// </summary>
public abstract class Delivery
{
    public abstract BusMessage Message { get; }

    /// <summary>The number of this delivery, from 1. Inside one process a restart begins at 1 again; a broker continues counting.</summary>
    public abstract int Attempt { get; }

    /// <summary>Done with: it is not handed out again, except after a crash shortly afterwards.</summary>
    public abstract ValueTask AckAsync(CancellationToken cancellationToken);

    /// <param name="requeue">True to deliver it again (until <see cref="BusQueue.MaxDeliveries"/>); false to make it a dead letter.</param>
    /// <param name="reason">The reason, in a sentence, for <see cref="DeadLetter.ReasonHeader"/>.</param>
    public abstract ValueTask NackAsync(bool requeue, string reason, CancellationToken cancellationToken);
}
