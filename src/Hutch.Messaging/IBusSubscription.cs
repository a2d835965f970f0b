namespace Hutch.Messaging;

/// <summary>A reader of a queue. Disposing it returns unanswered messages.</summary>
public interface IBusSubscription : IAsyncDisposable
{
    /// <summary>Messages as they come; ends only when cancelled, or throws when the bus fails. To be called once.</summary>
    IAsyncEnumerable<Delivery> ReadAsync(CancellationToken cancellationToken);
}
