namespace Hutch.Messaging;

/// <summary>The reading of a queue. Disposing it gives back what was not answered.</summary>
public interface IBusSubscription : IAsyncDisposable
{
    /// <summary>Messages as they come; ends only when cancelled, or throws when the bus fails. To be called once.</summary>
    IAsyncEnumerable<Delivery> ReadAsync(CancellationToken cancellationToken);
}
