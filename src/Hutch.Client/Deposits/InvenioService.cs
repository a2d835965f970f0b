using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Hutch.Client.Configuration;

namespace Hutch.Client.Deposits;

/// <summary>
/// The REST interface of a repository of InvenioRDM, such as Zenodo (invenio-rdm-records at 1f23bb9, invenio-records-resources at 9cc7539).
/// The token goes to this address only: redirections are not followed.
/// </summary>
public sealed class InvenioService : IDisposable
{
    private const int MaxAnswerBytes = 4 << 20;

    /// <summary>The longest wait for an answer to a request without a file.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http;
    private readonly Uri _root;

    /// <param name="address">The address of the repository, such as <c>https://zenodo.org</c>.</param>
    public InvenioService(Uri address, string token)
    {
        RemoteAddress.RefuseOpenToken(address, token);
        _root = new Uri(RemoteAddress.Key(address) + "/api/");
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public async Task<InvenioRecord> CreateDraftAsync(JsonObject draft, CancellationToken ct) =>
        InvenioRecord.From(await SendAsync(HttpMethod.Post, "records", draft, ct));

    public async Task<InvenioRecord> UpdateDraftAsync(string id, JsonObject draft, CancellationToken ct) =>
        InvenioRecord.From(await SendAsync(HttpMethod.Put, $"records/{id}/draft", draft, ct));

    /// <summary>Makes the draft of a new version of a published record, or returns the one that exists.</summary>
    public async Task<InvenioRecord> CreateVersionAsync(string id, CancellationToken ct) =>
        InvenioRecord.From(await SendAsync(HttpMethod.Post, $"records/{id}/versions", null, ct));

    public async Task<InvenioRecord> PublishAsync(string id, CancellationToken ct) =>
        InvenioRecord.From(await SendAsync(HttpMethod.Post, $"records/{id}/draft/actions/publish", null, ct));

    public Task DeleteDraftAsync(string id, CancellationToken ct) => SendAsync(HttpMethod.Delete, $"records/{id}/draft", null, ct);

    /// <summary>Returns the draft of a record; null for none.</summary>
    public Task<InvenioRecord?> FindDraftAsync(string id, CancellationToken ct) => FindAsync($"records/{id}/draft", ct);

    /// <summary>Returns a published record; null for none.</summary>
    public Task<InvenioRecord?> FindRecordAsync(string id, CancellationToken ct) => FindAsync($"records/{id}", ct);

    /// <summary>Returns the newest record or draft of the caller that names an identifier as a related one; null for none.</summary>
    public async Task<InvenioRecord?> FindByRelatedAsync(string identifier, CancellationToken ct)
    {
        string query = Uri.EscapeDataString($"metadata.related_identifiers.identifier:\"{identifier}\"");
        JsonObject found = await SendAsync(HttpMethod.Get, $"user/records?q={query}&sort=newest&size=1", null, ct);
        return found["hits"]?["hits"] is JsonArray { Count: > 0 } hits && hits[0] is JsonObject first ? InvenioRecord.From(first) : null;
    }

    /// <summary>Returns the files of a draft by their keys.</summary>
    public async Task<IReadOnlyDictionary<string, InvenioFile>> ListFilesAsync(string id, CancellationToken ct)
    {
        JsonObject listed = await SendAsync(HttpMethod.Get, $"records/{id}/draft/files", null, ct);
        return (listed["entries"] as JsonArray ?? []).OfType<JsonObject>().Select(InvenioFile.From)
            .ToDictionary(static file => file.Key, StringComparer.Ordinal);
    }

    public Task DeleteFileAsync(string id, string key, CancellationToken ct) => SendAsync(HttpMethod.Delete, PathOf(id, key), null, ct);

    /// <summary>Sends a file, and returns it as the repository has it.</summary>
    public async Task<InvenioFile> PutFileAsync(string id, string key, HttpContent content, CancellationToken ct)
    {
        await SendAsync(HttpMethod.Post, $"records/{id}/draft/files", new JsonArray(new JsonObject { ["key"] = key }), ct);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        string path = PathOf(id, key) + "/content";
        using (HttpResponseMessage sent = await RequestAsync(HttpMethod.Put, path, content, Timeout.InfiniteTimeSpan, ct))
        {
            await CheckAsync(sent, ct);
        }

        return InvenioFile.From(await SendAsync(HttpMethod.Post, PathOf(id, key) + "/commit", null, ct));
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(string id, string key) =>
        $"records/{id}/draft/files/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";

    private async Task<InvenioRecord?> FindAsync(string path, CancellationToken ct)
    {
        try
        {
            return InvenioRecord.From(await SendAsync(HttpMethod.Get, path, null, ct));
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        using HttpContent? content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await RequestAsync(method, path, content, AnswerTimeout, ct);
        return await CheckAsync(response, ct);
    }

    private async Task<HttpResponseMessage> RequestAsync(
        HttpMethod method, string path, HttpContent? content, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        using var request = new HttpRequestMessage(method, new Uri(_root, path)) { Content = content };
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw (ErrorCode.Unavailable with { Advice = "Run the command again: it continues with the next file." })
                .With($"{_root.Host} does not answer: {e.GetBaseException().Message}").ToException();
        }
    }

    /// <summary>Returns the document of an answer, and throws a refusal with the sentences of the repository.</summary>
    private async Task<JsonObject> CheckAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, ct);
        var document = Parse(await response.Content.ReadAsByteArrayAsync(ct)) as JsonObject ?? [];
        return response.IsSuccessStatusCode ? document : throw RefusalOf(response, document).ToException();
    }

    private HutchError RefusalOf(HttpResponseMessage response, JsonObject document)
    {
        int status = (int)response.StatusCode;
        string reason = InvenioRecord.TextOf(document["message"]) ?? response.ReasonPhrase ?? "no reason";
        string[] fields = [.. InvenioRecord.ProblemsOf(document)];
        string words = $"{_root.Host} answered {status}: {reason}{(fields.Length == 0 ? "" : " " + string.Join(' ', fields))}";
        return status switch
        {
            401 or 403 => (ErrorCode.Forbidden with
            {
                Advice = "Give a token of your account there with the scopes to write and, for --publish, to publish deposits.",
            }).With(words),
            404 => ErrorCode.NotFound.With(words),
            >= 300 and < 400 => ErrorCode.BadRequest.With(
                $"{words}. It leads to {Display.Quote(response.Headers.Location?.ToString())}: name that address if it is the repository."),
            429 or >= 500 => ErrorCode.Unavailable.With(words),
            _ => ErrorCode.Unprocessable.With(words),
        };
    }

    private static JsonNode? Parse(byte[] json)
    {
        try
        {
            return json.Length == 0 ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
