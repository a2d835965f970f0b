using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Http;

namespace Hutch.Federation.Doors;

/// <summary>The handlers of all requests between sites, by path.</summary>
internal sealed class SiteRoutes(SiteRegistry registry)
{
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);

    /// <summary>Adds a handler. It gets the key of the sender, which can be a stranger's.</summary>
    public void Add<TRequest, TAnswer>(
        PeerCall<TRequest, TAnswer> call, Func<BlobHash, TRequest, CancellationToken, Task<Result<TAnswer>>> handler) =>
        _routes.Add(call.Path, new Route(
            call.By,
            (http, key) => SiteAnswers.DoAsync(http, call, (request, ct) => handler(key, request, ct))));

    public void Add<TRequest>(
        PeerStream<TRequest> call, Func<BlobHash, TRequest, CancellationToken, Task<Result<TarAnswer>>> handler) =>
        _routes.Add(call.Path, new Route(
            PeerRole.Site, (http, key) => SiteAnswers.StreamAsync(http, call, (request, ct) => handler(key, request, ct))));

    /// <summary>Adds a handler that writes the answer itself.</summary>
    public void Add<TRequest>(PeerStream<TRequest> call, Func<HttpContext, BlobHash, TRequest, Task> handler) =>
        _routes.Add(call.Path, new Route(
            PeerRole.Site, async (http, key) => await handler(http, key, await SiteAnswers.ReadAsync(http, call.Request))));

    /// <summary>Answers a request.</summary>
    /// <exception cref="HutchException">No handler has its path, or it is for the zone and this is another site.</exception>
    public Task AnswerAsync(HttpContext http, BlobHash key)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || !_routes.TryGetValue(http.Request.Path.Value ?? "", out Route? route))
        {
            throw ErrorCode.NotFound.With("There is no such request between sites.").ToException();
        }

        return route.By == PeerRole.Zone && registry.Zone is { } zone
            ? throw ErrorCode.Forbidden.With($"This server is a site of the zone at {zone.Address}: send the request to the zone.")
                .ToException()
            : route.AnswerAsync(http, key);
    }

    private sealed record Route(PeerRole By, Func<HttpContext, BlobHash, Task> AnswerAsync);
}
