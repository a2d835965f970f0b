namespace Hutch.Messaging.InProcess;

/// <summary>Keeps how far each queue has been read. A lost or older position only means that messages are handed out again.</summary>
public interface ICursorStore
{
    /// <summary>The position of a queue, or null when there is no such queue.</summary>
    ValueTask<long?> LoadAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Sets the position of a queue. Returns after it is durable.</summary>
    ValueTask SaveAsync(string queue, long position, CancellationToken cancellationToken);

    /// <summary>Forgets a queue.</summary>
    ValueTask DeleteAsync(string queue, CancellationToken cancellationToken);
}
