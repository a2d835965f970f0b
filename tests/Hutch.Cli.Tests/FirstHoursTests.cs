using System.Text;
using System.Text.Json;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Contracts;

namespace Hutch.Cli.Tests;

/// <summary>The first commands of a person who knows other programs.</summary>
public sealed class FirstHoursTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("y\n", ExitCode.Ok)]
    [InlineData("n\n", ExitCode.Usage)]
    [InlineData("", ExitCode.Usage)]
    public async Task Close_asks_a_person_before_it_closes_for_good(string answer, int expected)
    {
        _line.IsTerminal = true;
        _line.Input = answer;
        AnswerClose();

        Assert.Equal(expected, await _line.RunAsync("close", "lysozyme"));

        Assert.StartsWith("Close alice/lysozyme (1 entry, 1 B) for good? [y/N] ", _line.Error, StringComparison.Ordinal);
        Assert.Equal(expected == ExitCode.Ok, _line.Server.Requests.Any(request => request.EndsWith("/close", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_description_in_JSON_is_refused_with_line_and_field()
    {
        _line.Input = "{\n  \"titel\": 1}";

        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync("publication", "set", "lysozyme"));

        Assert.Contains("line 2, at $.titel.", _line.Error, StringComparison.Ordinal);
    }

    /// <summary>M3: a type that does not exist was set first, and warned of then.</summary>
    [Fact]
    public async Task A_type_that_the_server_does_not_know_is_not_set_by_mistake()
    {
        _line.Server.Intercept = static request =>
            request.RequestUri!.AbsolutePath.Contains("/types/", StringComparison.Ordinal)
                ? new HttpResponseMessage(System.Net.HttpStatusCode.NotFound)
                {
                    Content = new StringContent(
                        """{"code":"not-found","title":"Not found","status":404,"detail":"There is no type 'nonsense'."}""",
                        Encoding.UTF8, "application/problem+json"),
                }
                : request.Method == HttpMethod.Patch ? Json(JsonSerializer.Serialize(Info(), HutchJson.Default.DatasetInfo)) : null;

        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync("type", "set", "lysozyme", "nonsense"));
        Assert.StartsWith("hutch: There is no type 'nonsense'.\n", _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_line.Server.Requests, request => request.StartsWith("PATCH", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("type", "set", "lysozyme", "nonsense", "--yes"));
    }

    /// <summary>C7: results stay open by default, and their description names the command that closes them.</summary>
    [Theory]
    [InlineData("open", "manage", true)]
    [InlineData("open", "read", false)]
    [InlineData("closed", "manage", false)]
    public async Task The_description_of_open_results_names_the_command_that_closes_them(string state, string right, bool expected)
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/resolve", StringComparison.Ordinal)
            ? Json(JsonSerializer.Serialize(
                Info() with
                {
                    Id = _line.Server.Dataset,
                    State = state,
                    Kind = "derived",
                    YourRight = right,
                    Parents = [new ParentInfo { Id = _line.Server.Dataset, Name = "alice/input", Snapshot = 1 }],
                },
                HutchJson.Default.DatasetInfo))
            : null;

        await _line.RunAsync("info", "lysozyme");

        Assert.Equal(
            expected,
            _line.Out.Contains("\nto close   `hutch close alice/lysozyme` makes this version permanent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Close_asks_nothing_with_yes()
    {
        _line.IsTerminal = true;
        AnswerClose();

        Assert.Equal((ExitCode.Ok, ""), (await _line.RunAsync("close", "lysozyme", "--yes"), _line.Error));
    }

    [Fact]
    public async Task Close_refuses_an_empty_dataset_unless_yes_is_given()
    {
        Assert.Equal(ExitCode.Failure, await _line.RunAsync("close", "lysozyme"));

        Assert.Equal(
            "hutch: alice/lysozyme is empty, and would stay empty for good.\n"
            + "  `hutch push` uploads its files first; with --yes it is closed without any.\n",
            _line.Error);
    }

    [Fact]
    public async Task Close_does_not_take_a_dataset_for_empty_whose_files_came_one_by_one()
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath switch
        {
            var path when path.EndsWith("/tree", StringComparison.Ordinal) =>
                Json("""{"items":[{"path":"00/000001","kind":"file","size":1}]}"""),
            var path when path.EndsWith("/close", StringComparison.Ordinal) =>
                Json(JsonSerializer.Serialize(Info() with { Id = _line.Server.Dataset }, HutchJson.Default.DatasetInfo)),
            _ => null,
        };

        Assert.Equal((ExitCode.Ok, ""), (await _line.RunAsync("close", "lysozyme"), _line.Error));
    }

    [Fact]
    public async Task Publish_needs_a_name_and_an_address_that_others_can_reach()
    {
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("publish"));
        Assert.StartsWith("hutch: `hutch publish` needs <dataset>.", _line.Error, StringComparison.Ordinal);
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath == "/api/v1/"
            ? Json("""{"name":"hutch","version":"0.1.0","site":"hutch","api":"v1"}""") : null;

        Assert.Equal(ExitCode.Failure, await _line.RunAsync("publish", "lysozyme"));

        Assert.StartsWith("hutch: The page would have the address http://127.0.0.1:1/, which works on this machine only.\n", _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_line.Server.Requests, request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_trades_the_token_for_a_link_and_opens_the_page_of_the_dataset()
    {
        _line.IsTerminal = true;
        _line.Server.Intercept = AnswerLink;

        Assert.Equal((ExitCode.Ok, ""), (await _line.RunAsync("open", "lysozyme"), _line.Out));

        string id = _line.Server.Requests.Count > 0 ? Assert.Single(_line.Opened).Split("/datasets/")[1].Split('#')[0] : "";
        Assert.Equal($"http://127.0.0.1:1/login?return=/datasets/{id}#code=hutchlogin_x", Assert.Single(_line.Opened));
        Assert.True(Guid.TryParse(id, out _));
        Assert.DoesNotContain("hutchlogin_", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_prints_the_link_where_there_is_no_browser()
    {
        _line.Server.Intercept = AnswerLink;

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("open"));

        Assert.Equal("http://127.0.0.1:1/login#code=hutchlogin_x\n", _line.Out);
    }

    [Fact]
    public async Task A_new_account_has_its_login_link_in_json()
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/login-link", StringComparison.Ordinal)
            ? AnswerLink(request) : Json("""{"name":"ada","token":"hutch_token"}""");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("user", "create", "ada", "--json"));

        Assert.Equal("http://127.0.0.1:1/login#code=hutchlogin_x", JsonDocument.Parse(_line.Out).RootElement.GetProperty("loginLink").GetString());
    }

    /// <summary>N8: the address of the administrator's own connection is of no use to another person.</summary>
    [Fact]
    public async Task Creating_an_account_shows_the_public_address_of_the_server()
    {
        _line.Server.Intercept = static request => Json(
            request.RequestUri!.AbsolutePath.EndsWith("/login-link", StringComparison.Ordinal)
                ? """{"url":"https://hutch.example.org:8443/hutch/login#code=hutchlogin_x","expires":"2026-11-27T12:05:00Z"}"""
                : """{"name":"ada","token":"hutch_token"}""");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("user", "create", "ada"));

        Assert.Contains("for `hutch login https://hutch.example.org:8443/hutch`.", _line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("share lysozyme --right read", "Name who gets the right: --with WHO, or --link.")]
    [InlineData("share lysozyme --with alice --right read", "alice/lysozyme belongs to alice, who has all rights.")]
    [InlineData("log lysozyme -n 0", "--limit is 0; it must be 1 or more.")]
    [InlineData("clone https://example.org/some/page", "'https://example.org/some/page' is not the address of a dataset.")]
    public async Task A_command_that_would_do_nothing_is_refused(string arguments, string expected)
    {
        _line.Server.Change(("a", "1"));

        Assert.Equal(ExitCode.Usage, await _line.RunAsync(arguments.Split(' ')));

        Assert.StartsWith("hutch: " + expected, _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_share_after_an_embargo_says_that_it_will_be()
    {
        var after = new DateTimeOffset(DateTime.Today.AddYears(1));
        _line.Server.Intercept = request => request.Method == HttpMethod.Put ? new HttpResponseMessage(System.Net.HttpStatusCode.NoContent) : null;

        Assert.Equal((ExitCode.Ok, ""), (await _line.RunAsync("share", "lysozyme", "--with", "everyone", "--right", "view", "--after", $"{after:yyyy-MM-dd}"), _line.Error));

        Assert.Equal($"alice/lysozyme will be shared with everyone from {Human.Time(after)}: view.\n", _line.Out);
        Assert.Contains(_line.Server.Requests, request => request.EndsWith("/grants/public", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_earlier_version_is_cloned_with_its_own_totals()
    {
        _line.Server.Change(("a", "1"));
        _line.Server.Change(("b", "2222"));

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("clone", "lysozyme@1", "one"));

        Assert.Contains(_line.Server.Requests, request => request.EndsWith("/snapshots/1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clone_inside_of_a_working_directory_is_warned_of()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme", "outer");

        await _line.RunInAsync("outer", "clone", "lysozyme", "inner");

        Assert.Contains("is inside the working directory", _line.Error, StringComparison.Ordinal);
    }

    /// <summary>H17: "use the existing one" was the advice for /etc/passwd.</summary>
    [Fact]
    public async Task A_clone_onto_a_file_says_that_it_is_one()
    {
        _line.Folder.Write("taken", "");

        Assert.Equal(ExitCode.Conflict, await _line.RunAsync("clone", "lysozyme", "taken"));

        Assert.Equal($"hutch: '{_line.Folder["taken"]}' is a file; choose a new or empty folder.\n", _line.Error);
    }

    [Fact]
    public async Task Status_counts_the_changes_and_names_a_folder_with_many_once()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme", "d");
        for (int i = 0; i < 20; i++)
        {
            _line.Folder.Write($"d/run/{i}", "x");
        }

        await _line.RunInAsync("d", "status");

        Assert.Contains("  added         run/ (20 paths)\n20 added, 0 changed, 0 removed.\n", _line.Out, StringComparison.Ordinal);
        await _line.RunInAsync("d", "status", "--all");
        Assert.Contains("  added         run/19\n", _line.Out, StringComparison.Ordinal);
    }

    /// <summary>N17 and M6: 1500 new files outside of folders were 1500 lines, and so were 500 folders of three.</summary>
    [Theory]
    [InlineData("{0}", "  added         ./ (123 paths)\n")]
    [InlineData("{1}/{0}", "  added         123 paths in 41 folders; --all lists them\n")]
    public async Task Status_counts_what_would_be_many_lines(string names, string expected)
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme", "d");
        for (int i = 0; i < 123; i++)
        {
            _line.Folder.Write("d/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, names, i, i / 3), "x");
        }

        await _line.RunInAsync("d", "status");

        Assert.Contains(expected + "123 added, 0 changed, 0 removed.\n", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_of_a_closed_dataset_does_not_advise_a_push()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme", "d");
        _line.Folder.Write("d/b", "x");
        AnswerClose();
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("d", "close", "--yes"));

        await _line.RunInAsync("d", "status");

        Assert.Contains("The dataset is closed, so that the changes cannot be pushed to it.", _line.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("uploads the changes", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_without_results_names_the_part_that_has_no_meaning()
    {
        _line.Server.Intercept = request => Json(request.RequestUri!.AbsolutePath.EndsWith("/facets", StringComparison.Ordinal)
            ? """{"found":0,"more":false,"facets":[],"notes":["There is no type 'nonsense'."]}"""
            : """{"items":[]}""");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("search", "type:nonsense"));

        Assert.Equal("No results.\nThere is no type 'nonsense'.\n", _line.Error);
    }

    [Theory]
    [InlineData("Z", 0)]
    [InlineData("+01:00", 60)]
    [InlineData("-03:30", -210)]
    public void Times_are_those_of_the_person_with_their_offset(string expected, int minutes)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromMinutes(minutes), null, null);
        var noon = new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.FromMinutes(minutes));

        Assert.Equal("2026-11-27 12:00" + expected, Human.Time(noon.ToUniversalTime(), "yyyy-MM-dd HH:mm", zone));
    }

    [Fact]
    public async Task A_token_that_cannot_read_says_so()
    {
        _line.Server.Intercept = static _ => Json("""{"id":"0123456789abcdef","scopes":["admin"],"created":"2026-11-23T10:00:00Z","token":"hutch_x"}""");

        await _line.RunAsync("token", "create", "--scope", "admin");
        Assert.EndsWith("It cannot list or read datasets: that needs the scope read.\n", _line.Error, StringComparison.Ordinal);
        await _line.RunAsync("token", "create", "--scope", "read");
        Assert.DoesNotContain("needs the scope", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_that_becomes_a_part_of_the_dataset_is_noted_once()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme", "d", "--git");
        _line.Folder.Write("d/.git/HEAD", "x");

        await _line.RunInAsync("d", "push");
        Assert.Contains("write the line /.git/ into .hutchignore.\n", _line.Error, StringComparison.Ordinal);
        _line.Folder.Write("d/.git/config", "x");
        await _line.RunInAsync("d", "push");
        Assert.DoesNotContain(".hutchignore", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_reports_that_two_equal_versions_have_no_differences()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme", "d");

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("d", "diff"));

        Assert.EndsWith("No differences.\n", _line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("--help")]
    public async Task A_command_completes_in_silence_when_the_reader_of_its_output_has_gone(string argument)
    {
        using var gone = new GoneWriter();
        using var error = new StringWriter();

        int code = await FullProgram.RunAsync([argument], _line.Host("", gone, error), TestContext.Current.CancellationToken);

        Assert.Equal((ExitCode.Ok, ""), (code, error.ToString()));
    }

    [Theory]
    [InlineData(null, "\u001b[1;31mhutch:\u001b[0m `hutch clone` needs <dataset>.\n")]
    [InlineData("1", "hutch: `hutch clone` needs <dataset>.\n")]
    public async Task Errors_have_a_colour_on_a_terminal_that_wants_it(string? noColour, string expected)
    {
        _line.IsTerminal = true;
        if (noColour is not null)
        {
            _line.Environment["NO_COLOR"] = noColour;
        }

        await _line.RunAsync("clone");

        Assert.StartsWith(expected, _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_is_not_a_token_is_not_sent()
    {
        _line.Input = "\u007fELF\u0002\u0001\n";

        Assert.Equal(ExitCode.Usage, await _line.RunAsync("login", "http://127.0.0.1:1"));

        Assert.StartsWith("hutch: Standard input is not a token.", _line.Error, StringComparison.Ordinal);
        Assert.Empty(_line.Server.Requests);
    }

    [Fact]
    public async Task An_error_of_this_machine_has_no_http_status()
    {
        await _line.RunAsync("metadata", "set", "lysozyme", "no-such-file", "--json");

        JsonElement problem = JsonDocument.Parse(_line.Error).RootElement;
        Assert.Equal("not-found", problem.GetProperty("code").GetString());
        Assert.False(problem.TryGetProperty("status", out _));
    }

    private void AnswerClose()
    {
        _line.Server.Change(("a", "1"));
        DatasetInfo? info = null;
        _line.Server.Intercept = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/close", StringComparison.Ordinal))
            {
                return Json(JsonSerializer.Serialize(info!, HutchJson.Default.DatasetInfo));
            }

            info ??= Info() with { Id = _line.Server.Dataset };
            return null;
        };
    }

    private static DatasetInfo Info() => JsonSerializer.Deserialize(
        """
        {"id":"6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4","owner":"alice","slug":"lysozyme","name":"alice/lysozyme","type":"generic","state":"closed",
        "visibility":"private","kind":"original","created":"2026-11-23T10:00:00Z","headVersion":1,"snapshots":1,"files":1,"bytes":1,
        "parents":[],"yourRight":"manage"}
        """,
        HutchJson.Default.DatasetInfo)!;

    private static HttpResponseMessage? AnswerLink(HttpRequestMessage request) =>
        request.RequestUri!.AbsolutePath.EndsWith("/login-link", StringComparison.Ordinal)
            ? Json("""{"url":"http://127.0.0.1:1/login#code=hutchlogin_x","expires":"2026-11-27T12:05:00Z"}""")
            : null;

    private static HttpResponseMessage Json(string text) => new() { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    /// <summary>The write end of a pipe whose reader has closed it.</summary>
    private sealed class GoneWriter : StringWriter
    {
        public override void Write(ReadOnlySpan<char> buffer) => throw new IOException("Broken pipe", 32);

        public override void Write(char[] buffer, int index, int count) => throw new IOException("Broken pipe", 32);

        public override void Write(string? value) => throw new IOException("Broken pipe", 32);
    }
}
