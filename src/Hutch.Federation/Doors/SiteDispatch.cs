using System.Text.Json;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Reverse;
using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Http;

namespace Hutch.Federation.Doors;

/// <summary>
/// Answers all requests of other sites, on connections that either side dialled. Any P-256 key gets as far as a request. Each request looks
/// up again which site has the key.
/// </summary>
internal sealed partial class SiteDispatch(
    SiteRoutes routes, ForwardedRequestHandler forwarded, SiteRegistry registry, SiteContacts contacts, ILogger<SiteDispatch> logger)
{
    private readonly ILogger _logger = logger;

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await AnswerAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The requester has gone.
        }
        catch (IOException e) when (e.InnerException is ConnectionAbortedException || e is ConnectionResetException)
        {
            // The other site, or the network, ended the connection in the middle of its request.
        }
        catch (Exception e) when (!http.Response.HasStarted
            && e is (HutchException or JsonException or Microsoft.AspNetCore.Http.BadHttpRequestException))
        {
            await SiteAnswers.WriteErrorAsync(
                http, (e as HutchException)?.Error ?? ErrorCode.InvalidBody.With("The request of the site cannot be read."));
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            LogFault(http.Request.Path, e);
            await SiteAnswers.WriteErrorAsync(http, ErrorCode.Internal.With("The request of the site failed here."));
        }
        catch (Exception e)
        {
            // A part of the answer was sent: the requester must not take it for the whole.
            LogFault(http.Request.Path, e);
            http.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext http)
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

    /// <summary>Refuses every request of the second of two servers with the key of one site.</summary>
    private async ValueTask<HutchError?> FindSecondAsync(BlobHash key, string? incarnation, CancellationToken ct) =>
        string.IsNullOrEmpty(incarnation) ? null
        : incarnation.Length > SiteProtocol.MaxIncarnationCharacters ? ErrorCode.InvalidBody.With("The incarnation is too long.")
        : await registry.FindPeerAsync(key, ct) is { } peer && !contacts.Admits(peer.Id, peer.Name, incarnation)
            ? SiteRequests.SecondServer(peer.Name)
        : null;

    [LoggerMessage(5601, LogLevel.Error, "A request of another site failed: {Path}")]
    private partial void LogFault(string path, Exception exception);
}
