using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Programs.Engines;

namespace Hutch.Api.Tests.Contract;

/// <summary>Programs that start by themselves where a person has switched them on, with an engine that executes nothing.</summary>
[Trait("Quick", "no")]
public sealed class ProgramStartTests : IAsyncLifetime
{
    private const string Fit = """
        title: Fit of a scan
        version: "1"
        accepts: {types: [mx], state: closed}
        command: [fit, "--max={threshold}", "{input}", "{output}"]
        parameters: {threshold: {kind: number, range: [0, 10], default: 2}}
        when: closed
        """;

    private const string Sum = """
        title: Sum of movies
        version: "1"
        accepts: {types: [mx]}
        command: [sum, "{input}", "{output}"]
        when: {files: "*.mrc", count: 2}
        """;

    private static readonly string Early = Fit.Replace(", state: closed", "");

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-programs-").FullName;
    private readonly LyingEngine _engine = new();
    private TestServer _server = null!;
    private TestCaller _ada = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "fit.yaml"), Fit, Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, "sum.yaml"), Sum, Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, "hand.yaml"), Fit.Replace("when: closed", "when: by hand"), Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, "early.yaml"), Early, Ct);
        _server = await TestServer.StartAsync(programs: _folder, engine: _engine);
        _ada = await _server.UserAsync("ada");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Closing_a_dataset_starts_an_enabled_program_once_for_the_user_that_enabled_it()
    {
        string off = await ScanAsync("off");
        (await CloseAsync(off)).Must(200);
        (await EnableAsync(_ada, "fit", new { parameters = new { threshold = 3 } })).Must(204);
        string other = await _ada.DatasetAsync("other");
        (await _ada.PutAsync($"datasets/{other}/entries/a", "1")).Must(201);
        (await CloseAsync(other)).Must(200);
        string scan = await ScanAsync("scan");
        (await CloseAsync(scan)).Must(200);

        AttemptOrder order = await _engine.NextAsync(Ct);
        JsonElement run = (await _ada.GetAsync($"runs/{order.Attempt.Run:N}")).Must(200).Json;
        Assert.Equal((scan, "ada", "fit --max=3 {input} {output}"), (Text(run.GetProperty("inputs")[0], "dataset"), Text(run, "user"), Text(run, "command")));

        // Neither the dataset that was closed before, nor that of another type, nor the same one after a restart.
        await _server.RestartAsync(() => { });
        string last = await ScanAsync("last");
        (await CloseAsync(last)).Must(200);
        Assert.Equal("fit", (await _engine.NextAsync(Ct)).Program);
        Assert.Equal(2, await RunsAsync());
    }

    [Fact]
    public async Task Files_that_come_to_an_open_dataset_start_a_program_when_there_are_enough()
    {
        string scan = await ScanAsync("scan");
        (await EnableAsync(_ada, "sum", new { dataset = scan })).Must(204);
        await AddMoviesAsync(scan);

        AttemptOrder order = await _engine.NextAsync(Ct);
        Assert.Equal("sum", order.Program);
        JsonElement items = (await _ada.GetAsync("programs")).Must(200).Json.GetProperty("items");
        JsonElement sum = items.EnumerateArray().Single(static one => Text(one, "name") == "sum");
        Assert.Equal(("2 files *.mrc", scan), (Text(sum, "when"), sum.GetProperty("onFor")[0].GetString()));
    }

    [Fact]
    public async Task A_start_whose_right_was_lost_is_reported_and_not_tried_again()
    {
        TestCaller bob = await _server.UserAsync("bob");
        string scan = await ScanAsync("scan");
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right = "derive" })).Must(200);
        (await EnableAsync(bob, "fit", new { dataset = scan })).Must(204);
        (await EnableAsync(_ada, "fit", new { dataset = await ScanAsync("mine") })).Must(204);
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right = "view" })).Must(200);
        (await CloseAsync(scan)).Must(200);
        (await CloseAsync(await IdAsync("mine"))).Must(200);

        // The later start happens after the decision about the earlier one.
        await _engine.NextAsync(Ct);
        JsonElement mail = (await bob.GetAsync("me/mails")).Must(200).Json.GetProperty("items")[0];
        Assert.Equal("fit did not start on ada/scan", Text(mail, "subject"));
        Assert.Equal(1, await RunsAsync());
    }

    [Theory]
    [InlineData("view")]
    [InlineData("derive")]
    public async Task A_reader_that_enables_a_program_for_a_dataset_takes_no_start_from_its_owner(string right)
    {
        TestCaller bob = await _server.UserAsync("bob");
        string scan = await ScanAsync("scan");
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right = "derive" })).Must(200);
        (await EnableAsync(bob, "fit", new { dataset = scan })).Must(204);
        (await EnableAsync(_ada, "fit", new { })).Must(204);
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right })).Must(200);
        (await CloseAsync(scan)).Must(200);
        (await CloseAsync(await ScanAsync("later"))).Must(200);

        Assert.Equal(("ada", "ada"), (await StarterAsync(), await StarterAsync()));
        Assert.Equal(0, _engine.Orders);
    }

    [Fact]
    public async Task Nor_does_one_for_files_that_come()
    {
        TestCaller zoe = await _server.UserAsync("zoe");
        string scan = Text((await zoe.PostAsync("datasets", new { name = "scan", type = "mx" })).Must(201).Json, "id")!;
        (await zoe.PutJsonAsync($"datasets/{scan}/grants/user:ada", new { right = "derive" })).Must(200);
        (await EnableAsync(_ada, "sum", new { dataset = scan })).Must(204);
        (await EnableAsync(zoe, "sum", new { })).Must(204);
        (await zoe.PutAsync($"datasets/{scan}/entries/1.mrc", "1")).Must(201);
        (await zoe.PutAsync($"datasets/{scan}/entries/2.mrc", "2")).Must(201);

        Guid run = (await _engine.NextAsync(Ct)).Attempt.Run;
        Assert.Equal("zoe", Text((await zoe.GetAsync($"runs/{run:N}")).Must(200).Json, "user"));
    }

    [Fact]
    public async Task A_person_whose_parameters_the_document_does_not_take_any_more_does_not_keep_a_start_from_another()
    {
        (string scan, TestCaller bob, TestCaller carol) = await ScanOfTwoReadersAsync();
        (await EnableAsync(bob, "fit", new { dataset = scan, parameters = new { threshold = 9 } })).Must(204);
        (await EnableAsync(carol, "fit", new { dataset = scan })).Must(204);
        await _server.RestartAsync(() => File.WriteAllText(Path.Combine(_folder, "fit.yaml"), Fit.Replace("[0, 10]", "[0, 5]")));

        (await CloseAsync(scan)).Must(200);

        Assert.Equal("carol", await StarterAsync());
    }

    [Theory]
    [InlineData("view", "carol")]
    [InlineData("derive", "bob")]
    public async Task Of_two_people_one_with_the_right_starts_a_program_once_when_files_have_come(string right, string starter)
    {
        (string scan, TestCaller bob, TestCaller carol) = await ScanOfTwoReadersAsync();
        (await EnableAsync(bob, "sum", new { dataset = scan })).Must(204);
        (await EnableAsync(carol, "sum", new { dataset = scan })).Must(204);
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right })).Must(200);
        await AddMoviesAsync(scan);

        Assert.Equal(starter, await StarterAsync());
        Assert.Equal(0, _engine.Orders);
    }

    [Fact]
    public async Task A_person_without_the_right_hears_of_it_when_files_have_come_though_others_switched_the_program_on_elsewhere()
    {
        TestCaller bob = await _server.UserAsync("bob");
        string scan = await ScanAsync("scan");
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right = "derive" })).Must(200);
        string[] others = [await ScanAsync("first"), await ScanAsync("last")];
        (await EnableAsync(_ada, "sum", new { dataset = others[0] })).Must(204);
        (await EnableAsync(bob, "sum", new { dataset = scan })).Must(204);
        (await EnableAsync(_ada, "sum", new { dataset = others[1] })).Must(204);
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right = "view" })).Must(200);
        await AddMoviesAsync(scan);

        string mails;
        do
        {
            await Task.Delay(50, Ct);
            mails = (await bob.GetAsync("me/mails")).Must(200).Text;
        }
        while (!mails.Contains("sum did not start on ada/scan", StringComparison.Ordinal));
    }

    [Fact]
    public async Task At_most_five_programs_start_each_other_in_a_row()
    {
        for (int step = 1; step <= 6; step++)
        {
            await File.WriteAllTextAsync(
                Path.Combine(_folder, $"step{step}.yaml"), Early.Replace("[mx]", $"[step{step}]") + $"\noutput: {{type: step{step + 1}, close: true}}\n", Ct);
        }

        await _server.RestartAsync(() => { });
        for (int step = 1; step <= 6; step++)
        {
            (await EnableAsync(_ada, $"step{step}", new { })).Must(204);
        }

        string first = Text((await _ada.PostAsync("datasets", new { name = "first", type = "step1" })).Must(201).Json, "id")!;
        (await _ada.PutAsync($"datasets/{first}/entries/a", "1")).Must(201);
        (await CloseAsync(first)).Must(200);
        for (int step = 1; step <= 5; step++)
        {
            await FinishAsync();
        }

        string mails;
        do
        {
            await Task.Delay(50, Ct);
            mails = (await _ada.GetAsync("me/mails")).Must(200).Text;
        }
        while (!mails.Contains("5 times in a row", StringComparison.Ordinal));
        Assert.Equal(5, await RunsAsync());
    }

    /// <summary>N4: "my script on each closed folder" was refused for plain folders. C7: results are closed if the program says so.</summary>
    [Fact]
    public async Task Results_that_are_closed_start_other_programs_but_none_that_led_to_them()
    {
        const string Any = """
            title: A script
            version: "1"
            command: [script, "{input}", "{output}"]
            when: closed
            output: {close: true}
            """;
        await File.WriteAllTextAsync(Path.Combine(_folder, "one.yaml"), Any, Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, "other.yaml"), Any, Ct);
        await _server.RestartAsync(() => { });
        Assert.DoesNotContain("program-left-out", (await _ada.GetAsync("/health/ready")).Text, StringComparison.Ordinal);
        (await EnableAsync(_ada, "one", new { })).Must(204);
        (await EnableAsync(_ada, "other", new { })).Must(204);
        string folder = await _ada.DatasetAsync("folder");
        (await _ada.PutAsync($"datasets/{folder}/entries/a", "1")).Must(201);
        (await CloseAsync(folder)).Must(200);

        // Each of the two on the folder, and on the results of the other.
        List<string> results = [];
        for (int run = 0; run < 4; run++)
        {
            results.Add((await FinishAsync()).Results);
        }

        (await CloseAsync(await ScanAsync("scan"))).Must(200);
        await _engine.NextAsync(Ct);
        await _engine.NextAsync(Ct);
        Assert.Equal(6, await RunsAsync());
        Assert.Equal("closed", Text((await _ada.GetAsync($"datasets/{results[3]}")).Must(200).Json, "state"));
        Assert.Contains("They are closed", (await _ada.GetAsync("me/mails")).Must(200).Text, StringComparison.Ordinal);
    }

    /// <summary>N6 and N7: a document that is left out and an engine that is missing were invisible until a user met them.</summary>
    [Fact]
    public async Task Invalid_programs_and_missing_engines_are_reported_before_users_start_them()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "wrong.yaml"), Fit.Replace("title:", "titel:"), Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, "cluster.yaml"), Fit + "\nengine: slurm\n", Ct);
        await _server.RestartAsync(() => { });

        JsonElement list = (await _ada.GetAsync("programs")).Must(200).Json;
        Assert.Contains("wrong.yaml", list.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Answer left = await _ada.GetAsync("programs/wrong");
        left.MustRefuse(404, "not-found");
        Assert.Contains("is left out: wrong.yaml line", left.Text, StringComparison.Ordinal);
        string ready;
        do
        {
            await Task.Delay(50, Ct);
            ready = (await _ada.GetAsync("/health/ready")).Text;
        }
        while (!ready.Contains("program-engine-missing", StringComparison.Ordinal));
        Assert.Contains("The program 'cluster' cannot start: this server has no engine 'slurm'. Configure 'programs.slurm'", ready, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_cannot_start_automatically_cannot_be_enabled()
    {
        string scan = await ScanAsync("scan");
        TestCaller eve = await _server.UserAsync("eve");
        (await EnableAsync(_ada, "hand", new { dataset = scan })).MustRefuse(422, "unprocessable");
        (await EnableAsync(_ada, "fit", new { dataset = scan, parameters = new { threshold = 11 } })).MustRefuse(422, "unprocessable");
        (await EnableAsync(_ada, "fit", new { dataset = await _ada.DatasetAsync("other") })).MustRefuse(422, "unprocessable");
        (await EnableAsync(eve, "fit", new { dataset = scan })).MustRefuse(404, "not-found");
        (await CloseAsync(scan)).Must(200);
        (await EnableAsync(_ada, "fit", new { dataset = scan })).MustRefuse(409, "dataset-closed");

        (await EnableAsync(_ada, "fit", new { })).Must(204);
        (await _ada.PostAsync("programs/fit/disable", new { })).Must(204);
        (await CloseAsync(await ScanAsync("later"))).Must(200);
        Assert.Equal(0, await RunsAsync());
    }

    [Fact]
    public async Task The_list_of_a_dataset_says_why_a_program_does_not_fit()
    {
        string scan = await ScanAsync("scan");
        JsonElement items = (await _ada.GetAsync($"programs?dataset={scan}")).Must(200).Json.GetProperty("items");

        Assert.Equal(["fit", "hand"], items.EnumerateArray().Where(static one => one.TryGetProperty("misfit", out _)).Select(static one => Text(one, "name")));
        Assert.Contains("open", Text(items.EnumerateArray().First(static one => Text(one, "name") == "fit"), "misfit"), StringComparison.Ordinal);
        (await (await _server.UserAsync("eve")).GetAsync($"programs?dataset={scan}")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_start_names_an_existing_result_of_the_same_work_to_users_with_the_right_to_read_it()
    {
        string scan = await ScanAsync("scan");
        (await CloseAsync(scan)).Must(200);
        TestCaller bob = await _server.UserAsync("bob");
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right = "derive" })).Must(200);
        (string run, string results) = await FinishAsync(await StartAsync(_ada, scan, null));

        // Other parameters are other work, and failed runs are no results.
        (await StartAsync(_ada, scan, "refuse", threshold: 3)).Must(201);
        Answer refused = await StartAsync(_ada, scan, "refuse");
        refused.MustRefuse(409, "already-exists");
        Assert.Contains($"ada/scan-hand@1, of the run {run}", refused.Text, StringComparison.Ordinal);
        Assert.Equal(run, Text((await StartAsync(_ada, scan, "reuse")).Must(201).Json, "id"));
        Answer again = (await StartAsync(_ada, scan, null)).Must(201);
        Assert.NotEqual(run, Text(again.Json, "id"));
        Assert.Equal((results, 1), (Text(again.Json.GetProperty("same"), "dataset"), again.Json.GetProperty("same").GetProperty("snapshot").GetInt32()));
        (await StartAsync(_ada, scan, "perhaps")).MustRefuse(400, "bad-request");

        // Bob may derive from the scan, but learns of ada's result only with a right to it.
        Answer own = (await StartAsync(bob, scan, "refuse")).Must(201);
        Assert.False(own.Json.TryGetProperty("same", out _));
        Assert.DoesNotContain(run, own.Text, StringComparison.Ordinal);
        (await _ada.PutJsonAsync($"datasets/{results}/grants/user:bob", new { right = "read" })).Must(200);
        Assert.Equal(run, Text((await StartAsync(bob, scan, "reuse")).Must(201).Json, "id"));
        (await _ada.DeleteAsync($"datasets/{results}")).Must(200);
        (await StartAsync(bob, scan, "refuse")).Must(201);
    }

    [Fact]
    public async Task A_rule_reuses_the_result_of_its_owner_without_a_run_and_a_notice()
    {
        string scan = await ScanAsync("scan");
        (string run, _) = await FinishAsync(await _ada.PostAsync("programs/early/runs", new { input = scan }));
        (await EnableAsync(_ada, "early", new { })).Must(204);
        (await CloseAsync(scan)).Must(200);

        // The later start happens after the decision about the earlier one.
        (await CloseAsync(await ScanAsync("other"))).Must(200);
        Assert.NotEqual(run, $"{(await _engine.NextAsync(Ct)).Attempt.Run:N}");
        Assert.Equal(2, await RunsAsync());
        Assert.DoesNotContain("did not start", (await _ada.GetAsync("me/mails")).Must(200).Text, StringComparison.Ordinal);
    }

    private static Task<Answer> StartAsync(TestCaller caller, string input, string? ifSame, double threshold = 2) =>
        caller.PostAsync("programs/hand/runs", new { input, ifSame, parameters = new { threshold } });

    /// <summary>Executes a run that was started, as its node, and returns it with its results.</summary>
    private async Task<(string Run, string Results)> FinishAsync(Answer started)
    {
        started.Must(201);
        return await FinishAsync();
    }

    private async Task<(string Run, string Results)> FinishAsync()
    {
        AttemptOrder order = await _engine.NextAsync(Ct);
        string run = $"{order.Attempt.Run:N}";
        TestCaller node = _server.With(order.Token);
        var claim = Guid.NewGuid();
        string results = Text((await node.PostAsync($"runs/{run}/attempts/1/claim", new { claim, node = "n" })).Must(200).Json, "output")!;
        string session = await PushTests.StartAsync(node, results);
        (await node.PostLinesAsync(
            $"sessions/{session}/commit", new { changes = 1, attempt = new { claim, state = "done", message = "exit code 0" } },
            new { op = "put", path = "results", kind = "directory" })).Must(200);
        return (run, results);
    }

    /// <summary>The account for which the next run starts.</summary>
    private async Task<string?> StarterAsync() =>
        Text((await _ada.GetAsync($"runs/{(await _engine.NextAsync(Ct)).Attempt.Run:N}")).Must(200).Json, "user");

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static Task<Answer> EnableAsync(TestCaller caller, string program, object body) => caller.PostAsync($"programs/{program}/enable", body);

    private async Task<(string Scan, TestCaller Bob, TestCaller Carol)> ScanOfTwoReadersAsync()
    {
        (TestCaller bob, TestCaller carol) = (await _server.UserAsync("bob"), await _server.UserAsync("carol"));
        string scan = await ScanAsync("scan");
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:bob", new { right = "derive" })).Must(200);
        (await _ada.PutJsonAsync($"datasets/{scan}/grants/user:carol", new { right = "derive" })).Must(200);
        return (scan, bob, carol);
    }

    private async Task AddMoviesAsync(string dataset)
    {
        (await _ada.PutAsync($"datasets/{dataset}/entries/1.mrc", "1")).Must(201);
        (await _ada.PutAsync($"datasets/{dataset}/entries/2.mrc", "2")).Must(201);
    }

    private Task<Answer> CloseAsync(string dataset) => _ada.PostAsync($"datasets/{dataset}/close", new { });

    private async Task<int> RunsAsync() => (await _ada.GetAsync("runs")).Must(200).Json.GetProperty("items").GetArrayLength();

    private async Task<string> IdAsync(string name) => Text((await _ada.GetAsync($"datasets/resolve?name=ada/{name}")).Must(200).Json, "id")!;

    private async Task<string> ScanAsync(string name)
    {
        string id = Text((await _ada.PostAsync("datasets", new { name, type = "mx" })).Must(201).Json, "id")!;
        (await _ada.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        return id;
    }
}
