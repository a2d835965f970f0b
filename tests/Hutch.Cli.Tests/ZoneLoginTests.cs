using System.Net;
using System.Text;
using Hutch.Commands.Hosting;
using Hutch.Model;

namespace Hutch.Cli.Tests;

/// <summary>A login at a zone serves at each of its sites, for commands and for git.</summary>
public sealed class ZoneLoginTests : IDisposable
{
    private const string Zone = "https://hutch.example.org";
    private const string Site = "https://archive.example.org";
    private const string ForGit = "protocol=https\nhost=archive.example.org\n";

    private static readonly string End = DateTimeOffset.UtcNow.AddDays(7).ToString("O");

    private readonly CommandLine _line = new();
    private int _asked;

    public ZoneLoginTests() => _line.Environment.Clear();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task A_site_of_the_zone_gets_a_token_by_exchange_once_which_ends_with_the_login_at_the_zone()
    {
        WriteConfig("""{"default":"https://hutch.example.org","remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"}}}""");
        _line.Server.Intercept = request => (request.RequestUri!.Host, request.Headers.Authorization?.Parameter) switch
        {
            ("hutch.example.org", "hutch_1_zone") => Exchange($$"""{"site":"archive","address":"{{Site}}","id":"2","token":"hutch_2_site","expires":"{{End}}"}"""),
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
        WriteConfig(
            """{"remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"},"https://archive.example.org":{"token":"hutch_2_old","""
            + $"\"loginOf\":\"https://hutch.example.org\",\"expires\":\"{End}\"" + "}}}");
        _line.Server.Intercept = request => (request.RequestUri!.Host, request.Headers.Authorization?.Parameter) switch
        {
            ("hutch.example.org", _) => Exchange($$"""{"site":"archive","address":"{{Site}}","id":"3","token":"hutch_3_new","expires":"{{End}}"}"""),
            (_, "hutch_3_new") => Json("""{"user":"alice","roles":[],"groups":[]}"""),
            _ => _line.Server.Reject(ErrorCode.Unauthenticated, "This token was revoked."),
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("whoami", "--remote", Site));

        Assert.Contains("hutch_3_new", ReadConfig(), StringComparison.Ordinal);
        Assert.DoesNotContain("hutch_2_old", ReadConfig(), StringComparison.Ordinal);
    }

    /// <summary>C1: a person decides in a browser; the command names the page, and nothing is sent to the site.</summary>
    [Fact]
    public async Task A_site_that_the_person_has_not_allowed_gets_no_request_and_the_command_names_the_page()
    {
        WriteConfig("""{"remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"}}}""");
        _line.Server.Intercept = request => request.RequestUri!.Host == "hutch.example.org"
            ? _line.Server.Reject(ErrorCode.ConsentRequired, "You have not allowed the site archive to act for you.", ("page", Zone + "/consent?site=archive"))
            : throw new HttpRequestException("sent to the site");

        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync("whoami", "--remote", Site));

        Assert.Contains("You have not allowed the site archive", _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("sent to the site", _line.Error, StringComparison.Ordinal);
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
    public async Task A_clone_from_a_share_link_uses_the_link_even_with_a_login_elsewhere()
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

    [Fact]
    public async Task The_address_of_a_dataset_at_a_site_is_opened_with_the_login_at_the_zone()
    {
        WriteConfig("""{"remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"}}}""");
        _line.Server.Intercept = request => request.RequestUri!.Host == "hutch.example.org"
            ? Exchange(NewToken("hutch_2_site"))
            : request.Headers.Authorization?.Parameter == "hutch_2_site" ? null : throw new HttpRequestException("without its token");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("info", $"{Site}/datasets/{_line.Server.Dataset}"));
    }

    [Fact]
    public async Task Git_gets_a_token_of_the_site_that_is_exchanged_once()
    {
        WriteConfig("""{"remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"}}}""");
        _line.Server.Intercept = _ => Exchange(NewToken("hutch_2_site"));

        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("username=hutch\npassword=hutch_2_site\n", await AskAsync("get", ForGit));
        }

        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Git_gets_another_token_after_the_site_has_refused_one()
    {
        WriteConfig(
            $$"""{"remotes":{"{{Zone}}":{"token":"hutch_1_zone"},"{{Site}}":{"token":"hutch_2_old","loginOf":"{{Zone}}","expires":"{{End}}"} } }""");
        _line.Server.Intercept = _ => Exchange(NewToken("hutch_3_new"));

        Assert.Contains("hutch_2_old", await AskAsync("get", ForGit), StringComparison.Ordinal);
        Assert.Equal("", await AskAsync("erase", ForGit + "username=hutch\npassword=hutch_2_old\n"));

        Assert.Contains("hutch_3_new", await AskAsync("get", ForGit), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("protocol=https\nhost=evil.example.org\n")]
    [InlineData("protocol=https\nhost=hutch.example.org.evil.org\n")]
    [InlineData("protocol=https\nhost=hutch.example.org:8443\n")]
    [InlineData("host=hutch.example.org\n")]
    [InlineData("protocol=ssh\nhost=hutch.example.org\n")]
    [InlineData("no words of git")]
    public async Task Git_gets_nothing_for_a_server_without_a_login(string asked)
    {
        WriteConfig("""{"remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"}}}""");
        _line.Environment["HUTCH_TOKEN"] = "hutch_9_other";
        _line.Server.Intercept = _ => _line.Server.Reject(ErrorCode.NotFound, "There is no such site.");

        Assert.Equal("", await AskAsync("get", asked));
    }

    [Fact]
    public async Task Git_gets_no_token_for_plain_HTTP_at_another_machine()
    {
        WriteConfig("""{"remotes":{"http://hutch.example.org":{"token":"hutch_1_zone"}}}""");
        _line.Input = "protocol=http\nhost=hutch.example.org\n\n";

        Assert.Equal(ExitCode.Usage, await _line.RunAsync("datalad", "credential", "get"));

        Assert.DoesNotContain("hutch_1_zone", _line.Out + _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Git_gets_the_token_of_netrc_where_hutch_has_no_login()
    {
        await File.WriteAllTextAsync(
            _line.Folder[".netrc"], "machine archive.example.org login any password hutch_5_line\n", TestContext.Current.CancellationToken);

        Assert.Equal("username=hutch\npassword=hutch_5_line\n", await AskAsync("get", ForGit));
    }

    private async Task<string> AskAsync(string request, string lines)
    {
        _line.Input = lines + "\n";
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("datalad", "credential", request));
        return _line.Out;
    }

    private static string NewToken(string token) =>
        $$"""{"site":"archive","address":"{{Site}}","id":"2","token":"{{token}}","expires":"{{End}}"}""";

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
