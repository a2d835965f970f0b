using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Http;

namespace Hutch.Federation.Doors;

/// <summary>
/// Requests of other sites about the zone: members, names, ends, quotas, links, folders, steps, summaries, signing keys and searches.
/// </summary>
internal sealed class ZoneRoutes(
    SiteRequests requests, PurgeRequests purges, LostRequests losses, QuotaRequests room, LinkRequests links, FolderRequests folders,
    StepRequests steps, SummaryRequests summaries, SigningKeyRequests signingKeys, SearchRequests searches)
{
    /// <summary>Answers one of these requests; returns null for others.</summary>
    public Task? Answer(HttpContext http, BlobHash key) => http.Request.Path.Value switch
    {
        SiteProtocol.Join => SiteAnswers.DoAsync(
            http, SiteJson.Default.JoinRequest, SiteJson.Default.JoinAnswer, (join, ct) => requests.JoinAsync(key, join, ct)),
        SiteProtocol.JoinWith => SiteAnswers.DoAsync(
            http, SiteJson.Default.JoinWithRequest, SiteJson.Default.AdmittedSite, (join, ct) => requests.JoinWithAsync(key, join, ct)),
        SiteProtocol.Import => SiteAnswers.DoAsync(
            http, SiteJson.Default.ImportRequest, SiteJson.Default.ImportAnswer, (told, ct) => requests.ImportAsync(key, told, ct)),
        SiteProtocol.Beat => SiteAnswers.DoAsync(
            http, SiteJson.Default.BeatRequest, SiteJson.Default.BeatAnswer, (beat, ct) => requests.BeatAsync(key, beat, ct)),
        SiteProtocol.Name => SiteAnswers.DoAsync(
            http, SiteJson.Default.NameRequest, SiteJson.Default.NameAnswer, (name, ct) => requests.ReserveNameAsync(key, name, ct)),
        SiteProtocol.Login => SiteAnswers.DoAsync(
            http, SiteJson.Default.LoginRequest, SiteJson.Default.LoginAnswer, (login, ct) => requests.LogInAsync(key, login, ct)),
        SiteProtocol.Ends => SiteAnswers.DoAsync(
            http, SiteJson.Default.EndsRequest, SiteJson.Default.DoneAnswer, (ends, ct) => requests.ReceiveEndsAsync(key, ends, ct)),
        SiteProtocol.NameBack => SiteAnswers.DoAsync(
            http, SiteJson.Default.NameBackRequest, SiteJson.Default.DoneAnswer,
            (name, ct) => requests.ReleaseNameAsync(key, name, ct)),
        SiteProtocol.Expected => SiteAnswers.DoAsync(
            http, SiteJson.Default.ExpectedRequest, SiteJson.Default.ExpectedAnswer,
            (believed, ct) => requests.ListExpectedAsync(key, believed, ct)),
        SiteProtocol.Purged => SiteAnswers.DoAsync(
            http, SiteJson.Default.PurgeUpdate, SiteJson.Default.DoneAnswer, (told, ct) => purges.RecordAsync(key, told, ct)),
        SiteProtocol.Lost => SiteAnswers.DoAsync(
            http, SiteJson.Default.LostDatasetRequest, SiteJson.Default.ReturnedName, (told, ct) => losses.NameAsync(key, told, ct)),
        SiteProtocol.QuotaSpace => SiteAnswers.DoAsync(
            http, SiteJson.Default.QuotaRequest, SiteJson.Default.DoneAnswer, (asked, ct) => room.FindAsync(key, asked, ct)),
        SiteProtocol.Links => SiteAnswers.DoAsync(
            http, SiteJson.Default.LinksRequest, SiteJson.Default.LinksAnswer, (asked, ct) => links.AnswerAsync(key, asked, ct)),
        SiteProtocol.Folders => SiteAnswers.DoAsync(
            http, SiteJson.Default.FolderText, SiteJson.Default.FolderTextAnswer, (asked, ct) => folders.AnswerAsync(key, asked, ct)),
        SiteProtocol.Steps => SiteAnswers.DoAsync(
            http, SiteJson.Default.StepRequestText, SiteJson.Default.JobTokenAnswer, (asked, ct) => steps.AnswerAsync(key, asked, ct)),
        SiteProtocol.SigningKeys => SiteAnswers.DoAsync(
            http, SiteJson.Default.SigningKeysRequest, SiteJson.Default.SigningKeysAnswer,
            (asked, ct) => signingKeys.AnswerAsync(key, asked, ct)),
        SiteProtocol.Search => SiteAnswers.DoAsync(
            http, SiteJson.Default.SearchRequest, SiteJson.Default.SearchResponse, (asked, ct) => searches.AnswerAsync(key, asked, ct)),
        SiteProtocol.Cards => SiteAnswers.DoAsync(
            http, SiteJson.Default.CardsRequest, SiteJson.Default.CardsAnswer, (asked, ct) => searches.GiveCardsAsync(key, asked, ct)),
        SiteProtocol.Summaries => SiteAnswers.DoAsync(
            http, SiteJson.Default.SummariesUpdate, SiteJson.Default.SummariesAnswer,
            (told, ct) => summaries.ReceiveAsync(key, told, ct)),
        _ => null,
    };
}
