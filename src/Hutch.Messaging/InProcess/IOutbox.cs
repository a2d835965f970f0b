namespace Hutch.Messaging.InProcess;

/// <summary>The durable, ordered events that the bus inside one process reads, and to which it publishes.</summary>
public interface IOutbox
{
    /// <summary>The place of the newest line; 0 when there is none.</summary>
    ValueTask<long> NewestAsync(CancellationToken cancellationToken);

    /// <summary>Lines after a place as they come, those that are kept; ends only when cancelled.</summary>
    /// <param name="after">The last place that the reader knows.</param>
    /// <param name="topics">The topics that are wanted; published messages come in any case. Empty for none, null for all.</param>
    IAsyncEnumerable<OutboxMessage> ReadAsync(long after, IReadOnlyCollection<string>? topics, CancellationToken cancellationToken);

    /// <summary>Returns the first published messages after a place that are kept now, without events.</summary>
    ValueTask<IReadOnlyList<OutboxMessage>> PublishedAsync(long after, int most, CancellationToken cancellationToken);

    /// <summary>Retains all lines after a position until a later position is given.</summary>
    void RetainAfter(long sequence);

    /// <summary>Adds a published message. Returns after it is durable.</summary>
    ValueTask PublishAsync(
        string queue, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
