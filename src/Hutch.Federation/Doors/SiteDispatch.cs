using System.Text.Json;
using Hutch.Doors.Requests;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Reverse;
using Hutch.Federation.Wire;
using Hutch.Zone.Authorization;
using Microsoft.AspNetCore.Http;

namespace Hutch.Federation.Doors;

/// <summary>
/// Answers all requests of other sites, on connections that either side dialled. Any P-256 key gets as far as a request. Each request looks
/// up again which site has the key.
/// </summary>
internal sealed class SiteDispatch(
    SiteRoutes routes, ForwardedRequestHandler forwarded, SiteRegistry registry, SiteContacts contacts, ILogger<SiteDispatch> logger)
    : RequestPipeline<HttpContext, HutchError>(view: null, logger)
{
    protected override HttpContext Begin(HttpContext http) => http;

    protected override async Task RunAsync(HttpContext http, HttpContext exchange, Caller caller)
    {
        BlobHash key = http.Features.Get<ReversePeer>()?.Key ?? SiteTls.KeyOf(http.Connection.ClientCertificate)
            ?? throw ErrorCode.Unauthenticated.With("The connection has shown no key.").ToException();
        IHeaderDictionary headers = http.Request.Headers;
        HutchError? refusal = SiteProtocol.FindRefusal(headers[SiteProtocol.ProtocolHeader], headers[SiteProtocol.ReleaseHeader])
            ?? await FindSecondAsync(key, headers[SiteProtocol.IncarnationHeader], http.RequestAborted);
        if (refusal is not null)
        {
            throw refusal.ToException();
        }

        bool isForwarded = http.Request.Path.StartsWithSegments(SiteProtocol.Forwarded, StringComparison.Ordinal, out PathString rest);
        await (isForwarded ? forwarded.AnswerAsync(http, key, rest) : routes.AnswerAsync(http, key));
    }

    // After a part of an answer, the requester cannot receive the error, so that only the log has it.
    protected override HutchError ToError(HttpContext http, HttpContext exchange, Exception exception, out bool isFault)
    {
        bool isExpected = exception is HutchException or JsonException or BadHttpRequestException;
        isFault = !isExpected || http.Response.HasStarted;
        if (exception is HutchException refusal)
        {
            return refusal.Error;
        }

        return isExpected
            ? ErrorCode.InvalidBody.With("The request of the site cannot be read.")
            : ErrorCode.Internal.With("The request of the site failed here.");
    }

    protected override Task WriteErrorAsync(HttpContext http, HttpContext exchange, HutchError refusal) =>
        SiteAnswers.WriteErrorAsync(http, refusal);

    /// <summary>Refuses every request of the second of two servers with the key of one site.</summary>
    private async ValueTask<HutchError?> FindSecondAsync(BlobHash key, string? incarnation, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(incarnation))
        {
            return null;
        }

        if (incarnation.Length > SiteProtocol.MaxIncarnationCharacters)
        {
            return ErrorCode.InvalidBody.With("The incarnation is too long.");
        }

        if (await registry.FindPeerAsync(key, ct) is { } peer && !contacts.Admits(peer.Id, peer.Name, incarnation))
        {
            return SiteRequests.SecondServer(peer.Name);
        }

        return null;
    }
}
