namespace Hutch.Messaging.InProcess;

/// <param name="Sequence">Its position; grows.</param>
/// <param name="Queue">For a published message: the queue it was published to; null for an event.</param>
public sealed record OutboxMessage(long Sequence, string? Queue, BusMessage Message);
