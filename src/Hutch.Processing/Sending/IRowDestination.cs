namespace Hutch.Processing.Sending;

/// <summary>
/// A destination of one run's result rows after they are durable: the queues of its recipe, an address, a socket. Each has its own position
/// in the rows, so that a slow one delays no other.
/// </summary>
internal interface IRowDestination
{
    /// <summary>The name of its stored position, unique among the destinations of the run.</summary>
    string Name { get; }

    /// <summary>Sends rows, in order, and waits until they are accepted.</summary>
    /// <returns>The number of accepted rows; fewer when it has given up, and sends no more.</returns>
    /// <exception cref="Model.HutchException">They are not allowed there.</exception>
    Task<int> SendAsync(IReadOnlyList<SiteResult> rows, CancellationToken ct);

    Task<bool> EndAsync(long rows, CancellationToken ct);

    /// <summary>Explains, for a reader, why rows were not sent.</summary>
    string Explain(long rows);
}
