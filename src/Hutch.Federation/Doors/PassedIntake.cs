using Hutch.Datasets.Sites;
using Hutch.Federation.Wire;
using Hutch.Hosting;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Hutch.Zone.Sites;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Federation.Doors;

/// <summary>
/// What sites pass on to this one, as the home of datasets. The site says which token was used there and what was asked for; it must be
/// a token for that site, and all else is decided here.
/// </summary>
internal sealed class PassedIntake(SiteRegistry registry, SiteReaders readers, IPassedRequests requests)
{
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
        http.Features.Set(new PassedRequest(caller.Value));
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
        : !path.StartsWithSegments(SiteProtocol.PassedRoot, StringComparison.Ordinal)
            ? ErrorCode.NotFound.With("There is no such request between sites.")
        : await readers.FindAsync(site.Id, http.Request.Headers[SiteProtocol.TokenHeader].ToString(), http.RequestAborted);
}
