namespace Hutch.Messaging;

/// <summary>A durable queue: its name, what flows into it, and how it is read.</summary>
public sealed record BusQueue
{
    /// <summary>What the names of queues of dead letters begin with.</summary>
    public const string DeadLetterPrefix = "dead.";

    /// <summary>What the names of queues of dead letters begin with beside Zocalo.</summary>
    public const string ZocaloDeadLetterPrefix = "dlq.";

    /// <summary>What the names of queues begin with that go with the program that made them, such as one that waits for replies.</summary>
    public const string TemporaryPrefix = "transient.";

    /// <summary>Whether a queue of this name has what another queue gave up.</summary>
    public static bool IsDeadLetters(string name) =>
        name.StartsWith(DeadLetterPrefix, StringComparison.Ordinal) || name.StartsWith(ZocaloDeadLetterPrefix, StringComparison.Ordinal);

    /// <summary>Its name, unique on the bus: letters, digits, dots, dashes.</summary>
    public required string Name { get; init; }

    /// <summary>The events that flow into it; messages published to its name always do.</summary>
    public IReadOnlyList<BusBinding> Bindings { get; init; } = [];

    /// <summary>The most messages that are handed out and not answered yet.</summary>
    public int Prefetch { get; init; } = 64;

    /// <summary>How often a message is handed out at most; then it goes to <see cref="DeadLetters"/>.</summary>
    public int MaxDeliveries { get; init; } = 5;

    /// <summary>
    /// Whether several readers share it, each message going to one of them. Inside one process there is one reader in any case.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>The queue that takes what this one gave up.</summary>
    public string DeadLetters
    {
        get => field ?? DeadLetterPrefix + Name;
        init;
    }
}
