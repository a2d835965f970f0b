using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Hutch.Api.Tests.Support;

/// <summary>Somebody with a token, or nobody. Paths are below <c>/api/v1/</c> unless they begin with a slash.</summary>
internal sealed class TestCaller(HttpClient http, TestServer server, string? token)
{
    public string? Token => token;

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> HeadAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Head, path, null, headers);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    public Task<Answer> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, Json(body));

    public Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, Json(body));

    public Task<Answer> PutJsonAsync(string path, object body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, Json(body), headers);

    public Task<Answer> PutAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), headers);

    public Task<Answer> PostLinesAsync(string path, params object[] lines) => SendAsync(HttpMethod.Post, path, Lines(lines));

    /// <summary>A body of JSON lines.</summary>
    public static StringContent Lines(params object[] lines) =>
        new(string.Concat(lines.Select(line => JsonSerializer.Serialize(line) + "\n")), Encoding.UTF8, "application/x-ndjson");

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Request(method, path, content, headers);
        using HttpResponseMessage response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>The head of an answer whose body goes on.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path) => OpenAsync(HttpMethod.Get, path, null);

    /// <inheritdoc cref="OpenAsync(string)"/>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, HttpContent? body)
    {
        using HttpRequestMessage request = Request(method, path, body, []);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>A dataset of the caller; its id.</summary>
    public async Task<string> DatasetAsync(string name) => (await PostAsync("datasets", new { name })).Must(201).Json.GetProperty("id").GetString()!;

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(server.Address, path.StartsWith('/') ? path : "/api/v1/" + path)) { Content = content };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        foreach ((string name, string value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.Remove(name);
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private static StringContent Json(object body) => new(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
}
