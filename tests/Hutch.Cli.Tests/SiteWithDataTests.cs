using System.Net;
using System.Text;
using Hutch.Commands.Hosting;
using Hutch.Model;

namespace Hutch.Cli.Tests;

/// <summary>The bytes of a dataset come from the site that has them, which the zone of the login says.</summary>
public sealed class SiteWithDataTests : IDisposable
{
    private const string Zone = "https://hutch.example.org";
    private const string Archive = "https://archive.example.org";
    private const string AtZone = """{"default":"https://hutch.example.org","remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"}}}""";

    private static readonly string End = DateTimeOffset.UtcNow.AddDays(7).ToString("O");

    private readonly CommandLine _line = new();
    private readonly List<(string Host, string Path)> _asked = [];
    private string _copies = Copies("archive");
    private string _address = Archive;

    public SiteWithDataTests()
    {
        _line.Environment.Clear();
        _line.Server.Change(("a", "1"));
        _line.Server.Intercept = Answer;
    }

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task A_clone_by_name_comes_from_the_home_with_a_token_that_the_zone_exchanges()
    {
        WriteConfig(AtZone);

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("clone", "lysozyme", "d"));

        int exchanged = _asked.FindIndex(static one => one.Path.EndsWith("/exchange", StringComparison.Ordinal));
        Assert.Equal(["archive.example.org"], _asked.Skip(exchanged + 1).Select(static one => one.Host).Distinct());
        Assert.Equal("1", await File.ReadAllTextAsync(_line.Folder["d/a"], TestContext.Current.CancellationToken));
        Assert.Contains("hutch_2_archive", ReadConfig(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_with_a_complete_copy_is_nearer_than_the_home_and_a_site_can_be_forced()
    {
        WriteConfig(AtZone);
        _copies = Copies("archive", "facility", "compute");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("stage", "lysozyme", "near"));
        Assert.DoesNotContain(_asked, static one => one.Host == "archive.example.org");
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("stage", "lysozyme", "far", "--site", "archive"));
        Assert.Contains(_asked, static one => one.Host == "archive.example.org");
        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync("stage", "lysozyme", "other", "--site", "moon"));

        Assert.Contains("'moon' does not have all of", _line.Error, StringComparison.Ordinal);
        Assert.Contains("archive, facility, compute", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_by_hand_and_the_certificate_trusted_with_it_are_never_replaced()
    {
        string certificate = new('a', 64);
        WriteConfig(
            $$"""
            {"default":"{{Zone}}","remotes":{
                "{{Zone}}":{"token":"hutch_1_zone"},
                "https://other.example.org":{"token":"hutch_5_other","fingerprint":"{{certificate}}"} } }
            """);
        _address = "https://other.example.org";

        _ = await _line.RunAsync("clone", "lysozyme", "d");

        Assert.Contains("hutch_5_other", ReadConfig(), StringComparison.Ordinal);
        Assert.DoesNotContain("hutch_2_archive", ReadConfig(), StringComparison.Ordinal);
        Assert.Contains(certificate, ReadConfig(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_is_not_asked_which_site_has_the_data_but_the_zone_of_its_login()
    {
        WriteConfig(
            $$"""
            {"default":"https://compute.example.org","remotes":{
                "{{Zone}}":{"token":"hutch_1_zone"},
                "https://compute.example.org":{"token":"hutch_3_compute","loginOf":"{{Zone}}","site":"compute","expires":"{{End}}"} } }
            """);

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("clone", "lysozyme", "d"));

        Assert.Equal("hutch.example.org", Assert.Single(_asked, static one => one.Path.EndsWith("/copies", StringComparison.Ordinal)).Host);
        Assert.Contains(_asked, static one => one.Host == "archive.example.org");
    }

    [Theory]
    [InlineData("--remote")]
    [InlineData("token")]
    [InlineData("no portal")]
    public async Task A_named_server_a_token_at_hand_or_a_site_without_an_address_leaves_the_server_as_it_is(string reason)
    {
        WriteConfig(AtZone);
        string[] more = reason == "--remote" ? ["--remote", Zone] : [];
        if (reason == "token")
        {
            _line.Environment["HUTCH_TOKEN"] = "hutch_1_job";
            _line.Environment["HUTCH_REMOTE"] = Zone;
        }

        _address = reason == "no portal" ? "" : Archive;

        Assert.Equal(ExitCode.Ok, await _line.RunAsync(["clone", "lysozyme", "d", .. more]));

        Assert.DoesNotContain(_asked, static one => one.Host == "archive.example.org");
    }

    [Fact]
    public async Task Info_and_get_ask_the_site_that_is_named_and_get_otherwise_the_home()
    {
        WriteConfig(AtZone);
        _copies = Copies("archive", "facility");
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("clone", "lysozyme", "d", "--lazy"));
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("info", "lysozyme"));
        Assert.DoesNotContain(_asked, static one => one.Host == "archive.example.org");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("info", "lysozyme", "--site", "archive"));
        Assert.Contains(_asked, static one => one.Host == "archive.example.org");
        _copies = Copies("archive");
        _asked.Clear();
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("d", "get"));

        Assert.Contains(_asked, static one => one.Host == "archive.example.org" && one.Path.Contains("/fetch", StringComparison.Ordinal));
        Assert.Equal("1", await File.ReadAllTextAsync(_line.Folder["d/a"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("info", "lysozyme")]
    [InlineData("clone", "lysozyme@1", "d", "--wait", "0")]
    public async Task A_dataset_whose_home_does_not_answer_is_read_from_a_site_with_a_whole_copy(params string[] command)
    {
        WriteConfig(AtZone);
        _copies = Copies("moon", "archive");
        _line.Server.Intercept = request => Answer(request)
            ?? (request.RequestUri!.Host == "hutch.example.org"
                ? _line.Server.Reject(ErrorCode.Unavailable, "The home is away.", ("dataset", _line.Server.Dataset.ToString()))
                : null);

        Assert.Equal(ExitCode.Ok, await _line.RunAsync(command));

        Assert.Contains(_asked, static one => one.Host == "archive.example.org");
    }

    /// <summary>M7: the zone is away, and the login at a site is kept.</summary>
    [Fact]
    public async Task While_the_zone_is_away_a_clone_names_a_site_that_has_the_dataset()
    {
        // With the clock of the other tests, the archive would have no time to answer.
        _line.Time = TimeProvider.System;
        WriteConfig(
            """{"default":"https://hutch.example.org","remotes":{"https://hutch.example.org":{"token":"hutch_1_zone"},"""
            + $"\"{Archive}\":{{\"token\":\"hutch_2_archive\",\"loginOf\":\"{Zone}\",\"site\":\"archive\",\"expires\":\"{End}\"}}" + "}}");
        _line.Server.Intercept = request => request.RequestUri!.Host == "hutch.example.org"
            ? throw new HttpRequestException(HttpRequestError.ConnectionError)
            : Answer(request);

        Assert.Equal(ExitCode.Unreachable, await _line.RunAsync("clone", "lysozyme", "d", "--wait", "0"));

        Assert.Contains($"archive has all of lysozyme: add `--remote {Archive}`", _line.Error, StringComparison.Ordinal);
    }

    /// <summary>C1: the server of the command reads for a person who has not allowed the home to log her in.</summary>
    [Fact]
    public async Task Without_a_consent_for_the_home_the_data_come_through_the_zone_and_a_named_site_is_refused_with_the_page()
    {
        WriteConfig(AtZone);
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/exchange", StringComparison.Ordinal)
            ? _line.Server.Reject(ErrorCode.ConsentRequired, "You have not allowed the site archive to act for you.", ("page", Zone + "/consent?site=archive"))
            : Answer(request);

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("clone", "lysozyme", "d"));
        Assert.Contains("Until then the data come through", _line.Error, StringComparison.Ordinal);
        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync("clone", "lysozyme", "e", "--site", "archive"));

        Assert.DoesNotContain(_asked, static one => one.Host == "archive.example.org");
        Assert.Contains("You have not allowed the site archive", _line.Error, StringComparison.Ordinal);
    }

    private static string Copies(string home, params string[] complete) =>
        $$"""{"home":"{{home}}","here":"facility","epoch":1,"items":["""
        + string.Join(',', complete.Select(static site => $$"""{"site":"{{site}}","state":"complete","asked":"2026-01-01T00:00:00Z"}"""))
        + "]}";

    private HttpResponseMessage? Answer(HttpRequestMessage request)
    {
        (string host, string path) = (request.RequestUri!.Host, request.RequestUri.AbsolutePath);
        _asked.Add((host, path));
        string? token = request.Headers.Authorization?.Parameter;
        if (host == "archive.example.org" && token != "hutch_2_archive")
        {
            throw new HttpRequestException($"{token} was sent to the archive");
        }

        return path.EndsWith("/copies", StringComparison.Ordinal) ? Json(_copies)
            : !path.EndsWith("/exchange", StringComparison.Ordinal) ? null
            : _address.Length == 0 ? _line.Server.Reject(ErrorCode.Unprocessable, "The zone does not know the address of the site archive.")
            : Json($$"""{"site":"archive","address":"{{_address}}","id":"2","token":"hutch_2_archive","expires":"{{End}}"}""");
    }

    private static HttpResponseMessage Json(string text) =>
        new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    private void WriteConfig(string json)
    {
        string path = _line.Folder[".config/hutch/config"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, json);
    }

    private string ReadConfig() => File.ReadAllText(_line.Folder[".config/hutch/config"]);
}
