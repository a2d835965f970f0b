using System.Net;
using System.Text;
using Hutch.Commands.Hosting;
using Hutch.Model;

namespace Hutch.Cli.Tests;

public sealed class DeviceLoginTests : IDisposable
{
    private readonly CommandLine _line = new();
    private int _asked;

    public DeviceLoginTests() => _line.Environment.Clear();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task The_code_is_shown_and_the_token_that_comes_is_tried_and_kept()
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath switch
        {
            "/api/v1/login/device" => Json("""{"handle":"the-handle","userCode":"ABCD-EFGH","verificationUri":"https://id.example.org/device","interval":5,"expires":"2026-11-20T12:00:00Z"}"""),
            "/api/v1/login/device/token" => ++_asked < 3
                ? new HttpResponseMessage(HttpStatusCode.Accepted)
                : Json("""{"user":"alice","token":"hutch_1_secret"}"""),
            _ when request.Headers.Authorization?.Parameter == "hutch_1_secret" => Json("""{"user":"alice"}"""),
            _ => throw new HttpRequestException("wrong token"),
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("login", "127.0.0.1:8470", "--device"));

        Assert.Equal("Logged in to http://127.0.0.1:8470 as alice.\n", _line.Out);
        Assert.Contains("https://id.example.org/device in a browser and enter the code ABCD-EFGH", _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the-handle", _line.Out + _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hutch_1_secret", _line.Out + _line.Error, StringComparison.Ordinal);
        Assert.Equal(3, _asked);
        string config = await File.ReadAllTextAsync(_line.Folder[".config/hutch/config"], TestContext.Current.CancellationToken);
        Assert.Contains("hutch_1_secret", config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_said_and_nothing_is_kept()
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath == "/api/v1/login/device"
            ? Json("""{"handle":"h","userCode":"A","verificationUri":"https://id.example.org/device","interval":5,"expires":"2026-11-20T12:00:00Z"}""")
            : _line.Server.Reject(ErrorCode.LoginRefused, "The login was refused in the browser.");

        Assert.Equal(ExitCode.Forbidden, await _line.RunAsync("login", "127.0.0.1:8470", "--device"));

        Assert.Contains("hutch: The login was refused in the browser.", _line.Error, StringComparison.Ordinal);
        Assert.False(_line.Folder.Has(".config/hutch/config"));
    }

    [Fact]
    public async Task No_token_is_asked_for_over_plain_HTTP_from_another_machine()
    {
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("login", "http://hutch.example.org", "--device"));

        Assert.Contains("plain HTTP", _line.Error, StringComparison.Ordinal);
        Assert.Empty(_line.Server.Requests);
    }

    [Fact]
    public async Task A_site_of_the_zone_gets_a_token_by_exchange_once_which_ends_with_the_login_at_the_zone()
    {
        const string Zone = "https://hutch.example.org";
        const string Site = "https://archive.example.org";
        WriteConfig("""{"default":"https://hutch.example.org","remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"}}}""");
        string end = DateTimeOffset.UtcNow.AddDays(7).ToString("O");
        _line.Server.Intercept = request => (request.RequestUri!.Host, request.Headers.Authorization?.Parameter) switch
        {
            ("hutch.example.org", "hutch_1_zone") => Exchange($$"""{"site":"archive","address":"{{Site}}","id":"2","token":"hutch_2_site","expires":"{{end}}"}"""),
            ("archive.example.org", "hutch_2_site") => Json("""{"user":"alice","roles":[],"groups":[]}"""),
            var other => throw new HttpRequestException($"sent {other}"),
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("whoami", "--remote", Site));
        Assert.Contains("Logged in to archive through https://hutch.example.org.", _line.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("whoami", "--remote", Site));

        Assert.Equal(1, _asked);
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("logout", Zone));
        Assert.DoesNotContain("hutch_2_site", ReadConfig(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_the_site_refuses_is_renewed_and_the_request_sent_again()
    {
        const string Site = "https://archive.example.org";
        string end = DateTimeOffset.UtcNow.AddDays(7).ToString("O");
        WriteConfig(
            """{"remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"},"https://archive.example.org":{"token":"hutch_2_old","""
            + $"\"loginOf\":\"https://hutch.example.org\",\"expires\":\"{end}\"" + "}}}");
        _line.Server.Intercept = request => (request.RequestUri!.Host, request.Headers.Authorization?.Parameter) switch
        {
            ("hutch.example.org", _) => Exchange($$"""{"site":"archive","address":"{{Site}}","id":"3","token":"hutch_3_new","expires":"{{end}}"}"""),
            (_, "hutch_3_new") => Json("""{"user":"alice","roles":[],"groups":[]}"""),
            _ => _line.Server.Reject(ErrorCode.Unauthenticated, "This token was revoked."),
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("whoami", "--remote", Site));

        Assert.Contains("hutch_3_new", ReadConfig(), StringComparison.Ordinal);
        Assert.DoesNotContain("hutch_2_old", ReadConfig(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_a_zone_is_never_sent_to_an_address_that_the_zone_does_not_know()
    {
        WriteConfig("""{"remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"}}}""");
        _line.Server.Intercept = request => request.RequestUri!.Host == "hutch.example.org"
            ? _line.Server.Reject(ErrorCode.NotFound, "There is no such site.")
            : request.Headers.Authorization is null ? _line.Server.Reject(ErrorCode.Unauthenticated, "Log in.")
            : throw new HttpRequestException("a token was sent");

        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync("whoami", "--remote", "https://evil.example.org"));

        Assert.DoesNotContain("a token was sent", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clone_that_came_by_a_share_link_uses_it_also_for_a_person_who_is_logged_in_elsewhere()
    {
        _line.Server.Change(("a", "1"));
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("clone", "lysozyme", "d"));
        WriteConfig($$"""{"remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"} },"links":{"{{_line.Server.Dataset}}":"hutchlink_secret"} }""");
        List<string?> sent = [];
        _line.Server.Intercept = request =>
        {
            sent.Add(request.Headers.Authorization?.Parameter);
            return null;
        };

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("d", "pull"));

        Assert.Equal(["hutchlink_secret"], sent.Distinct());
    }

    private HttpResponseMessage Exchange(string json)
    {
        _asked++;
        return Json(json);
    }

    private void WriteConfig(string json)
    {
        string path = _line.Folder[".config/hutch/config"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, json);
    }

    private string ReadConfig() => File.ReadAllText(_line.Folder[".config/hutch/config"]);

    private static HttpResponseMessage Json(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
}
