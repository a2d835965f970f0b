using Hutch.Api.Http;
using Hutch.Publishing.Harvest;
using Hutch.Publishing.Works;
using Hutch.Zone.Publishing;
using Microsoft.Extensions.Primitives;

namespace Hutch.Api.Publishing;

/// <summary>
/// Answers harvesters of publications by OAI-PMH 2.0. Pages are read by the order of changes, and no state is kept between them.
/// </summary>
internal sealed class OaiAnswers(ApiContext api, PublicationService publications)
{
    public const string Path = "oai";

    private const int MaxFormBytes = 16 * 1024;
    private const int MaxArguments = 20;

    public async Task<byte[]> AnswerAsync(HttpContext http, CancellationToken ct)
    {
        DateTimeOffset now = api.Options.Time.GetUtcNow();
        string Address(string path) => PublicAddress.For(http.Request, api.Options.PublicUrl, path);
        var document = new OaiDocument(Address(Path), now);
        OaiRequest? question = null;
        try
        {
            question = OaiRequest.Parse(await ReadAsync(http.Request, ct));
            return question.Verb switch
            {
                "Identify" => document.Identify(
                    api.Options.SiteName, Contact(http.Request), await publications.FirstChangeAsync(ct) ?? now),
                "ListMetadataFormats" => await FormatsAsync(document, question, Address, ct),
                "GetRecord" => document.Record(question, await FindAsync(document, question, Address, ct)),
                _ => await ListAsync(document, question, Address, ct),
            };
        }
        catch (OaiException e)
        {
            return document.Error(e.Code, e.Message, question);
        }
    }

    /// <summary>Every record is there in every format; of one that is not there, the protocol wants to say so.</summary>
    private async Task<byte[]> FormatsAsync(
        OaiDocument document, OaiRequest question, Func<string, string> address, CancellationToken ct)
    {
        if (question.Identifier is not null)
        {
            _ = await FindAsync(document, question, address, ct);
        }

        return document.Formats(question);
    }

    private async Task<byte[]> ListAsync(
        OaiDocument document, OaiRequest question, Func<string, string> address, CancellationToken ct)
    {
        (long, long) span = (
            question.From?.ToUnixTimeMilliseconds() ?? 0, question.Until?.AddSeconds(1).ToUnixTimeMilliseconds() ?? long.MaxValue);
        (long, DatasetId)? after = question.After is { } position ? (position.ChangedMs, position.Dataset) : null;
        int most = api.Options.Limits.MaxHarvestedRecords;
        IReadOnlyList<PublicationStatus> found =
            (await publications.ChangedAsync(span, after, most + 1, ct)).Value;
        if (found.Count == 0 && after is null)
        {
            throw new OaiException("noRecordsMatch", "Nothing was published or changed in that time.");
        }

        PublicationStatus[] page = [.. found.Take(most)];
        string? token = found.Count > most
            ? question.TokenAfter(new ResumptionToken(page[^1].Record.ChangedAt.ToUnixTimeMilliseconds(), page[^1].Record.Dataset))
            : null;
        return document.Records(question, [.. page.Select(one => Build(one, address))], token);
    }

    private async Task<PublishedWork> FindAsync(
        OaiDocument document, OaiRequest question, Func<string, string> address, CancellationToken ct)
    {
        Result<PublicationStatus> found = document.DatasetOf(question.Identifier) is { } dataset
            ? await publications.FindPublishedAsync(dataset, ct)
            : ErrorCode.NotFound.With("It is no identifier of this repository.");
        return found.IsOk
            ? Build(found.Value, address)
            : throw new OaiException("idDoesNotExist", "Nothing is published under this identifier.");
    }

    private PublishedWork Build(PublicationStatus standing, Func<string, string> address) =>
        WorkBuilder.ForList(standing, address, api.Options.Time.GetUtcNow());

    /// <summary>
    /// The contact for harvesters: the sender of the server's mail, or the conventional address of a webmaster (RFC 2142).
    /// </summary>
    private string Contact(HttpRequest request) =>
        api.Options.MailFrom is { Length: > 0 } from ? from : "webmaster@" + request.Host.Host;

    private static async Task<IReadOnlyList<KeyValuePair<string, string>>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        IEnumerable<KeyValuePair<string, StringValues>> given = request.Query;
        if (HttpMethods.IsPost(request.Method))
        {
            if (request.ContentLength is not <= MaxFormBytes || !request.HasFormContentType)
            {
                throw new OaiException("badArgument", "Send the arguments as a short form, with its length.");
            }

            given = await request.ReadFormAsync(ct);
        }

        return [.. given.SelectMany(static one => one.Value.Select(value => KeyValuePair.Create(one.Key, value ?? ""))).Take(MaxArguments)];
    }
}
