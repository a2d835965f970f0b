namespace Hutch.Messaging.InProcess;

/// <summary>A line of the outbox.</summary>
/// <param name="Sequence">Its place; grows.</param>
/// <param name="Queue">For a published message: the queue it was published to; null for an event.</param>
/// <param name="Message">What is told.</param>
public sealed record OutboxMessage(long Sequence, string? Queue, BusMessage Message);
