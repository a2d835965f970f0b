namespace Hutch.Messaging;

/// <param name="Unacknowledged">
/// Delivered messages without an answer; null for a queue that other programs read, since the broker reports it only to its management
/// plug-in.
/// </param>
public sealed record QueueDepth(string Name, long Ready, int? Unacknowledged, int Consumers, bool IsDeadLetters)
{
    public QueueState State => this switch
    {
        { Ready: 0 } => QueueState.Ok,
        { IsDeadLetters: true } => QueueState.DeadLetters,
        { Consumers: 0 } => QueueState.WithoutReader,
        _ => QueueState.Ok,
    };
}

public enum QueueState
{
    /// <summary>It is empty, or has a reader.</summary>
    Ok,

    /// <summary>Messages wait without a reader.</summary>
    WithoutReader,

    /// <summary>It has what another queue gave up.</summary>
    DeadLetters,
}
