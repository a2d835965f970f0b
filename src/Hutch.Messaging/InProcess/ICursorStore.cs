namespace Hutch.Messaging.InProcess;

/// <summary>Keeps how far each queue has been read. A lost or older position only means that messages are handed out again.</summary>
public interface ICursorStore
{
    ValueTask<long?> LoadAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Sets the first position of a queue, unless it has a position. Returns, after it is durable, the one that it has.</summary>
    ValueTask<long> BeginAsync(string queue, long position, CancellationToken cancellationToken);

    /// <summary>Sets the position of a queue. Returns after it is durable.</summary>
    ValueTask SaveAsync(string queue, long position, CancellationToken cancellationToken);

    ValueTask DeleteAsync(string queue, CancellationToken cancellationToken);
}
