using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Programs.Engines;

namespace Hutch.Api.Tests.Contract;

/// <summary>Programs on behalf of users, with an engine that lies and nodes that the tests play.</summary>
public sealed class ProgramTests : IAsyncLifetime
{
    private const string Fit = """
        title: Fit of a scan
        version: "1.2"
        accepts: {state: any}
        command: [fit, "--max={threshold}", "{input}", "{output}"]
        parameters: {threshold: {kind: number, unit: keV, range: [0, 10], default: 2, help: Least energy.}}
        output: {name: "{input}-fit"}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-programs-").FullName;
    private readonly LyingEngine _engine = new();
    private TestServer _server = null!;
    private TestCaller _ada = null!;
    private string _input = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "fit.yaml"), Fit, Ct);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "closed.yaml"), Fit.Replace("state: any", "types: [mx], state: closed") + "\nstart: {groups: [experts]}", Ct);
        _server = await TestServer.StartAsync(programs: _folder, engine: _engine);
        _ada = await _server.UserAsync("ada");
        _input = await _ada.DatasetAsync("scan");
        (await _ada.PutAsync($"datasets/{_input}/entries/a", "1")).Must(201);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_run_waits_is_claimed_and_done_with_its_results_in_one_commit()
    {
        JsonElement run = (await StartAsync(_ada, new { input = _input, parameters = new { threshold = "3" } })).Must(201).Json;
        Assert.Equal(("fit", "1.2", "fit --max=3 {input} {output}"), (Text(run, "program"), Text(run, "version"), Text(run, "command")));
        AttemptOrder order = await _engine.NextAsync(Ct);
        TestCaller node = _server.With(order.Token);
        var claim = Guid.NewGuid();
        JsonElement work = (await ClaimAsync(node, order, claim)).Must(200).Json;

        Assert.Equal(["fit", "--max=3", "{input}", "{output}"], work.GetProperty("command").EnumerateArray().Select(static word => word.GetString()));
        Assert.Equal("running", Text((await _ada.GetAsync($"runs/{order.Attempt.Run:N}")).Must(200).Json, "state"));
        (await node.GetAsync($"datasets/{_input}/entries/a")).Must(200);
        (await PushAsync(node, work, claim, "done")).Must(200);

        JsonElement ended = (await _ada.GetAsync($"runs/{order.Attempt.Run:N}")).Must(200).Json;
        Assert.Equal(("done", 1), (Text(ended, "state"), ended.GetProperty("attempt").GetProperty("number").GetInt32()));
        JsonElement results = (await _ada.GetAsync($"datasets/{Text(work, "output")}")).Must(200).Json;
        Assert.Equal(("ada/scan-fit", 1L), (Text(results, "name"), results.GetProperty("snapshots").GetInt64()));
        (await node.GetAsync($"datasets/{_input}/entries/a")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task The_end_of_a_run_is_a_notice_to_the_account_that_started_it_unless_a_person_stopped_it()
    {
        string stopped = Text((await StartAsync(_ada, new { input = _input })).Must(201).Json, "id")!;
        await _engine.NextAsync(Ct);
        (await _ada.PostAsync($"runs/{stopped}/stop", new { })).Must(204);
        (await StartAsync(_ada, new { input = _input, output = "curve" })).Must(201);
        AttemptOrder order = await _engine.NextAsync(Ct);
        TestCaller node = _server.With(order.Token);
        var claim = Guid.NewGuid();
        JsonElement work = (await ClaimAsync(node, order, claim)).Must(200).Json;
        (await PushAsync(node, work, claim, "done")).Must(200);

        // An end is noticed before the next run is started.
        (await StartAsync(_ada, new { input = _input, output = "next" })).Must(201);
        await _engine.NextAsync(Ct);

        JsonElement[] mails = [.. (await _ada.GetAsync("me/mails")).Must(200).Json.GetProperty("items").EnumerateArray()];
        Assert.Equal(["fit is done: ada/curve"], mails.Select(static mail => Text(mail, "subject")));
        // C7: results stay open by default, and the notice names the command that closes them.
        Assert.Contains("They are open: `hutch close` makes this version permanent", mails[0].GetRawText().Replace("\\u0060", "`", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_an_attempt_reads_its_input_and_pushes_its_output_and_nothing_else()
    {
        string other = await _ada.DatasetAsync("other");
        (await StartAsync(_ada, new { input = _input })).Must(201);
        AttemptOrder order = await _engine.NextAsync(Ct);
        TestCaller node = _server.With(order.Token);
        string output = Text((await ClaimAsync(node, order, Guid.NewGuid())).Must(200).Json, "output")!;

        (await node.GetAsync($"datasets/{other}")).MustRefuse(404, "not-found");
        (await node.PutAsync($"datasets/{_input}/entries/b", "2")).MustRefuse(403, "scope-missing");
        (await node.PutAsync($"datasets/{output}/entries/b", "2")).MustRefuse(403, "scope-missing");
        (await node.PostAsync($"datasets/{output}/close", new { })).MustRefuse(403, "scope-missing");
        (await node.PostAsync($"datasets/{_input}/sessions", new { })).MustRefuse(403, "scope-missing");
        (await node.PostAsync("datasets", new { name = "own" })).MustRefuse(403, "scope-missing");
        (await node.PostAsync("tokens", new { name = "t" })).MustRefuse(403, "scope-missing");
        (await _server.With(order.Token[..^1] + (order.Token[^1] == 'A' ? 'Q' : 'A')).GetAsync($"datasets/{_input}")).MustRefuse(401, "unauthenticated");
        (await _ada.PostAsync($"runs/{order.Attempt.Run:N}/attempts/1/claim", new { claim = Guid.NewGuid(), node = "n" })).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task An_engine_that_says_ended_when_it_was_not_causes_a_second_attempt_and_one_result()
    {
        (await StartAsync(_ada, new { input = _input })).Must(201);
        AttemptOrder first = await _engine.NextAsync(Ct);
        TestCaller zombie = _server.With(first.Token);
        var old = Guid.NewGuid();
        JsonElement work = (await ClaimAsync(zombie, first, old)).Must(200).Json;
        string session = await SessionAsync(zombie, work);

        _engine.Says = attempt => attempt.Number == 1 ? new EngineState(EnginePhase.Ended, "exit code 1") : new EngineState(EnginePhase.Running);
        AttemptOrder second = await _engine.NextAsync(Ct);
        Assert.Equal(2, second.Attempt.Number);
        (await CommitAsync(zombie, session, old, "done")).MustRefuse(401, "unauthenticated");
        TestCaller node = _server.With(second.Token);
        var claim = Guid.NewGuid();
        (await ClaimAsync(node, second, claim)).Must(200);
        (await CommitAsync(node, session, old, "done")).MustRefuse(409, "conflict");
        (await CommitAsync(node, session, claim, "done")).Must(200);

        Assert.Equal(1, (await _ada.GetAsync($"datasets/{Text(work, "output")}")).Must(200).Json.GetProperty("snapshots").GetInt32());
    }

    [Fact]
    public async Task A_run_that_a_person_stops_is_cancelled_whatever_the_node_says_and_can_be_retried()
    {
        string run = Text((await StartAsync(_ada, new { input = _input })).Must(201).Json, "id")!;
        AttemptOrder order = await _engine.NextAsync(Ct);
        TestCaller node = _server.With(order.Token);
        var claim = Guid.NewGuid();
        (await ClaimAsync(node, order, claim)).Must(200);

        (await _ada.PostAsync($"runs/{run}/stop", new { })).Must(204);
        (await node.PostAsync($"runs/{run}/attempts/1/finish", new { claim, state = "failed", message = "exit code 143" })).MustRefuse(401, "unauthenticated");
        Assert.Equal("cancelled", Text((await _ada.GetAsync($"runs/{run}")).Must(200).Json, "state"));
        Assert.Equal("queued", Text((await _ada.PostAsync($"runs/{run}/retry", new { })).Must(200).Json, "state"));
        Assert.Equal(2, (await _engine.NextAsync(Ct)).Attempt.Number);
        Assert.Contains(order.Attempt, _engine.Cancelled);
    }

    [Fact]
    public async Task Users_cannot_write_to_results_during_an_attempt_or_before_a_retry_but_can_after_success()
    {
        string run = Text((await StartAsync(_ada, new { input = _input })).Must(201).Json, "id")!;
        AttemptOrder order = await _engine.NextAsync(Ct);
        TestCaller node = _server.With(order.Token);
        var claim = Guid.NewGuid();
        JsonElement work = (await ClaimAsync(node, order, claim)).Must(200).Json;
        string results = $"datasets/{Text(work, "output")}/entries/by-hand";
        (await _ada.PutAsync(results, "1")).MustRefuse(409, "conflict");
        (await PushAsync(node, work, claim, "failed")).Must(200);
        (await _ada.PutAsync(results, "1")).MustRefuse(409, "conflict");
        (await _ada.DeleteAsync($"datasets/{Text(work, "output")}/entries/results")).MustRefuse(409, "conflict");

        (await _ada.PostAsync($"runs/{run}/retry", new { })).Must(200);
        order = await _engine.NextAsync(Ct);
        work = (await ClaimAsync(_server.With(order.Token), order, claim)).Must(200).Json;
        (await _server.With(order.Token).PostAsync($"runs/{run}/attempts/2/finish", new { claim, state = "done", message = "exit code 0" })).Must(200);

        (await _ada.PutAsync(results, "1")).Must(201);
    }

    [Fact]
    public async Task Runs_that_are_stopped_and_retried_get_no_more_places_in_the_queue_than_an_account_has()
    {
        _engine.MaxRunning = 0;
        await using TestServer server = await TestServer.StartAsync(programs: _folder, engine: _engine, maxWaiting: 1);
        TestCaller eve = await server.UserAsync("eve");
        string input = await eve.DatasetAsync("scan");
        (await eve.PutAsync($"datasets/{input}/entries/a", "1")).Must(201);
        string stopped = Text((await StartAsync(eve, new { input })).Must(201).Json, "id")!;
        (await eve.PostAsync($"runs/{stopped}/stop", new { })).Must(204);
        string waiting = Text((await StartAsync(eve, new { input })).Must(201).Json, "id")!;

        (await eve.PostAsync($"runs/{stopped}/retry", new { })).MustRefuse(503, "unavailable");
        (await eve.PostAsync($"runs/{waiting}/stop", new { })).Must(204);
        (await eve.PostAsync($"runs/{stopped}/retry", new { })).Must(200);
    }

    [Fact]
    public async Task Runs_that_wait_survive_a_restart_and_a_lost_right_keeps_one_from_starting()
    {
        _engine.Problem = null;
        _engine.MaxRunning = 0;
        TestCaller bob = await _server.UserAsync("bob");
        (await _ada.PutJsonAsync($"datasets/{_input}/grants/user:bob", new { right = "derive" })).Must(200);
        string lost = Text((await StartAsync(bob, new { input = _input })).Must(201).Json, "id")!;
        string kept = Text((await StartAsync(_ada, new { input = _input })).Must(201).Json, "id")!;

        (await _ada.PutJsonAsync($"datasets/{_input}/grants/user:bob", new { right = "view" })).Must(200);
        await _server.RestartAsync(() => _engine.MaxRunning = 100);

        Assert.Equal(kept, (await _engine.NextAsync(Ct)).Attempt.Run.ToString("N"));
        JsonElement refused = (await bob.GetAsync($"runs/{lost}")).Must(200).Json;
        Assert.Equal("failed", Text(refused, "state"));
        Assert.StartsWith("It was not started", Text(refused, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_wait_behind_one_without_space_are_not_looked_at_and_those_of_another_program_start()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "large.yaml"), Fit + "\nresources: {cores: 64}", Ct);
        _engine.MaxCores = 8;
        await _server.RestartAsync();
        for (int i = 0; i < 10; i++)
        {
            (await StartAsync(_ada, new { input = _input }, "large")).Must(201);
        }

        string small = Text((await StartAsync(_ada, new { input = _input })).Must(201).Json, "id")!;

        Assert.Equal(small, (await _engine.NextAsync(Ct)).Attempt.Run.ToString("N"));

        // Each step asks for the smallest program first.
        ILookup<bool, int> asked = _engine.Asked.ToLookup(static cores => cores == 64);
        Assert.InRange(asked[true].Count(), 1, asked[false].Count());
    }

    [Fact]
    public async Task What_cannot_start_is_refused_before_anything_is_made()
    {
        (await StartAsync(_ada, new { input = _input, parameters = new { threshold = 11 } })).MustRefuse(422, "unprocessable");
        (await StartAsync(_ada, new { input = _input, parameters = new { treshold = 1 } })).MustRefuse(422, "unprocessable");
        (await StartAsync(_ada, new { input = _input, output = "scan" })).MustRefuse(409, "already-exists");
        (await StartAsync(_ada, new { input = _input, output = "a/b" })).MustRefuse(400, "invalid-name");
        (await StartAsync(_ada, new { input = _input, title = "Fit\nBcc: all" })).MustRefuse(400, "bad-request");
        (await StartAsync(_ada, new { input = _input, title = new string('x', 501) })).MustRefuse(400, "bad-request");
        (await StartAsync(_ada, new { input = _input, at = "7" })).MustRefuse(404, "not-found");
        (await StartAsync(_ada, new { input = await _ada.DatasetAsync("empty") })).MustRefuse(422, "unprocessable");
        (await StartAsync(await _server.UserAsync("eve"), new { input = _input })).MustRefuse(404, "not-found");
        (await StartAsync(_ada, new { input = _input }, "closed")).MustRefuse(403, "forbidden");
        (await StartAsync(_ada, new { input = _input }, "fot")).MustRefuse(404, "not-found");
        (await _server.Nobody.GetAsync("programs")).MustRefuse(401, "unauthenticated");
        _engine.Problem = "There is no sandbox.";
        (await StartAsync(_ada, new { input = _input })).MustRefuse(503, "unavailable");

        Assert.Equal(0, (await _ada.GetAsync("runs")).Must(200).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(0, _engine.Orders);
    }

    [Fact]
    public async Task The_list_shows_whether_the_user_may_start_each_program_and_a_program_shows_its_parameters()
    {
        JsonElement items = (await _ada.GetAsync("programs")).Must(200).Json.GetProperty("items");

        Assert.Equal([("closed", false), ("fit", true)], items.EnumerateArray().Select(static one => (Text(one, "name"), one.GetProperty("mayStart").GetBoolean())));
        JsonElement fit = (await _ada.GetAsync("programs/fit")).Must(200).Json;
        Assert.Equal(("threshold", "keV", Fit), (Text(fit.GetProperty("parameters")[0], "name"), Text(fit.GetProperty("parameters")[0], "unit"), Text(fit, "document")));
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static Task<Answer> StartAsync(TestCaller caller, object body, string program = "fit") => caller.PostAsync($"programs/{program}/runs", body);

    private static Task<Answer> ClaimAsync(TestCaller node, AttemptOrder order, Guid claim) =>
        node.PostAsync($"runs/{order.Attempt.Run:N}/attempts/{order.Attempt.Number}/claim", new { claim, node = "node7" });

    private static async Task<string> SessionAsync(TestCaller node, JsonElement work) =>
        Text((await node.PostAsync($"datasets/{Text(work, "output")}/sessions", new { })).Must(201).Json, "id")!;

    private static async Task<Answer> PushAsync(TestCaller node, JsonElement work, Guid claim, string state) =>
        await CommitAsync(node, await SessionAsync(node, work), claim, state);

    private static Task<Answer> CommitAsync(TestCaller node, string session, Guid claim, string state) => node.PostLinesAsync(
        $"sessions/{session}/commit",
        new { message = "results", changes = 1, attempt = new { claim, state, message = "exit code 0" } },
        new { op = "put", path = "results", kind = "directory" });
}
