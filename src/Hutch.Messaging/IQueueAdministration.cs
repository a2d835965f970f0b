namespace Hutch.Messaging;

/// <summary>
/// The queues of a bus for its operator, who looks at dead letters, deletes them, or sends them again. Names are those of a broker, with
/// the namespace. Thread-safe.
/// </summary>
public interface IQueueAdministration
{
    /// <summary>The most letters that are shown at once.</summary>
    const int MaxShown = 100;

    /// <summary>The most letters that one request sends again.</summary>
    const int MaxResent = 1000;

    /// <summary>Returns the known queues by name; those of dead letters only while they have some.</summary>
    Task<Result<IReadOnlyList<QueueDepth>>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Looks at the oldest letters of a queue, which stay there.</summary>
    Task<Result<LetterList>> ReadAsync(string queue, int most, CancellationToken cancellationToken);

    /// <summary>Deletes all letters of a queue, and returns their number.</summary>
    Task<Result<long>> DrainAsync(string queue, CancellationToken cancellationToken);

    /// <summary>
    /// Sends the oldest letters of a queue again, in order, to the queue that gave them up. Each is durable there before it is removed
    /// here: a failure in between sends it twice.
    /// </summary>
    Task<Result<ResentLetters>> ResendAsync(string queue, int most, CancellationToken cancellationToken);

    /// <summary>The refusal of a queue that has no dead letters.</summary>
    protected static HutchError NotOfLetters(string queue) => ErrorCode.Unprocessable.With(
        $"{Display.Quote(queue)} is no queue of dead letters: their names begin with "
        + $"'{BusQueue.DeadLetterPrefix}' or '{BusQueue.ZocaloDeadLetterPrefix}'. `hutch queue list` shows them.");

    protected static HutchError NoQueue(string queue) => ErrorCode.NotFound.With($"There is no queue {Display.Quote(queue)}.");

    protected static HutchError NoTarget(string letters, string target) => ErrorCode.NotFound.With(
        $"The letters in {Display.Quote(letters)} cannot be sent again: there is no queue {Display.Quote(target)} any more.");
}

/// <param name="Total">All letters of the queue.</param>
/// <param name="Letters">The oldest ones.</param>
public sealed record LetterList(long Total, IReadOnlyList<LetterSummary> Letters);

/// <param name="Left">The letters that are still in the queue.</param>
public sealed record ResentLetters(long Sent, long Left);
