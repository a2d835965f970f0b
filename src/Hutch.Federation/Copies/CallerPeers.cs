using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Copies;

/// <summary>Connections to other sites for requests on behalf of callers here. Thread-safe.</summary>
internal sealed class CallerPeers(SiteKeyStore keys, PeerConnections connections) : IDisposable
{
    private readonly Lock _gate = new();
    private HomePeers? _peers;

    public SiteRegistry Registry => connections.Registry;

    public TimeProvider Time => connections.Time;

    /// <summary>Finds the home of a dataset. A refusal gives the reason why it cannot be reached.</summary>
    public async Task<Result<SiteClient>> FindHomeAsync(NameRecord dataset, CancellationToken ct) =>
        await (await OpenAsync(ct)).FindClientAsync(dataset, ct);

    public async Task<Result<SiteClient>> FindSiteAsync(string siteId, CancellationToken ct) =>
        await (await OpenAsync(ct)).FindClientAsync(siteId, ct);

    /// <summary>Finds the zone that this site has joined.</summary>
    public Task<Result<SiteClient>> FindZoneAsync(CancellationToken ct) => Registry.Zone is { } joined
        ? FindSiteAsync(joined.Zone, ct)
        : throw new InvalidOperationException("A zone sends no requests to itself.");

    /// <summary>Sends a request to the zone.</summary>
    /// <param name="timeout">The longest wait for the answer.</param>
    /// <param name="duty">The duty of the zone that the request is about, for the refusal of a zone that does not answer.</param>
    public async Task<Result<TAnswer>> CallZoneAsync<TRequest, TAnswer>(
        AnswerTimeout timeout, string duty, PeerCall<TRequest, TAnswer> call, TRequest request, CancellationToken ct) =>
        (await FindZoneAsync(ct)).TryGet(out SiteClient? zone, out HutchError? refusal)
            ? await timeout.CallAsync(zone, $"The zone at {zone.Address}{duty}", call, request, ct)
            : refusal;

    public void Dispose() => _peers?.Dispose();

    private async ValueTask<HomePeers> OpenAsync(CancellationToken ct)
    {
        SiteKey key = await keys.GetAsync(ct);
        lock (_gate)
        {
            return _peers ??= new HomePeers(key, connections);
        }
    }
}
