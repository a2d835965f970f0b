using System.Text.Json;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs.Files;
using Hutch.Model;

namespace Hutch.Cli.Tests;

public sealed class VerbTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task Info_says_why_a_recall_waits_and_where_copies_are()
    {
        const string Recall =
            """{"state":"recalling","problem":"The bytes of 7692c3ad have not come yet.","sites":[{"site":"archive","holds":true,"problem":"It cannot be reached."}]}""";
        const string Copies =
            """{"home":"hutch","epoch":1,"movingTo":"compute","items":[{"site":"archive","state":"complete","asked":"2026-11-23T10:00:00Z"},{"site":"compute","state":"copying","asked":"2026-11-23T10:00:00Z"}]}""";
        const string Dataset =
            """
            {"id":"6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4","owner":"alice","slug":"lysozyme","name":"alice/lysozyme","type":"generic","state":"closed",
            "visibility":"private","kind":"original","created":"2026-11-23T10:00:00Z","headVersion":1,"snapshots":1,"files":1,"bytes":1,
            "parents":[],"eviction":"recalling","yourRight":"manage"}
            """;
        _line.Server.Intercept = request => new HttpResponseMessage
        {
            Content = new StringContent(
                request.RequestUri!.AbsolutePath.EndsWith("/eviction", StringComparison.Ordinal) ? Recall
                : request.RequestUri.AbsolutePath.EndsWith("/copies", StringComparison.Ordinal) ? Copies
                : Dataset,
                System.Text.Encoding.UTF8, "application/json"),
        };

        Assert.Equal((ExitCode.Ok, ""), (await _line.RunAsync("info", "lysozyme"), _line.Error));

        Assert.Contains("bytes      on their way back to the home.\n", _line.Out, StringComparison.Ordinal);
        Assert.Contains("waiting    The bytes of 7692c3ad have not come yet.\n", _line.Out, StringComparison.Ordinal);
        Assert.Contains("waiting    archive: It cannot be reached.\n", _line.Out, StringComparison.Ordinal);
        Assert.Contains("home       hutch, moving to compute\ncopies     archive (complete), compute (copying)\n", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_that_is_away_is_declared_lost_by_the_name_of_its_dataset()
    {
        const string Id = "6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4";
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith($"/{Id}/home", StringComparison.Ordinal)
            ? new HttpResponseMessage
            {
                Content = new StringContent("{\"home\":\"archive\",\"epoch\":2,\"items\":[]}", System.Text.Encoding.UTF8, "application/json"),
            }
            : _line.Server.Reject(ErrorCode.Unavailable, "alice/scan is at home at another site, which is away.", ("dataset", Id));

        Assert.Equal((ExitCode.Ok, ""), (await _line.RunAsync("home", "scan", "--to", "archive", "--lost", "--quiet"), _line.Error));

        Assert.Equal("archive\n", _line.Out);
    }

    [Fact]
    public async Task A_label_that_is_given_twice_is_refused_in_words()
    {
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("site", "invite", "archive", "--label", "tier=archive", "--label", "tier=disk"));
        Assert.Contains("The label 'tier' is given twice", _line.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("site", "label", "archive", "tier=archive", "tier=disk"));
        Assert.Contains("The label 'tier' is given twice", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pin_that_would_last_beyond_all_calendars_is_refused_in_words()
    {
        _line.Server.Change(("a", "1"));

        Assert.Equal(ExitCode.Usage, await _line.RunAsync("pin", "lysozyme", "--at", "archive", "--for", "900000w"));

        Assert.StartsWith("hutch: A pin lasts for at most 3650 days.", _line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50 of 51", "replicate", "scan")]
    [InlineData("pending", "rule", "status", "scan")]
    [InlineData("pending", "rule", "explain", "scan")]
    public async Task A_file_that_no_site_can_give_is_named_with_the_reason_until_it_is_there(string state, params string[] command)
    {
        const string Lacking = """{"count":1,"files":[{"path":"raw/bad","why":"The home says that it is damaged."}]}""";
        const string Copies =
            """{"home":"facility","epoch":1,"items":[{"site":"archive","state":"failed","asked":"2026-11-23T10:00:00Z","files":51,"filesDone":50,"failures":LACKING}]}""";
        const string Rules =
            """
            {"dataset":"11111111-2222-3333-4444-555555555555","name":"alice/scan","items":[
            {"rule":{"number":3,"rule":"1 copy where tier=archive","scope":"dataset","createdBy":"alice","created":"2026-11-23T10:00:00Z"},
            "state":"pending","summary":"archive lacks 1 file.","sites":[{"site":"archive","reason":"is to have a copy","failures":LACKING}]}]}
            """;
        string lacking = Lacking;
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.Split('/')[^1] switch
        {
            "copies" => Text(Copies.Replace("LACKING", lacking, StringComparison.Ordinal)),
            "rules" => Text(Rules.Replace("LACKING", lacking, StringComparison.Ordinal)),
            _ => null,
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync(command));
        Assert.Contains(state, _line.Out, StringComparison.Ordinal);
        Assert.Contains("raw/bad", _line.Out, StringComparison.Ordinal);
        Assert.Contains("damaged", _line.Out, StringComparison.Ordinal);

        lacking = "null";
        Assert.Equal(ExitCode.Ok, await _line.RunAsync(command));
        Assert.DoesNotContain("raw/bad", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clone_change_status_push_and_pull_work_together()
    {
        _line.Server.Change(("a.txt", "1"));
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("clone", "lysozyme"));
        Assert.Equal($"Cloned alice/lysozyme@1 into {_line.Folder["lysozyme"]}: 1 entry, 1 B.\n", _line.Out);

        _line.Folder.Write("lysozyme/sub/b.txt", "22");
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme/sub", "status"));
        Assert.Equal("alice/lysozyme@1 at http://127.0.0.1:1\n  added         sub/b.txt\n1 added, 0 changed, 0 removed.\n`hutch push` uploads the changes.\n", _line.Out);

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", "push", "-m", "more"));
        Assert.Equal("Snapshot @2: 1 added, 0 changed, 0 removed; 1 file (2 B) uploaded.\n", _line.Out);

        _line.Server.Change(("a.txt", "3"));
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", "pull"));
        Assert.Equal("Now at @3: 1 updated, 0 removed, 0 in conflict.\n", _line.Out);
    }

    [Fact]
    public async Task Excluded_files_are_neither_shown_nor_pushed()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme");
        _line.Folder.Write("lysozyme/x.tmp", "1");
        _line.Folder.Write("lysozyme/scratch/y", "1");
        _line.Folder.Write("lysozyme/b", "1");
        string[] exclude = ["--exclude", "*.tmp", "--exclude=/scratch/"];

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", ["status", .. exclude]));
        Assert.Contains(
            "  added         b\n1 added, 0 changed, 0 removed.\n2 paths ignored by .hutchignore or --exclude; a folder counts once.\n", _line.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", ["diff", .. exclude]));
        Assert.Equal("+ b  (1 B)\n", _line.Out);
        Assert.Equal(ExitCode.Usage, await _line.RunInAsync("lysozyme", ["diff", "@1", .. exclude]));
        Assert.Contains("two versions are compared in full", _line.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await _line.RunInAsync("lysozyme", "push", "--exclude", "[a"));
        Assert.Contains("'[a' is no pattern", _line.Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", ["push", .. exclude]));
        Assert.Equal(["a", "b"], _line.Server.Head.Keys);
        Assert.Equal(ExitCode.NotFound, await _line.RunInAsync("lysozyme", "drop", "no-such-file"));
        Assert.DoesNotContain("ignored", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_has_its_own_exit_code_and_says_how_to_go_on()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme");
        _line.Server.Change(("a", "theirs"));
        _line.Folder.Write("lysozyme/a", "ours");

        Assert.Equal(ExitCode.Conflict, await _line.RunInAsync("lysozyme", "push"));
        Assert.Contains("Run `hutch pull`, which keeps your changes", _line.Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Conflict, await _line.RunInAsync("lysozyme", "pull"));
        Assert.Contains("a changed on both sides: yours is kept, the server's is a.theirs.", _line.Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Conflict, await _line.RunInAsync("lysozyme", "push"));
        Assert.Contains("1 path changed here and on the server and waits for a decision: 'a'.", _line.Error, StringComparison.Ordinal);
        Assert.Equal("theirs", _line.Server.Text("a"));
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", "status"));
        Assert.Contains("conflict      a changed on both sides: yours is kept, the server's is a.theirs.", _line.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await _line.RunInAsync("lysozyme", "resolve", "a"));

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", "resolve", "a", "--mine"));
        Assert.Equal("1 path decided; `hutch push` uploads the result.\n", _line.Out);
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", "push"));
        Assert.Equal("ours", _line.Server.Text("a"));
    }

    [Fact]
    public async Task Lazy_get_and_drop()
    {
        _line.Server.Change(("run/a", "1"));
        await _line.RunAsync("clone", "lysozyme", "--lazy");

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme/run", "get", "a"));
        Assert.Equal("Downloaded 1 file (1 B).\n", _line.Out);
        Assert.Equal("1", _line.Folder.Read("lysozyme/run/a"));

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme/run", "drop", ".", "--json"));
        Assert.Equal("""{"dropped":1,"bytes":1,"kept":[]}""" + "\n", _line.Out);
        Assert.Equal(ExitCode.NotFound, await _line.RunInAsync("lysozyme/run", "get", "nothing"));
        Assert.Equal(ExitCode.Usage, await _line.RunInAsync("lysozyme/run", "get", "../../elsewhere"));
    }

    [Fact]
    public async Task Files_dropped_for_newer_data_are_reported_apart_from_damaged_ones_with_the_command_that_keeps_the_rest()
    {
        _line.Server.Change(("a", "1"), ("b", "2"), ("c", "3"));
        _line.Server.MadeRoom.UnionWith([BlobHash.Compute("1"u8), BlobHash.Compute("3"u8)]);

        Assert.Equal(ExitCode.Incomplete, await _line.RunAsync("clone", "lysozyme"));
        // A slow machine prints how far it came before that.
        Assert.EndsWith(
            "made room for newer data: 'a'\nmade room for newer data: 'c'\n"
            + "2 files are not here, as the dataset was temporary and the server keeps a limited amount of such data, the newest: "
            + "placeholders stand for them. `hutch keep alice/lysozyme` keeps the rest.\n",
            _line.Error,
            StringComparison.Ordinal);

        _line.Server.MadeRoom.Remove(BlobHash.Compute("3"u8));
        _line.Server.Damaged.Add(BlobHash.Compute("3"u8));
        Assert.Equal(ExitCode.Incomplete, await _line.RunInAsync("lysozyme", "get"));
        Assert.Contains("made room for newer data: 'a'\ndamaged or gone on the server: 'c'\n", _line.Error, StringComparison.Ordinal);
        Assert.Contains("1 file is not here, as the server has no whole copy", _line.Error, StringComparison.Ordinal);
        Assert.Contains("1 file is not here, as the dataset was temporary", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_continues_after_an_empty_page()
    {
        _line.Server.Intercept = request => request.RequestUri!.Query.Contains("cursor=x", StringComparison.Ordinal) ? null : new HttpResponseMessage
        {
            Content = new StringContent("""{"items":[],"next":"x"}""", System.Text.Encoding.UTF8, "application/json"),
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("list"));

        Assert.Contains("lysozyme", _line.Out, StringComparison.Ordinal);
        Assert.Equal("", _line.Error);
    }

    [Fact]
    public async Task Files_are_asked_for_by_a_part_of_their_names_in_all_folders()
    {
        string? asked = null;
        _line.Server.Intercept = request =>
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("/tree", StringComparison.Ordinal))
            {
                return null;
            }

            asked = request.RequestUri.Query;
            return new HttpResponseMessage
            {
                Content = new StringContent(
                    """{"items":[{"path":"run1/a_MASTER.h5","kind":"file","size":5}],"prefixes":[]}""", System.Text.Encoding.UTF8, "application/json"),
            };
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("list", "lysozyme", "--contains", "master 1"));

        Assert.Equal("?contains=master%201", asked);
        Assert.Contains("run1/a_MASTER.h5", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_tries_the_token_and_keeps_it_for_its_owner_only()
    {
        _line.Environment.Clear();
        _line.Input = "hutch_1_secret\n";
        _line.Server.Intercept = request => new HttpResponseMessage
        {
            Content = new StringContent("""{"user":"alice"}""", System.Text.Encoding.UTF8, "application/json"),
            Version = request.Headers.Authorization?.Parameter == "hutch_1_secret" ? new(1, 1) : throw new HttpRequestException("wrong token"),
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("login", "127.0.0.1:8470"));

        Assert.Equal("Logged in to http://127.0.0.1:8470 as alice.\n", _line.Out);
        string config = _line.Folder[".config/hutch/config"];
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(config));
        Assert.Contains("hutch_1_secret", await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("hutch_1_secret", _line.Out + _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_with_a_token_of_another_installation_is_refused_before_the_token_is_sent()
    {
        _line.Environment.Clear();
        _line.Input = $"hutch_{new string('a', 16)}_{new string('b', 16)}_{new string('s', 43)}\n";
        _line.Server.Intercept = request => new HttpResponseMessage
        {
            Content = new StringContent(
                """{"name":"hutch","version":"1.0.0","site":"x","zone":"ffffffffffffffff","api":"v1"}""", System.Text.Encoding.UTF8, "application/json"),
            Version = request.Headers.Authorization is null ? new(1, 1) : throw new HttpRequestException("the token was sent"),
        };

        Assert.Equal(ExitCode.NotLoggedIn, await _line.RunAsync("login", "http://127.0.0.1:8470"));

        Assert.Contains("for another installation", _line.Error, StringComparison.Ordinal);
        Assert.False(_line.Folder.Has(".config/hutch/config"));
    }

    [Fact]
    public async Task A_working_directory_of_a_stranger_does_not_get_the_token()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme");
        string config = _line.Folder.Read("lysozyme/.hutch/config");
        _line.Folder.Write("lysozyme/.hutch/config", config.Replace("http://127.0.0.1:1", "https://evil.example", StringComparison.Ordinal));
        _line.Environment.Remove("HUTCH_REMOTE");
        _line.Server.Requests.Clear();

        Assert.Equal(ExitCode.NotLoggedIn, await _line.RunInAsync("lysozyme", "pull"));

        Assert.Contains("Nothing says that your token is for that server", _line.Error, StringComparison.Ordinal);
        Assert.Empty(_line.Server.Requests);

        _line.Folder.Write("lysozyme/.hutch/config", config);
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", "pull"));
    }

    [Fact]
    public async Task Sharing_by_link_also_prints_the_address_for_a_browser()
    {
        _line.Server.Intercept = request => request.Method == HttpMethod.Post
            ? new HttpResponseMessage
            {
                Content = new StringContent(
                    """{"id":"1","token":"hutchlink_secret","right":"read","expires":"2027-01-01T00:00:00Z"}""", System.Text.Encoding.UTF8, "application/json"),
            }
            : null;

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("share", "lysozyme", "--link"));

        Assert.Equal("hutchlink_secret\n", _line.Out);
        Assert.Contains("  in a browser      http://127.0.0.1:1/s#hutchlink_secret\n", _line.Error, StringComparison.Ordinal);
        Assert.Contains("  with hutch        hutch clone 'http://127.0.0.1:1/s#hutchlink_secret'\n", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_configured_server_the_error_explains_how_to_log_in()
    {
        _line.Environment.Clear();
        _line.Server.Intercept = _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");

        Assert.Equal(ExitCode.Unreachable, await _line.RunAsync("list"));

        Assert.Contains("You are not logged in to any server: `hutch login URL` logs you in.", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_the_server_refuses_is_not_kept()
    {
        _line.Environment.Clear();
        _line.Input = "wrong\n";
        _line.Server.Intercept = _ => _line.Server.Reject(ErrorCode.Unauthenticated, "The token is revoked.");

        Assert.Equal(ExitCode.NotLoggedIn, await _line.RunAsync("login", "http://127.0.0.1:8470"));

        Assert.StartsWith("hutch: The token is revoked.", _line.Error, StringComparison.Ordinal);
        Assert.False(_line.Folder.Has(".config/hutch/config"));
    }

    [Fact]
    public async Task A_login_over_plain_HTTP_to_another_machine_is_refused_before_anything_is_sent()
    {
        _line.Input = "hutch_1_secret\n";

        Assert.Equal(ExitCode.Usage, await _line.RunAsync("login", "http://hutch.example.org"));

        Assert.Contains("plain HTTP", _line.Error, StringComparison.Ordinal);
        Assert.Empty(_line.Server.Requests);
    }

    [Fact]
    public async Task Outside_a_working_directory_a_verb_that_needs_one_says_how_to_get_one()
    {
        Assert.Equal(ExitCode.NotFound, await _line.RunAsync("push"));

        Assert.Contains("Run `hutch init` to make it one, or `hutch clone` to create a new one.", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_knows_its_own_server_but_never_the_token()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme");

        string config = _line.Folder.Read("lysozyme/.hutch/config");

        Assert.Equal("http://127.0.0.1:1", JsonSerializer.Deserialize<JsonElement>(config).GetProperty("remote").GetString());
        Assert.DoesNotContain("token", config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_never_stops_changing_makes_the_push_partly_done()
    {
        _line.Server.Change(("a", "1"));
        await _line.RunAsync("clone", "lysozyme");
        _line.Folder.Write("lysozyme/log", new string('x', 9_000_000));
        int second = 0;
        _line.Server.Intercept = request =>
        {
            if (request.Method == HttpMethod.Patch)
            {
                File.SetLastWriteTimeUtc(_line.Folder["lysozyme/log"], DateTime.UnixEpoch.AddSeconds(++second));
            }

            return null;
        };

        int code = await _line.RunInAsync("lysozyme", "push");

        Assert.Equal(ExitCode.Partly, code);
        Assert.Contains("log changed while it was being read; reading it again.", _line.Error, StringComparison.Ordinal);
        Assert.Contains("log kept changing and was not pushed", _line.Error, StringComparison.Ordinal);
        Assert.Equal(["a"], _line.Server.Head.Keys);
    }

    [Fact]
    public async Task A_diff_of_the_working_directory_has_signs_and_sizes()
    {
        _line.Server.Change(("change", "1"), ("remove", "1"));
        await _line.RunAsync("clone", "lysozyme");
        _line.Folder.Write("lysozyme/change", "22");
        _line.Folder.Write("lysozyme/new", "333");
        File.Delete(_line.Folder["lysozyme/remove"]);

        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", "diff"));

        Assert.Equal("~ change  (1 B -> 2 B)\n+ new  (3 B)\n- remove  (1 B)\n", _line.Out);
        Assert.Equal(ExitCode.Ok, await _line.RunInAsync("lysozyme", "diff", "@1"));
        Assert.Equal("", _line.Out);
    }

    [Fact]
    public async Task A_snapshot_where_a_whole_dataset_is_meant_is_refused()
    {
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("delete", "lysozyme@3"));

        Assert.Contains("omit '@3'", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_printed()
    {
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("version"));

        Assert.Equal($"hutch {Client.ClientVersion.Text}\n", _line.Out);
    }

    [Theory]
    [InlineData("Lysozyme 100K", "lysozyme-100k")]
    [InlineData("__scan_1__", "scan-1")]
    [InlineData("Größe-ß", "gr-e")]
    public void A_name_is_made_from_that_of_the_folder(string folder, string slug) => Assert.Equal(slug, InitVerb.SlugOf(folder));

    [Fact]
    public async Task Garbage_collection_waits_for_the_job_and_prints_its_message_or_with_json_the_document()
    {
        int asked = 0;
        _line.Server.Intercept = _ => Text(asked++ == 0
            ? """{"id":"7","kind":"gc","state":"running","started":"2026-11-20T10:00:00Z","progress":0}"""
            : """{"id":"7","kind":"gc","state":"done","started":"2026-11-20T10:00:00Z","message":"Freed 12.3 MB.","result":{"freedBytes":12345678}}""");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("gc"));
        Assert.Equal("Freed 12.3 MB.\n", _line.Out);
        Assert.Equal(2, asked);

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("gc", "--json"));
        Assert.Equal(12_345_678, JsonDocument.Parse(_line.Out).RootElement.GetProperty("result").GetProperty("freedBytes").GetInt64());
    }

    [Fact]
    public async Task A_job_that_fails_says_why()
    {
        _line.Server.Intercept = _ => Text(
            """{"id":"7","kind":"gc","state":"failed","started":"2026-11-20T10:00:00Z","message":"No space left on device."}""");

        Assert.Equal(ExitCode.Failure, await _line.RunAsync("gc"));
        Assert.StartsWith("hutch: The gc job 7 failed: No space left on device.", _line.Error, StringComparison.Ordinal);
    }

    private static HttpResponseMessage Text(string json) =>
        new() { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
}
