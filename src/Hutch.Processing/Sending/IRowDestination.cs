using Hutch.Model.Site;

namespace Hutch.Processing.Sending;

/// <summary>
/// Somewhere that the result rows of one run go to after they are durable: the queues of its recipe, an address, a socket. Each has its
/// own place in the rows, so that a slow one holds up no other.
/// </summary>
internal interface IRowDestination
{
    /// <summary>The name of its stored position, unique among the destinations of the run.</summary>
    string Name { get; }

    /// <summary>Sends rows, in order, and waits until they are taken.</summary>
    /// <returns>How many have gone; fewer when it has given up, and no more can go.</returns>
    /// <exception cref="Model.HutchException">They may not go there.</exception>
    Task<int> SendAsync(IReadOnlyList<SiteResult> rows, CancellationToken ct);

    /// <summary>Says that all rows have gone.</summary>
    /// <param name="rows">How many they are.</param>
    /// <returns>False when it has given up.</returns>
    Task<bool> EndAsync(long rows, CancellationToken ct);

    /// <summary>Explains, for a reader, why rows were not sent.</summary>
    string Explain(long rows);
}
