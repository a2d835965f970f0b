using Hutch.Doors;
using Hutch.Federation.Wire;
using Hutch.Zone.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Federation.Doors;

/// <summary>
/// Handles requests that sites forward to this one as the home of datasets. The site names the token that was used there, which must be a
/// token for that site; this site decides all else. The zone's own site names the account behind a credential of the zone.
/// </summary>
internal sealed class ForwardedRequestHandler(
    SiteRegistry registry, SiteReaders readers, SiteView view, IForwardedRequests requests, TimeProvider time)
{
    /// <summary>The longest wait for the zone's latest decisions. After it, the view of this site decides, as always.</summary>
    private static readonly TimeSpan CallerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Has the REST door answer a request for the caller that this site has found.</summary>
    public async Task AnswerAsync(HttpContext http, BlobHash key, PathString path)
    {
        Result<Caller> caller = await FindCallerAsync(http, key, path);
        if (!caller.IsOk)
        {
            throw caller.Error.ToException();
        }

        // Its own interface has limits for each operation.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        http.Features.Set(new ForwardedRequest(caller.Value));
        http.Request.Path = path;
        bool isAnswer = true;
        http.Response.OnStarting(() =>
        {
            if (isAnswer)
            {
                http.Response.Headers[SiteProtocol.AnsweredHeader] = "1";
            }

            return Task.CompletedTask;
        });
        try
        {
            await requests.AnswerAsync(http);
        }
        catch (HutchException)
        {
            isAnswer = false;
            throw;
        }
    }

    private async Task<Result<Caller>> FindCallerAsync(HttpContext http, BlobHash key, PathString path) =>
        await registry.FindPeerAsync(key, http.RequestAborted) is not { } site ? SiteRequests.NoSuchSite(key)
        : registry.IsOutdated
            ? ErrorCode.Unavailable.With("This site has not heard from its zone for too long to know which tokens are good.")
        : !path.StartsWithSegments(SiteProtocol.ForwardedRoot, StringComparison.Ordinal)
            ? ErrorCode.NotFound.With("There is no such request between sites.")
        : site.Id == registry.Zone?.Zone ? await FindVouchedAsync(http)
        : await readers.FindAsync(site.Id, http.Request.Headers[SiteProtocol.TokenHeader].ToString(), http.RequestAborted);

    /// <summary>Finds the caller at the zone's own site, by the zone's state at that time.</summary>
    private async Task<Result<Caller>> FindVouchedAsync(HttpContext http)
    {
        if (!ForwardedCaller.TryParse(http.Request.Headers[SiteProtocol.CallerHeader], out ForwardedCaller? vouched)
            || !long.TryParse(
                http.Request.Headers[SiteProtocol.SequenceHeader], NumberStyles.None, CultureInfo.InvariantCulture, out long sequence))
        {
            return ErrorCode.InvalidBody.With("The zone has not said who asks.");
        }

        using var timeout = new CancellationTokenSource(CallerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, http.RequestAborted);
        try
        {
            await view.AwaitAsync(sequence, either.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The zone is not connected, or still sends many changes.
        }

        return await readers.FindAsync(vouched, http.RequestAborted);
    }
}
