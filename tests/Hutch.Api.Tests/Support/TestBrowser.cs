using System.Net;
using System.Text;
using System.Text.Json;

namespace Hutch.Api.Tests.Support;

/// <summary>A browser with the portal open: it keeps cookies, and says where its requests come from. Paths as for <see cref="TestCaller"/>.</summary>
internal sealed class TestBrowser : IDisposable
{
    private readonly TestServer _server;
    private readonly HttpClient _http;

    public TestBrowser(TestServer server)
    {
        _server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies });
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The value of the session's cookie; null for none.</summary>
    public string? Session => Cookies.GetAllCookies().FirstOrDefault(cookie => cookie is { Name: "hutch_session", Expired: false })?.Value;

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<Answer> SendAsync(HttpMethod method, string path, object? body) =>
        SendAsync(method, path, body, ("X-Hutch-Request", "portal"), ("Sec-Fetch-Site", "same-origin"));

    /// <summary>Sends with these headers only.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server.Address, path.StartsWith('/') ? path : "/api/v1/" + path));
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Opens the one-time link that an administrator makes for somebody.</summary>
    public async Task<Answer> OpenLinkAsync(string user)
    {
        Answer link = (await _server.Admin.PostAsync($"users/{user}/login-link", new { })).Must(201);
        return await PostAsync("login/link", new { code = CodeOf(link) });
    }

    /// <summary>The code behind the fragment of a one-time link.</summary>
    public static string CodeOf(Answer link)
    {
        string url = link.Json.GetProperty("url").GetString()!;
        return url[(url.IndexOf("#code=", StringComparison.Ordinal) + "#code=".Length)..];
    }

    public void Dispose() => _http.Dispose();
}
