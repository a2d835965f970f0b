using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Agent;
using Hutch.Api;
using Hutch.DataLad;
using Hutch.Federation;
using Hutch.Formats.Hdf5;
using Hutch.Messaging.RabbitMq;
using Hutch.Programs;
using Hutch.Programs.Engines;
using Hutch.Server;
using Hutch.Worker;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Limits;
using Microsoft.Playwright;

namespace Hutch.Portal.Tests.Support;

/// <summary>A real server with its portal, on a free port and a temporary folder.</summary>
internal sealed partial class PortalSite : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly string _folder;
    private readonly HutchServer _server;
    private readonly HttpClient _http;

    private PortalSite(string folder, HutchServer server, string firstLink, bool isSecure)
    {
        _folder = folder;
        _server = server;
        FirstLink = firstLink;
        Address = isSecure ? server.SecureAddress! : server.Address;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };
        AdminToken = File.ReadAllText(Path.Combine(folder, AdminAccount.TokenFileName)).Trim();
    }

    /// <summary>The address for browsers.</summary>
    public Uri Address { get; }

    public string AdminToken { get; }

    /// <summary>Where the site keeps everything.</summary>
    public string DataFolder => _folder;

    /// <summary>The one-time link printed at the first start.</summary>
    public string FirstLink { get; }

    public static async Task<PortalSite> StartAsync(
        ZoneOptions? zone = null, string prefix = "", bool isSecure = false, BusOptions? bus = null, AgentOptions? agent = null,
        string? siteName = null, string address = "127.0.0.1:0", string? programs = null)
    {
        string folder = Directory.CreateTempSubdirectory("hutch-portal-").FullName;
        string told = "";
        var options = new ServeOptions
        {
            DataFolder = folder,
            HttpAddress = address,
            HttpsAddress = isSecure ? "127.0.0.1:0" : null,
            Api = new ApiOptions { StopSeconds = 1 },
            // Passwords that are hashed in no time: what a real hash costs is tested in Hutch.Zone.Tests.
            Zone = zone ?? new ZoneOptions { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } },
            PathPrefix = prefix,
            SiteName = siteName ?? "hutch",
            Analysis = new AnalysisWorkerOptions(),
            DataLad = new DataLadOptions(),
            Bus = bus ?? new BusOptions(),
            Reader = new ReaderCommand(Path.Combine(AppContext.BaseDirectory, "Hutch.Formats.ReaderHost"), ["content"]),
            Agent = agent ?? new AgentOptions(),
            Programs = new ProgramOptions { Folder = programs },
            Node = new NodeCommand(Repository.Executable, ["attempt"]),
            AgentPortal = new Uri("https://hutch.example.org/"),
            ClientUrl = new Uri("https://downloads.example.org/hutch"),
            Sites = siteName is null ? null : new SitesOptions { Listen = "127.0.0.1:0", StopSeconds = 1 },
            // For work on the portal: tests use this build of it, without compiling the program.
            PortalFolder = Environment.GetEnvironmentVariable("HUTCH_PORTAL_FOLDER"),
            Notice = words => told += words + "\n",
        };
        HutchServer server = await HutchServer.StartAsync(options, TestContext.Current.CancellationToken);
        return new PortalSite(folder, server, LinkPattern().Match(told).Value, isSecure);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The address of a page.</summary>
    public string Url(string path) => new Uri(Address, path).ToString();

    /// <summary>Calls the REST API with a token and expects success.</summary>
    public async Task<JsonElement> RequestAsync(HttpMethod method, string path, object? body = null, string? token = null)
    {
        (HttpStatusCode code, string text) = await ReportAsync(method, path, body, token);
        Assert.True((int)code is >= 200 and < 300, $"{method} {path}: {(int)code} {text}");
        return text.StartsWith('{') ? JsonSerializer.Deserialize<JsonElement>(text.Split('\n')[0]) : default;
    }

    /// <summary>Calls the REST API with a token, whatever the answer is.</summary>
    public async Task<(HttpStatusCode Code, string Text)> ReportAsync(HttpMethod method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? AdminToken);
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            _ => JsonContent.Create(body),
        };
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Writes the downloads that were counted so far, as a server does that stops.</summary>
    public Task WriteDownloadsAsync() =>
        Assert.ThrowsAnyAsync<OperationCanceledException>(() => _server.Modules.Access.Downloads.RunAsync(new CancellationToken(canceled: true)));

    /// <summary>Creates an account with the test password.</summary>
    public async Task<string> UserAsync(string name, params string[] roles)
    {
        JsonElement made = await RequestAsync(HttpMethod.Post, "users", new { name, displayName = char.ToUpperInvariant(name[0]) + name[1..], roles });
        await SetPasswordAsync(name);
        return made.GetProperty("token").GetString()!;
    }

    /// <summary>Sets the password of an account through a one-time link.</summary>
    public async Task SetPasswordAsync(string name)
    {
        string cookie = await CookieByLinkAsync(name);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/me/password") { Content = JsonContent.Create(new Dictionary<string, string> { ["new"] = Password }) };
        AsPortal(request, cookie);
        using HttpResponseMessage set = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(set.IsSuccessStatusCode, await set.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var leave = new HttpRequestMessage(HttpMethod.Post, "/api/v1/logout");
        AsPortal(leave, cookie);
        using HttpResponseMessage left = await _http.SendAsync(leave, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
    }

    /// <summary>A browser window with a logged-in user.</summary>
    public async Task<IBrowserContext> WindowAsync(Browser browser, string user, int width = 1280, int height = 800)
    {
        IBrowserContext window = await AnonymousAsync(browser, width, height);
        string cookie = await CookieByLinkAsync(user);
        string[] parts = cookie.Split('=', 2);
        await window.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = parts[0], Value = parts[1], Url = Address.ToString(), HttpOnly = true, SameSite = SameSiteAttribute.Lax }]);
        return window;
    }

    /// <summary>Requests a page or file as a browser does.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string accept = "text/html", string encoding = "gzip, br")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Reads with a token; whatever the answer is.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, string token, EntityTagHeaderValue? known = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Begins a download whose body is not read on.</summary>
    public async Task<HttpResponseMessage> BeginDownloadAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    /// <summary>A browser window without a login.</summary>
    public async Task<IBrowserContext> AnonymousAsync(Browser browser, int width = 1280, int height = 800)
    {
        IBrowserContext window = await browser.Chromium.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            IgnoreHTTPSErrors = true,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
            AcceptDownloads = true,
        });
        window.SetDefaultTimeout(60_000);
        return window;
    }

    /// <summary>Creates a dataset with some files through the REST API.</summary>
    public async Task<string> DatasetAsync(string name, string token, params (string Path, string Text)[] files)
    {
        string id = (await RequestAsync(HttpMethod.Post, "datasets", new { name }, token)).GetProperty("id").GetString()!;
        foreach ((string path, string text) in files)
        {
            await RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}", new StringContent(text), token);
        }

        return id;
    }

    private async Task<string> CookieByLinkAsync(string user)
    {
        JsonElement link = await RequestAsync(HttpMethod.Post, $"users/{user}/login-link");
        string code = link.GetProperty("url").GetString()!.Split("#code=")[1];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/login/link") { Content = JsonContent.Create(new { code }) };
        AsPortal(request, null);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.GetValues("Set-Cookie").First().Split(';')[0];
    }

    private void AsPortal(HttpRequestMessage request, string? cookie)
    {
        request.Headers.Add("X-Hutch-Request", "portal");
        request.Headers.Add("Origin", _server.Address.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/1.0");
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }
    }

    [GeneratedRegex(@"http\S+#code=\S+")]
    private static partial Regex LinkPattern();
}
