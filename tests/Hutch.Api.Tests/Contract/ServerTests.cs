using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Api.Tests.Support;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Server;

namespace Hutch.Api.Tests.Contract;

/// <summary>The host: first start, health, its own description, stopping.</summary>
public sealed class ServerTests
{
    [Fact]
    public async Task The_first_start_makes_an_administrator_whose_token_only_the_owner_of_the_folder_can_read()
    {
        await using TestServer server = await TestServer.StartAsync();
        string path = Path.Combine(server.Folder, "admin.token");

        Answer me = (await server.Admin.GetAsync("me")).Must(200);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal("admin", me.Json.GetProperty("user").GetString());
        Assert.Contains("administrator", me.Json.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    [Fact]
    public async Task The_server_shows_its_identity_and_health_without_a_token()
    {
        await using TestServer server = await TestServer.StartAsync();

        Answer info = (await server.Nobody.GetAsync("")).Must(200);

        Assert.Equal("hutch", info.Json.GetProperty("name").GetString());
        Assert.Equal(TokenText.ZoneOf(server.Admin.Token!).ToString(), info.Json.GetProperty("zone").GetString());
        (await server.Nobody.GetAsync("/health/live")).Must(200);
        (await server.Nobody.GetAsync("/health/ready")).Must(200);
        Assert.Equal("/docs", (await server.Nobody.GetAsync("/")).Must(302).Headers["Location"]);
    }

    [Fact]
    public async Task It_answers_to_head_as_to_get()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        foreach ((string path, int status) in new[]
            { ("/", 302), ("/docs", 200), ("/health/ready", 200), ("/metrics", 200), ("/api/v1/", 200), ("/api/v1/datasets", 200) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(server.Address, path));
            using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal((path, status), (path, (int)answer.StatusCode));
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_start_that_cannot_listen_creates_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        string folder = Path.Combine(Path.GetTempPath(), "hutch-" + Guid.NewGuid().ToString("N"));

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => HutchServer.StartAsync(
            TestServer.Options(folder) with { HttpAddress = server.Address.Authority }, TestContext.Current.CancellationToken));

        Assert.Equal(
            $"The server cannot listen at {server.Address.Authority}: another program uses it. Nothing was created.", refusal.Error.Message);
        Assert.EndsWith("`hutch serve` takes --http HOST:PORT.", refusal.Error.Code.Advice, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task The_login_is_printed_at_each_start_until_it_was_used()
    {
        string folder = Path.Combine(Path.GetTempPath(), "hutch-" + Guid.NewGuid().ToString("N"));
        List<string> first = await StartAsync(folder, use: false);
        string token = await File.ReadAllTextAsync(Path.Combine(folder, "admin.token"), TestContext.Current.CancellationToken);
        List<string> second = await StartAsync(folder, use: true);
        string kept = await File.ReadAllTextAsync(Path.Combine(folder, "admin.token"), TestContext.Current.CancellationToken);
        List<string> third = await StartAsync(folder, use: false);
        Directory.Delete(folder, recursive: true);

        Assert.Contains(first, line => line.StartsWith("First start: created the account 'admin'. Log in with: hutch login http://", StringComparison.Ordinal));
        Assert.Contains(second, line => line.StartsWith("Not used yet: the account 'admin'. Log in with: hutch login http://", StringComparison.Ordinal));
        Assert.Contains(second, line => line.StartsWith("One-time login link", StringComparison.Ordinal));
        Assert.DoesNotContain(third, line => line.Contains("hutch login", StringComparison.Ordinal));
        Assert.Equal(token, kept);
        Assert.DoesNotContain(first.Concat(second).Concat(third), line => line.Contains(token.Trim(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_link_that_the_first_start_prints_logs_the_administrator_in_once()
    {
        string folder = Path.Combine(Path.GetTempPath(), "hutch-" + Guid.NewGuid().ToString("N"));
        List<string> told = [];
        await using (HutchServer server = await HutchServer.StartAsync(
            TestServer.Options(folder) with { Notice = told.Add }, TestContext.Current.CancellationToken))
        {
            string code = Regex.Match(string.Join('\n', told), "/login#code=(hutchlogin_[0-9a-f]{16}_[A-Za-z0-9_-]{43})").Groups[1].Value;
            using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(server.Address, "/api/v1/") };

            using HttpResponseMessage first = await browser.PostAsJsonAsync("login/link", new { code }, TestContext.Current.CancellationToken);
            using HttpResponseMessage second = await browser.PostAsJsonAsync("login/link", new { code }, TestContext.Current.CancellationToken);

            Assert.Equal((200, 401), ((int)first.StatusCode, (int)second.StatusCode));
            using JsonDocument me = JsonDocument.Parse(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal("admin", me.RootElement.GetProperty("user").GetString());
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<List<string>> StartAsync(string folder, bool use)
    {
        List<string> told = [];
        ServeOptions options = TestServer.Options(folder) with { HttpAddress = "0.0.0.0:0", Notice = told.Add };
        await using HutchServer server = await HutchServer.StartAsync(options, TestContext.Current.CancellationToken);
        if (use)
        {
            string token = (await File.ReadAllTextAsync(Path.Combine(folder, "admin.token"), TestContext.Current.CancellationToken)).Trim();
            _ = (await server.Zone.Authenticator.AuthenticateAsync(token, null, TestContext.Current.CancellationToken)).Value;
        }

        Assert.DoesNotContain(told, static line => line.Contains("0.0.0.0", StringComparison.Ordinal));
        return told;
    }

    [Fact]
    public async Task Its_metrics_count_requests_and_name_no_token()
    {
        await using TestServer server = await TestServer.StartAsync();
        (await server.Admin.GetAsync("me")).Must(200);

        Answer metrics = (await server.Nobody.GetAsync("/metrics")).Must(200);

        Assert.Contains("hutch_api_requests{method=\"GET\",status=\"200\"} 1\n", metrics.Text);
        Assert.Contains("hutch_api_request_seconds_count 1\n", metrics.Text);
        Assert.DoesNotContain("hutch_" + server.Admin.Token!.Split('_')[2], metrics.Text);
    }

    [Fact]
    public async Task The_page_uses_nothing_from_elsewhere()
    {
        await using TestServer server = await TestServer.StartAsync();

        Answer page = (await server.Nobody.GetAsync("/docs")).Must(200);

        Assert.Contains("default-src 'none'", page.Headers["Content-Security-Policy"]);
        Assert.DoesNotContain("http://", page.Text);
        Assert.DoesNotContain("https://", page.Text);
        (await server.Nobody.GetAsync("/docs/page.css")).Must(200);
        (await server.Nobody.GetAsync("/docs/page.js")).Must(200);
    }

    [Fact]
    public async Task The_OpenAPI_document_is_what_was_reviewed()
    {
        await using TestServer server = await TestServer.StartAsync();

        Answer document = (await server.Nobody.GetAsync("/openapi/v1.json")).Must(200);

        Written.MustBe("../openapi.json", document.Text);
    }

    [Fact]
    public async Task Every_reference_of_the_OpenAPI_document_leads_somewhere()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonElement document = (await server.Nobody.GetAsync("/openapi/v1.json")).Must(200).Json;

        foreach (string reference in References(document))
        {
            JsonElement at = document;
            foreach (string part in reference.Split('/').Skip(1))
            {
                Assert.True(at.TryGetProperty(part, out at), $"{reference} leads nowhere");
            }
        }
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync();

        DiskLockedException refused = await Assert.ThrowsAsync<DiskLockedException>(
            () => HutchServer.StartAsync(TestServer.Options(server.Folder), TestContext.Current.CancellationToken));

        Assert.Contains(server.Folder, refused.Message, StringComparison.Ordinal);
        (await server.Admin.GetAsync("me")).Must(200);
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_stop_and_a_start()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("kept");
        (await server.Admin.PutAsync($"datasets/{id}/entries/a.txt", "kept")).Must(201);

        await server.RestartAsync();

        Assert.Equal("kept", (await server.Admin.GetAsync($"datasets/{id}/entries/a.txt")).Must(200).Text);
        Assert.Equal("admin/kept", (await server.Admin.GetAsync("datasets/resolve?name=kept")).Must(200).Json.GetProperty("name").GetString());
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
