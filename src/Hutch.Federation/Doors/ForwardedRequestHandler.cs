using Hutch.Contracts.Rest;
using Hutch.Doors;
using Hutch.Federation.Wire;
using Hutch.Zone.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Federation.Doors;

/// <summary>
/// Handles requests that sites forward to this one as the zone or as the home of datasets. The site names the token that was used there,
/// which must be a token for that site; this site decides all else. The zone's own site names the account behind a credential of the zone.
/// </summary>
internal sealed class ForwardedRequestHandler(ForwardedCallers callers, SiteRegistry registry, IForwardedRequests requests)
{
    /// <summary>Has the REST door answer a request for the caller that this site has found.</summary>
    public async Task AnswerAsync(HttpContext http, BlobHash key, PathString path)
    {
        IHeaderDictionary headers = http.Request.Headers;
        long? sequence = long.TryParse(
            headers[SiteProtocol.SequenceHeader], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        Result<Caller> found = path.StartsWithSegments(RestCall.Root, StringComparison.Ordinal)
            ? await callers.FindAsync(
                key, headers[SiteProtocol.TokenHeader], headers[SiteProtocol.CallerHeader], sequence, http.RequestAborted)
            : ErrorCode.NotFound.With("There is no such request between sites.");
        Caller caller = found.Value;

        // Its own interface has limits for each operation.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        var forwarded = new ForwardedRequest(caller);
        http.Features.Set(forwarded);
        http.Request.Path = path;
        bool isAnswer = true;
        http.Response.OnStarting(async () =>
        {
            if (isAnswer)
            {
                http.Response.Headers[SiteProtocol.AnsweredHeader] = "1";
            }

            if (forwarded.IsOfZone && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            {
                long sequence = await registry.SequenceAsync(http.RequestAborted);
                http.Response.Headers[SiteProtocol.SequenceHeader] = sequence.ToString(CultureInfo.InvariantCulture);
            }
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
}
