namespace Hutch.Messaging;

/// <summary>
/// A message that was handed out. It stays the reader's until it is answered; what is not answered when the reader goes, or the
/// process ends, is handed out again. Answering twice changes nothing.
/// </summary>
public abstract class Delivery
{
    public abstract BusMessage Message { get; }

    /// <summary>
    /// How often it was handed out, this time included; from 1. Inside one process a restart begins at 1 again; a broker goes on counting.
    /// </summary>
    public abstract int Attempt { get; }

    /// <summary>Done with: it is not handed out again, except after a crash shortly afterwards.</summary>
    public abstract ValueTask AckAsync(CancellationToken cancellationToken);

    /// <summary>Not done.</summary>
    /// <param name="requeue">
    /// True: hand it out again (until <see cref="BusQueue.MaxDeliveries"/>). False: give it up as a dead letter.
    /// </param>
    /// <param name="reason">Why, in a sentence: it stands in the dead letter, under <see cref="DeadLetter.ReasonHeader"/>.</param>
    public abstract ValueTask NackAsync(bool requeue, string reason, CancellationToken cancellationToken);
}
