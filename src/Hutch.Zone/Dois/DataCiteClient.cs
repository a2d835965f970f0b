using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hutch.Model.Publications;

namespace Hutch.Zone.Dois;

/// <summary>
/// A client of DataCite's REST interface (https://support.datacite.org/docs/api). It contacts only the endpoint: it follows no redirect,
/// reads no large response, and has a timeout. Thread-safe.
/// </summary>
internal sealed class DataCiteClient : IDisposable
{
    private const int MaxAnswerBytes = 1 << 20;
    private const int MaxHeaderKibibytes = 32;
    private const int MaxErrorsTold = 3;
    private const string SaysNothing = "it does not say why";
    private const string MediaType = "application/vnd.api+json";

    private readonly DoiOptions _options;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly string _dois;

    public DataCiteClient(DoiOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _dois = options.Endpoint!.TrimEnd('/') + "/dois";
        _http = new HttpClient(MakeHandler())
        {
            Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("hutch", null));
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Account}:{options.Password}")));
    }

    public Task<DataCiteAnswer> FindAsync(string doi, CancellationToken ct) => SendAsync(HttpMethod.Get, AddressOf(doi), null, ct);

    /// <param name="action">The action on its state: <c>publish</c>, <c>register</c>, or null for a draft.</param>
    /// <param name="text">Its content; null for a draft without content.</param>
    public Task<DataCiteAnswer> CreateAsync(string doi, string? action, DoiText? text, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, _dois, Body(doi, action, text), ct);

    /// <summary>Changes the content of a DOI, and its state by <c>publish</c>, <c>register</c> or <c>hide</c>.</summary>
    public Task<DataCiteAnswer> ChangeAsync(string doi, string? action, DoiText text, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, AddressOf(doi), Body(doi, action, text), ct);

    public void Dispose() => _http.Dispose();

    /// <summary>Returns the address of a DOI. Characters of our DOIs need no encoding in a path.</summary>
    private string AddressOf(string doi) => $"{_dois}/{doi}";

    private static JsonObject Body(string doi, string? action, DoiText? text)
    {
        var attributes = new JsonObject { ["doi"] = doi };
        if (action is not null)
        {
            attributes["event"] = action;
        }

        if (text is not null)
        {
            attributes["url"] = text.Url;
            attributes["xml"] = Convert.ToBase64String(text.Xml);
        }

        return new JsonObject { ["data"] = new JsonObject { ["type"] = "dois", ["id"] = doi, ["attributes"] = attributes } };
    }

    private async Task<DataCiteAnswer> SendAsync(HttpMethod method, string address, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
        }

        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
            byte[] document = await answer.Content.ReadAsByteArrayAsync(ct);
            return answer.IsSuccessStatusCode ? Read(document)
                : answer.StatusCode == HttpStatusCode.NotFound && method == HttpMethod.Get ? default
                : Trouble(Explain(answer, document));
        }
        catch (HttpRequestException e)
        {
            return Trouble(Away(Reason(e)));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Trouble(Away($"it did not answer within {_options.TimeoutSeconds} s"));
        }
    }

    private static DataCiteAnswer Trouble(DataCiteTrouble trouble) => new() { Trouble = trouble };

    private static DataCiteTrouble Away(string why, TimeSpan? after = null) =>
        new($"The DOI service is not available: {why}.", IsOfService: true, after);

    private static string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name cannot be resolved",
        HttpRequestError.ConnectionError => "no connection can be made",
        HttpRequestError.SecureConnectionError => "its certificate, or its TLS, is not accepted",
        HttpRequestError.ConfigurationLimitExceeded => "its answer is too long",
        _ => "its answer is no HTTP, or the connection broke",
    };

    private DataCiteTrouble Explain(HttpResponseMessage answer, byte[] document)
    {
        int status = (int)answer.StatusCode;
        return status switch
        {
            401 or 403 => new DataCiteTrouble(
                $"The DOI service refuses the account '{_options.Account}' ({status}): the operator must check 'dois.account', "
                + "'dois.password' and 'dois.prefix'.", IsOfService: true),
            >= 300 and < 400 => Away($"it answered {status}, and redirects are not followed: the operator must check 'dois.endpoint'"),
            408 or 429 or >= 500 => Away($"it answered {status}", After(answer)),
            _ => new DataCiteTrouble($"The DOI service refuses it ({status}): {Words(document)}.", IsOfService: false),
        };
    }

    private TimeSpan? After(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - _time.GetUtcNow() : null;

    // Two fields of one name would be an ArgumentException at the first use.
    private static JsonNode? Parse(byte[] document) =>
        JsonNode.Parse(document, null, new JsonDocumentOptions { AllowDuplicateProperties = false });

    private static DataCiteAnswer Read(byte[] document)
    {
        try
        {
            JsonNode? attributes = Parse(document)?["data"]?["attributes"];
            return State((string?)attributes?["state"]) is { } state
                ? new DataCiteAnswer { State = state, Url = (string?)attributes!["url"] }
                : Trouble(Away("its answer does not say in which state the DOI is"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return Trouble(Away("its answer is not what DataCite's interface says"));
        }
    }

    private static DoiState? State(string? name) => name switch
    {
        "draft" => DoiState.Draft,
        "registered" => DoiState.Registered,
        "findable" => DoiState.Findable,
        _ => null,
    };

    /// <summary>Returns the problem that the service reports, cut to a short line.</summary>
    private static string Words(byte[] document)
    {
        try
        {
            IEnumerable<string> errors = (Parse(document)?["errors"] as JsonArray ?? [])
                .Select(static error => $"{(string?)error?["source"]} {(string?)error?["title"]}".Trim())
                .Where(static text => text.Length > 0);
            string words = string.Join(", ", errors.Take(MaxErrorsTold).Select(Display.Quote));
            return words.Length == 0 ? SaysNothing : words;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return SaysNothing;
        }
    }

    private static SocketsHttpHandler MakeHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = MaxHeaderKibibytes,
    };
}
