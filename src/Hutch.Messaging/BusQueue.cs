namespace Hutch.Messaging;

/// <summary>A durable queue: its name, what flows into it, and how it is read.</summary>
public sealed record BusQueue
{
    public const string DeadLetterPrefix = "dead.";

    public const string ZocaloDeadLetterPrefix = "dlq.";

    /// <summary>The prefix of queues that are deleted with the program that made them, such as one for replies.</summary>
    public const string TemporaryPrefix = "transient.";

    public static bool IsDeadLetters(string name) => OriginOf(name) is not null;

    /// <summary>Returns the queue whose dead letters a queue has; null for a queue of other messages.</summary>
    public static string? OriginOf(string deadLetters)
    {
        int prefix = deadLetters.StartsWith(DeadLetterPrefix, StringComparison.Ordinal) ? DeadLetterPrefix.Length
            : deadLetters.StartsWith(ZocaloDeadLetterPrefix, StringComparison.Ordinal) ? ZocaloDeadLetterPrefix.Length
            : 0;
        return prefix > 0 && deadLetters.Length > prefix ? deadLetters[prefix..] : null;
    }

    /// <summary>Its name, unique on the bus: letters, digits, dots, dashes.</summary>
    public required string Name { get; init; }

    /// <summary>The events that flow into it; messages published to its name always do.</summary>
    public IReadOnlyList<BusBinding> Bindings { get; init; } = [];

    /// <summary>The most messages that are handed out and not answered yet.</summary>
    public int Prefetch { get; init; } = 64;

    /// <summary>The number of deliveries of a message before it goes to <see cref="DeadLetters"/>.</summary>
    public int MaxDeliveries { get; init; } = 5;

    /// <summary>
    /// True if several readers share it, each message going to one of them. Inside one process there is always one reader.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>The queue that takes what this one gave up.</summary>
    public string DeadLetters
    {
        get => field ?? DeadLetterPrefix + Name;
        init;
    }
}
