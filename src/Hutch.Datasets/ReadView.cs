using Hutch.Zone.Changes;

namespace Hutch.Datasets;

/// <summary>The state of the zone and the site that one request sees: everything that was acknowledged before it came.</summary>
public sealed class ReadView
{
    private readonly ZoneChanges _zone;
    private readonly ReadIndex _site;

    internal ReadView(ZoneChanges zone, ReadIndex site) => (_zone, _site) = (zone, site);

    /// <summary>
    /// Every door calls this before it answers: an answer, a refusal and a list then show whatever any server of the site had acknowledged
    /// before. Complete at once where there is one server.
    /// </summary>
    /// <exception cref="Hutch.Model.HutchException">The other servers' changes cannot be read now.</exception>
    public ValueTask SyncViewAsync(CancellationToken ct)
    {
        // Both are asked at the same time.
        ValueTask zone = _zone.SyncViewAsync(ct);
        ValueTask site = _site.AwaitAsync(ct);
        return zone.IsCompletedSuccessfully ? site : new ValueTask(Task.WhenAll(site.AsTask(), zone.AsTask()));
    }

    /// <summary>
    /// Every door calls this when a request comes, and disposes of the result when it is answered: until then the zone is asked only once
    /// whether it has changed.
    /// </summary>
    public IDisposable? BeginRequest() => _zone.BeginRequest();
}
