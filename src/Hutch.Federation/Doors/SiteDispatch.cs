using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hutch.Federation.Keys;
using Hutch.Federation.Reverse;
using Hutch.Federation.Wire;
using Hutch.Model;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation.Doors;

/// <summary>
/// Answers all requests of other sites, on connections that either side dialled. Any P-256 key gets as far as a request. Each request looks
/// up again which site has the key.
/// </summary>
internal sealed partial class SiteDispatch(
    SiteRequests requests, CopyRequests copies, UnhashedRequests unhashed, HoldRequests holds, PurgeRequests purges, LostRequests losses,
    QuotaRequests room, LinkRequests links, StepRequests steps, SummaryRequests summaries, ForwardedRequestHandler passed,
    ILogger<SiteDispatch> logger)
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
            await WriteErrorAsync(
                http, (e as HutchException)?.Error ?? ErrorCode.InvalidBody.With("The request of the site cannot be read."));
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            LogFault(http.Request.Path, e);
            await WriteErrorAsync(http, ErrorCode.Internal.With("The request of the site failed here."));
        }
        catch (Exception e)
        {
            // A part of the answer was sent: the requester must not take it for the whole.
            LogFault(http.Request.Path, e);
            http.Abort();
        }
    }

    private Task AnswerAsync(HttpContext http)
    {
        BlobHash key = http.Features.Get<ReversePeer>()?.Key ?? SiteTls.KeyOf(http.Connection.ClientCertificate)
            ?? throw ErrorCode.Unauthenticated.With("The connection has shown no key.").ToException();
        if (http.Request.Path.StartsWithSegments(SiteProtocol.Forwarded, StringComparison.Ordinal, out PathString rest))
        {
            return passed.AnswerAsync(http, key, rest);
        }

        return (http.Request.Method, http.Request.Path.Value) switch
        {
            ("POST", SiteProtocol.Join) => DoAsync(
                http, SiteJson.Default.JoinRequest, SiteJson.Default.JoinAnswer, (join, ct) => requests.JoinAsync(key, join, ct)),
            ("POST", SiteProtocol.JoinWith) => DoAsync(
                http, SiteJson.Default.JoinWithRequest, SiteJson.Default.AdmittedSite, (join, ct) => requests.JoinWithAsync(key, join, ct)),
            ("POST", SiteProtocol.Import) => DoAsync(
                http, SiteJson.Default.ImportRequest, SiteJson.Default.ImportAnswer, (told, ct) => requests.ImportAsync(key, told, ct)),
            ("POST", SiteProtocol.Beat) => DoAsync(
                http, SiteJson.Default.BeatRequest, SiteJson.Default.BeatAnswer, (beat, ct) => requests.BeatAsync(key, beat, ct)),
            ("POST", SiteProtocol.Name) => DoAsync(
                http, SiteJson.Default.NameRequest, SiteJson.Default.NameAnswer, (name, ct) => requests.ReserveNameAsync(key, name, ct)),
            ("POST", SiteProtocol.Ends) => DoAsync(
                http, SiteJson.Default.EndsRequest, SiteJson.Default.DoneAnswer, (ends, ct) => requests.ReceiveEndsAsync(key, ends, ct)),
            ("POST", SiteProtocol.NameBack) => DoAsync(
                http, SiteJson.Default.NameBackRequest, SiteJson.Default.DoneAnswer,
                (name, ct) => requests.ReleaseNameAsync(key, name, ct)),
            ("POST", SiteProtocol.Expected) => DoAsync(
                http, SiteJson.Default.ExpectedRequest, SiteJson.Default.ExpectedAnswer,
                (believed, ct) => requests.ListExpectedAsync(key, believed, ct)),
            ("POST", SiteProtocol.History) => HistoryAsync(http, key),
            ("POST", SiteProtocol.Pages) => StreamAsync(
                http, SiteJson.Default.PagesRequest, (request, ct) => copies.PagesAsync(key, request, ct)),
            ("POST", SiteProtocol.Blobs) => StreamAsync(
                http, SiteJson.Default.BlobsRequest, (request, ct) => copies.BlobsAsync(key, request, ct)),
            ("POST", SiteProtocol.Part) => StreamAsync(
                http, SiteJson.Default.PartRequest, (request, ct) => copies.PartAsync(key, request, ct)),
            ("POST", SiteProtocol.Extents) => StreamAsync(
                http, SiteJson.Default.PartRequest, (request, ct) => copies.ExtentsAsync(key, request, ct)),
            ("POST", SiteProtocol.Hashes) => StreamAsync(
                http, SiteJson.Default.PartRequest, (request, ct) => copies.HashesAsync(key, request, ct)),
            ("POST", SiteProtocol.Unhashed) => DoAsync(
                http, SiteJson.Default.UnhashedRequest, SiteJson.Default.UnhashedAnswer,
                (asked, ct) => unhashed.ListAsync(key, asked, ct)),
            ("POST", SiteProtocol.UnhashedPart) => StreamAsync(
                http, SiteJson.Default.UnhashedPartRequest, (request, ct) => unhashed.PartAsync(key, request, ct)),
            ("POST", SiteProtocol.Progress) => DoAsync(
                http, SiteJson.Default.CopyReport, SiteJson.Default.DoneAnswer, (report, ct) => copies.RecordAsync(key, report, ct)),
            ("POST", SiteProtocol.Move) => DoAsync(
                http, SiteJson.Default.MoveUpdate, SiteJson.Default.DoneAnswer, (told, ct) => copies.RecordAsync(key, told, ct)),
            ("POST", SiteProtocol.End) => DoAsync(
                http, SiteJson.Default.EndUpdate, SiteJson.Default.DoneAnswer, (told, ct) => copies.RecordAsync(key, told, ct)),
            ("POST", SiteProtocol.Holds) => DoAsync(
                http, SiteJson.Default.HoldUpdate, SiteJson.Default.DoneAnswer, (told, ct) => copies.RecordAsync(key, told, ct)),
            ("POST", SiteProtocol.Purged) => DoAsync(
                http, SiteJson.Default.PurgeUpdate, SiteJson.Default.DoneAnswer, (told, ct) => purges.RecordAsync(key, told, ct)),
            ("POST", SiteProtocol.Lost) => DoAsync(
                http, SiteJson.Default.LostDatasetRequest, SiteJson.Default.ReturnedName, (told, ct) => losses.NameAsync(key, told, ct)),
            ("POST", SiteProtocol.QuotaSpace) => DoAsync(
                http, SiteJson.Default.QuotaRequest, SiteJson.Default.DoneAnswer, (asked, ct) => room.FindAsync(key, asked, ct)),
            ("POST", SiteProtocol.Links) => DoAsync(
                http, SiteJson.Default.LinksRequest, SiteJson.Default.LinksAnswer, (asked, ct) => links.AnswerAsync(key, asked, ct)),
            ("POST", SiteProtocol.Steps) => DoAsync(
                http, SiteJson.Default.StepRequestText, SiteJson.Default.JobTokenAnswer, (asked, ct) => steps.AnswerAsync(key, asked, ct)),
            ("POST", SiteProtocol.Summaries) => DoAsync(
                http, SiteJson.Default.SummariesUpdate, SiteJson.Default.SummariesAnswer,
                (told, ct) => summaries.ReceiveAsync(key, told, ct)),
            ("POST", SiteProtocol.Hold) => DoAsync(
                http, SiteJson.Default.HoldRequest, SiteJson.Default.HoldAnswer, (hold, ct) => holds.HoldAsync(key, hold, ct)),
            ("POST", SiteProtocol.Unhold) => DoAsync(
                http, SiteJson.Default.UnholdRequest, SiteJson.Default.DoneAnswer, (unhold, ct) => holds.UnholdAsync(key, unhold, ct)),
            _ => throw ErrorCode.NotFound.With("There is no such request between sites.").ToException(),
        };
    }

    private static async Task DoAsync<TRequest, TAnswer>(
        HttpContext http, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TAnswer> answerType,
        Func<TRequest, CancellationToken, Task<Result<TAnswer>>> work)
    {
        TRequest request = await ReadAsync(http, requestType);
        Result<TAnswer> answer = await work(request, http.RequestAborted);
        if (!answer.IsOk)
        {
            await WriteErrorAsync(http, answer.Error);
            return;
        }

        http.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(http.Response.Body, answer.Value, answerType, http.RequestAborted);
    }

    private async Task HistoryAsync(HttpContext http, BlobHash key)
    {
        HistoryRequest request = await ReadAsync(http, SiteJson.Default.HistoryRequest);
        Result<SignedHistory?> answer = await copies.HistoryAsync(key, request, http.RequestAborted);
        if (!answer.IsOk)
        {
            await WriteErrorAsync(http, answer.Error);
        }
        else if (answer.Value is { } history)
        {
            http.Response.Headers[SiteProtocol.StatementHeader] = Convert.ToBase64String(history.Statement);
            http.Response.Headers[SiteProtocol.SignatureHeader] = Convert.ToBase64String(history.Signature);
            http.Response.ContentLength = history.Document.Length;
            await http.Response.BodyWriter.WriteAsync(history.Document, http.RequestAborted);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private static async Task StreamAsync<TRequest>(
        HttpContext http, JsonTypeInfo<TRequest> type, Func<TRequest, CancellationToken, Task<Result<TarAnswer>>> work)
    {
        Result<TarAnswer> answer = await work(await ReadAsync(http, type), http.RequestAborted);
        if (!answer.IsOk)
        {
            await WriteErrorAsync(http, answer.Error);
            return;
        }

        http.Response.ContentType = "application/octet-stream";
        await answer.Value(http.Response.BodyWriter, http.RequestAborted);
    }

    private static async Task<TRequest> ReadAsync<TRequest>(HttpContext http, JsonTypeInfo<TRequest> type) =>
        await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted)
            ?? throw ErrorCode.InvalidBody.With("The request of the site is null.").ToException();

    private static Task WriteErrorAsync(HttpContext http, HutchError error)
    {
        var refusal = new Refusal { Code = error.Code.Name, Message = error.Message, Advice = error.Code.Advice };
        http.Response.StatusCode = error.Code.Status;
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, refusal, SiteJson.Default.Refusal, http.RequestAborted);
    }

    [LoggerMessage(5601, LogLevel.Error, "A request of another site failed: {Path}")]
    private partial void LogFault(string path, Exception exception);
}
