using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Http;

namespace Hutch.Federation.Doors;

/// <summary>Requests of other sites about datasets at this site: their contents, copies and holds, and programs that read them.</summary>
internal sealed class CopyRoutes(CopyRequests copies, UnhashedRequests unhashed, HoldRequests holds, StartRequests starts)
{
    /// <summary>Answers one of these requests; returns null for others.</summary>
    public Task? Answer(HttpContext http, BlobHash key) => http.Request.Path.Value switch
    {
        SiteProtocol.History => HistoryAsync(http, key),
        SiteProtocol.Pages => SiteAnswers.StreamAsync(
            http, SiteJson.Default.PagesRequest, (request, ct) => copies.PagesAsync(key, request, ct)),
        SiteProtocol.Blobs => SiteAnswers.StreamAsync(
            http, SiteJson.Default.BlobsRequest, (request, ct) => copies.BlobsAsync(key, request, ct)),
        SiteProtocol.Part => SiteAnswers.StreamAsync(
            http, SiteJson.Default.PartRequest, (request, ct) => copies.PartAsync(key, request, ct)),
        SiteProtocol.Extents => SiteAnswers.StreamAsync(
            http, SiteJson.Default.PartRequest, (request, ct) => copies.ExtentsAsync(key, request, ct)),
        SiteProtocol.Hashes => SiteAnswers.StreamAsync(
            http, SiteJson.Default.PartRequest, (request, ct) => copies.HashesAsync(key, request, ct)),
        SiteProtocol.Unhashed => SiteAnswers.DoAsync(
            http, SiteJson.Default.UnhashedRequest, SiteJson.Default.UnhashedAnswer,
            (asked, ct) => unhashed.ListAsync(key, asked, ct)),
        SiteProtocol.UnhashedPart => SiteAnswers.StreamAsync(
            http, SiteJson.Default.UnhashedPartRequest, (request, ct) => unhashed.PartAsync(key, request, ct)),
        SiteProtocol.Progress => SiteAnswers.DoAsync(
            http, SiteJson.Default.CopyReport, SiteJson.Default.DoneAnswer, (report, ct) => copies.RecordAsync(key, report, ct)),
        SiteProtocol.Move => SiteAnswers.DoAsync(
            http, SiteJson.Default.MoveUpdate, SiteJson.Default.DoneAnswer, (told, ct) => copies.RecordAsync(key, told, ct)),
        SiteProtocol.End => SiteAnswers.DoAsync(
            http, SiteJson.Default.EndUpdate, SiteJson.Default.DoneAnswer, (told, ct) => copies.RecordAsync(key, told, ct)),
        SiteProtocol.Holds => SiteAnswers.DoAsync(
            http, SiteJson.Default.HoldUpdate, SiteJson.Default.DoneAnswer, (told, ct) => copies.RecordAsync(key, told, ct)),
        SiteProtocol.Hold => SiteAnswers.DoAsync(
            http, SiteJson.Default.HoldRequest, SiteJson.Default.HoldAnswer, (hold, ct) => holds.HoldAsync(key, hold, ct)),
        SiteProtocol.Unhold => SiteAnswers.DoAsync(
            http, SiteJson.Default.UnholdRequest, SiteJson.Default.DoneAnswer, (unhold, ct) => holds.UnholdAsync(key, unhold, ct)),
        SiteProtocol.Start => SiteAnswers.DoAsync(
            http, SiteJson.Default.StartRequest, SiteJson.Default.StartAnswer, (start, ct) => starts.AnswerAsync(key, start, ct)),
        _ => null,
    };

    private async Task HistoryAsync(HttpContext http, BlobHash key)
    {
        HistoryRequest request = await SiteAnswers.ReadAsync(http, SiteJson.Default.HistoryRequest);
        Result<SignedHistory?> answer = await copies.HistoryAsync(key, request, http.RequestAborted);
        if (!answer.IsOk)
        {
            await SiteAnswers.WriteErrorAsync(http, answer.Error);
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
}
