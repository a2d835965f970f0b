using System.Text.Json;
using Hutch.Analysis.Steps;
using Hutch.Api.Tests.Support;
using Hutch.Model.Analyses;
using Hutch.Testing.Clocks;
using Hutch.Worker;

namespace Hutch.Api.Tests.Contract;

/// <summary>Leases over HTTP: what a worker may do with them, and what it may not.</summary>
public sealed class ActiveRequestTests
{
    private static readonly string[] Columns = [.. AnalysisSteps.All[0].Declaration.Columns.Select(column => column.Name)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_leases_frames_reads_their_inputs_and_submits_rows_that_are_visible_at_once()
    {
        await using TestServer server = await StartAsync();
        (TestCaller ada, string id) = await DatasetAsync(server, 3);
        (string run, string output) = await AnalyseAsync(ada, id);
        TestCaller worker = await WorkerAsync(server);

        JsonElement lease = await LeaseAsync(worker, new { frames = 2 });
        Assert.Equal((run, Program), (lease.GetProperty("run").GetString(), lease.GetProperty("program").GetString()));
        Assert.Equal(30, lease.GetProperty("seconds").GetInt32());
        int[] numbers = [.. lease.GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("number").GetInt32())];
        Assert.True(numbers is [1] or [1, 2], "The run has just begun: its second frame may not have been found yet.");
        string path = Path(lease);
        Assert.Equal("frame 1", (await worker.GetAsync($"{path}/frames/1")).Must(200).Text);
        Assert.Equal(Blobs.Hash("frame 1"u8.ToArray()), lease.GetProperty("frames")[0].GetProperty("hash").GetString());
        Assert.Equal("{}", (await worker.GetAsync($"{path}/entries/header")).Must(200).Text);
        Assert.Equal("mask", (await worker.GetAsync($"{path}/entries/header.d/mask.npy")).Must(200).Text);
        (await worker.GetAsync($"{path}/entries/none")).MustRefuse(404, "not-found");
        Assert.Empty((await worker.PostAsync("work/leases/extend", new { leases = new[] { Id(lease) } })).Must(200).Json.GetProperty("lost").EnumerateArray());

        (await worker.PostAsync($"{path}/rows", Rows(1))).Must(204);
        Assert.Equal(new[] { 1 }, await FramesAsync(ada, output, run));
        if (numbers.Length == 1)
        {
            path = Path(await LeaseAsync(worker, new { run }));
            numbers = [2];
        }

        (await worker.PostAsync($"{path}/rows", Rows(numbers))).Must(204);
        Assert.Equal(new[] { 1, 2 }, await FramesAsync(ada, output, run));
        JsonElement last = await LeaseAsync(worker, new { run });
        (await worker.PostAsync($"{Path(last)}/rows", Errors("It is broken.", 3))).Must(204);

        Assert.True((await worker.PostAsync("work/leases", Wanted(new { run, waitSeconds = 30 }))).Must(200).Json.GetProperty("over").GetBoolean());
        JsonElement ended = await EndAsync(ada, output, run);
        Assert.Equal(("done", 3, 1), (ended.GetProperty("state").GetString(), ended.GetProperty("frames").GetInt32(), ended.GetProperty("failures").GetInt32()));
    }

    [Fact]
    public async Task A_lease_opens_only_its_own_frames_and_the_entries_next_to_them()
    {
        await using TestServer server = await StartAsync();
        (TestCaller ada, string id) = await DatasetAsync(server, 3);
        (string run, string output) = await AnalyseAsync(ada, id);
        TestCaller worker = await WorkerAsync(server);
        string path = Path(await LeaseAsync(worker, new { }));

        (await worker.GetAsync($"{path}/frames/2")).MustRefuse(404, "not-found");
        (await worker.GetAsync($"{path}/entries/../{id}")).MustRefuse(404, "not-found");
        (await worker.PostAsync($"{path}/rows", Rows(2))).MustRefuse(409, "conflict");
        (await worker.PostAsync($"{path}/rows", Rows(1, 2))).MustRefuse(409, "conflict");
        foreach (object row in (object[])[1, "x", new { }, new { error = "No number." }, new Dictionary<string, object> { ["file-number"] = 1 },
            new Dictionary<string, object> { ["file-number"] = 1, ["error"] = 7 }, new Dictionary<string, object> { ["file-number"] = 1, ["other"] = 7 }])
        {
            (await worker.PostAsync($"{path}/rows", new { rows = new[] { row } })).MustRefuse(400, "invalid-body");
        }

        foreach (string other in (string[])[
            $"datasets/{id}", $"datasets/{id}/entries/header", $"datasets/{id}/results", $"datasets/{output}/results", $"runs/{run}", "runs", "datasets", "tokens", "users", "audit",
            "jobs", "activity", "live"])
        {
            Answer answer = await worker.GetAsync(other);
            Assert.True(answer.Status is 403 or 404 || answer.Text.StartsWith("{\"items\":[]", StringComparison.Ordinal), $"{other}: {answer.Status} {answer.Text}");
        }

        (await worker.PutAsync($"datasets/{id}/entries/000009", "mine")).MustRefuse(404, "not-found");
        (await worker.PostAsync("tokens", new { scopes = new[] { "work" } })).MustRefuse(403, "scope-missing");
        Assert.Empty(await FramesAsync(ada, output, run));
    }

    [Fact]
    public async Task A_lease_is_of_use_to_no_other_token()
    {
        await using TestServer server = await StartAsync();
        (TestCaller ada, string id) = await DatasetAsync(server, 2);
        await AnalyseAsync(ada, id);
        TestCaller worker = await WorkerAsync(server);
        JsonElement lease = await LeaseAsync(worker, new { frames = 2 });

        foreach (TestCaller other in (TestCaller[])[await WorkerAsync(server), await WorkerAsync(server, "trial")])
        {
            (await other.GetAsync($"{Path(lease)}/frames/1")).MustRefuse(404, "not-found");
            (await other.GetAsync($"{Path(lease)}/entries/header")).MustRefuse(404, "not-found");
            (await other.PostAsync($"{Path(lease)}/rows", Rows(1))).MustRefuse(404, "not-found");
            (await other.PostAsync($"{Path(lease)}/refuse", new { message = "No." })).MustRefuse(404, "not-found");
            (await other.PostAsync($"{Path(lease)}/return", new { })).Must(204);
            Assert.Equal(Id(lease), Assert.Single((await other.PostAsync("work/leases/extend", new { leases = new[] { Id(lease) } })).Must(200)
                .Json.GetProperty("lost").EnumerateArray()).GetString());
        }

        foreach (TestCaller other in (TestCaller[])[ada, server.Admin])
        {
            (await other.GetAsync($"{Path(lease)}/frames/1")).MustRefuse(403, other == ada ? "forbidden" : "scope-missing");
        }

        (await worker.PostAsync($"{Path(lease)}/rows", Rows(1, 2))).Must(204);
    }

    [Fact]
    public async Task A_worker_sees_no_run_of_another_namespace()
    {
        await using TestServer server = await StartAsync();
        (TestCaller ada, string id) = await DatasetAsync(server, 2);
        (string trial, _) = await AnalyseAsync(ada, id, "trial");
        TestCaller usual = await WorkerAsync(server);
        TestCaller trying = await WorkerAsync(server, "trial");

        Assert.False((await usual.PostAsync("work/leases", Wanted(new { }))).Must(200).Json.TryGetProperty("lease", out _));
        Assert.True((await usual.PostAsync("work/leases", Wanted(new { run = trial }))).Must(200).Json.GetProperty("over").GetBoolean());
        (await usual.PostAsync("work/leases", Wanted(new { @namespace = "trial" }))).MustRefuse(403, "scope-missing");
        Assert.Equal(trial, (await LeaseAsync(trying, new { @namespace = "trial" })).GetProperty("run").GetString());
        (string other, _) = await AnalyseAsync(ada, id);
        Assert.NotEqual(trial, other);
        Assert.Equal(other, (await LeaseAsync(usual, new { })).GetProperty("run").GetString());
        (await ada.PostAsync($"datasets/{id}/analyses", new { @namespace = "No/Name" })).MustRefuse(400, "invalid-name");
    }

    [Fact]
    public async Task An_expired_lease_opens_nothing_and_its_frames_go_to_another_worker()
    {
        var time = new ShiftedTime();
        await using TestServer server = await StartAsync(time: time);
        (TestCaller ada, string id) = await DatasetAsync(server, 1);
        (string run, string output) = await AnalyseAsync(ada, id);
        TestCaller worker = await WorkerAsync(server);
        JsonElement lease = await LeaseAsync(worker, new { });

        time.Jump(TimeSpan.FromSeconds(31));

        (await worker.GetAsync($"{Path(lease)}/frames/1")).MustRefuse(404, "not-found");
        (await worker.GetAsync($"{Path(lease)}/entries/header")).MustRefuse(404, "not-found");
        (await worker.PostAsync($"{Path(lease)}/rows", Rows(1))).MustRefuse(404, "not-found");
        (await worker.PostAsync($"{Path(lease)}/refuse", new { message = "No." })).MustRefuse(404, "not-found");
        Assert.Empty(await FramesAsync(ada, output, run));
    }

    [Fact]
    public async Task A_frame_that_silences_every_worker_ends_with_its_reason_and_the_others_have_their_rows()
    {
        // No other timer of the server is set to as much.
        var life = TimeSpan.FromSeconds(47);
        var time = new WakingTime();
        await using TestServer server = await StartAsync(new AnalysisWorkerOptions { Enabled = false, LeaseSeconds = 47, MaxDeliveries = 2 }, time);
        (TestCaller ada, string id) = await DatasetAsync(server, 3);
        (string run, string output) = await AnalyseAsync(ada, id);
        TestCaller worker = await WorkerAsync(server);

        // The first attempt takes two innocent frames along, which the run may not have found all at once.
        for (int held = 0; held < 3;)
        {
            held += (await LeaseAsync(worker, new { frames = 3, worker = "silent" })).GetProperty("frames").GetArrayLength();
        }

        time.Wake(life);
        for (int taken = 0; taken < 3; taken++)
        {
            JsonElement lease = await LeaseAsync(worker, new { run, waitSeconds = 30, worker = "alone-" + taken });
            int frame = Assert.Single(lease.GetProperty("frames").EnumerateArray()).GetProperty("number").GetInt32();
            if (frame != 2)
            {
                (await worker.PostAsync($"{Path(lease)}/rows", Rows(frame))).Must(204);
            }
        }

        time.Wake(life);
        JsonElement ended = await EndAsync(ada, output, run);

        Assert.Equal(("done", 3, 1), (ended.GetProperty("state").GetString(), ended.GetProperty("frames").GetInt32(), ended.GetProperty("failures").GetInt32()));
        JsonElement row = (await ada.GetAsync($"datasets/{output}/results?run={run}")).Must(200).Lines.Single(line => line.TryGetProperty("error", out _));
        Assert.Equal(2, row.GetProperty("file-number").GetInt32());
        Assert.Matches("^Given up after 2 attempts. The worker alone-. fell silent while it had the frame.$", row.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_run_that_is_stopped_takes_no_more_rows_and_one_that_is_refused_fails_with_the_reason()
    {
        await using TestServer server = await StartAsync();
        (TestCaller ada, string id) = await DatasetAsync(server, 2);
        TestCaller worker = await WorkerAsync(server);
        (string stopped, string output) = await AnalyseAsync(ada, id);
        JsonElement lease = await LeaseAsync(worker, new { });

        (await ada.PostAsync($"runs/{stopped}/stop", new { })).Must(204);
        Assert.True((await worker.PostAsync("work/leases", Wanted(new { run = stopped, waitSeconds = 30 }))).Must(200).Json.TryGetProperty("over", out _)
            || (await worker.PostAsync("work/leases", Wanted(new { run = stopped, waitSeconds = 30 }))).Must(200).Json.TryGetProperty("over", out _));
        (await worker.PostAsync($"{Path(lease)}/rows", Rows(1))).MustRefuse(404, "not-found");
        Assert.Empty(await FramesAsync(ada, output, stopped));

        (string refused, string other) = await AnalyseAsync(ada, id);
        (await worker.PostAsync($"{Path(await LeaseAsync(worker, new { }))}/refuse", new { message = "The header is not JSON." })).Must(204);
        JsonElement ended = await EndAsync(ada, other, refused);
        Assert.Equal(("failed", "The header is not JSON."), (ended.GetProperty("state").GetString(), ended.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task A_waiting_worker_gets_new_frames_at_once_and_none_after_its_token_is_revoked()
    {
        await using TestServer server = await StartAsync();
        (TestCaller ada, string id) = await DatasetAsync(server, 1);
        Answer made = (await server.Admin.PostAsync("tokens", new { scopes = new[] { "work" } })).Must(201);
        TestCaller lost = server.With(made.Json.GetProperty("token").GetString()!);
        TestCaller worker = await WorkerAsync(server);
        Task<Answer> revoked = lost.PostAsync("work/leases", Wanted(new { waitSeconds = 30 }));
        (await server.Admin.DeleteAsync($"tokens/{made.Json.GetProperty("id").GetString()}")).Must(204);
        Assert.False((await revoked).Json.TryGetProperty("lease", out _));

        Task<Answer> waiting = worker.PostAsync("work/leases", Wanted(new { waitSeconds = 30 }));
        (string run, _) = await AnalyseAsync(ada, id);

        Assert.Equal(run, (await waiting).Must(200).Json.GetProperty("lease").GetProperty("run").GetString());
        (await lost.PostAsync("work/leases", Wanted(new { }))).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_worker_of_another_version_is_refused_and_one_with_a_creator_that_lost_its_role_gets_no_frames()
    {
        await using TestServer server = await StartAsync();
        Answer operates = (await server.Admin.PostAsync("users", new { name = "op", roles = new[] { "operator" } })).Must(201);
        TestCaller op = server.With(operates.Json.GetProperty("token").GetString()!);
        TestCaller worker = server.With((await op.PostAsync("tokens", new { scopes = new[] { "work" } })).Must(201).Json.GetProperty("token").GetString()!);

        Answer other = (await worker.PostAsync("work/leases", new { worker = "w", version = "0.0.1", programs = new[] { Program } })).MustRefuse(409, "conflict");
        Assert.Contains("0.0.1", other.Text, StringComparison.Ordinal);
        (await worker.PostAsync("work/leases", Wanted(new { }))).Must(200);
        (await server.Admin.PatchAsync("users/op", new { roles = Array.Empty<string>() })).Must(200);

        (await worker.PostAsync("work/leases", Wanted(new { }))).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task A_worker_puts_files_of_the_frames_of_its_lease_and_no_others()
    {
        await using TestServer server = await StartAsync();
        (TestCaller ada, string id) = await DatasetAsync(server, 3);
        (_, string output) = await AnalyseAsync(ada, id);
        TestCaller worker = await WorkerAsync(server);
        string path = Path(await LeaseAsync(worker, new { }));

        (await worker.PutAsync($"{path}/files/previews/000001.png", "a picture", ("Content-Type", "image/png"))).Must(204);
        (await worker.PutAsync($"{path}/files/previews/000001.png", "a picture", ("Content-Type", "image/png"))).Must(204);

        Answer read = (await ada.GetAsync($"datasets/{output}/entries/previews/000001.png")).Must(200);
        Assert.Equal("a picture", read.Text);
        foreach (string other in (string[])["previews/000002.png", "000001", "previews/1.png", "a/b/000001.png", "previews/000001", "previews/000001.p.png", "P/000001.png", "results.csv"])
        {
            (await worker.PutAsync($"{path}/files/{other}", "x")).MustRefuse(422, "unprocessable");
        }

        (await worker.PutAsync($"{path}/files/.hutch/000001.png", "x")).MustRefuse(400, "invalid-path");
        (await worker.PutAsync($"{path}/files/previews/000001.png", new string('x', (4 << 20) + 1))).MustRefuse(413, "too-large");
        (await worker.PostAsync($"{path}/return", new { })).Must(204);
        (await worker.PutAsync($"{path}/files/previews/000001.png", "x")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Operators_see_queues_workers_and_runs_and_others_their_own_runs()
    {
        await using TestServer server = await StartAsync();
        (TestCaller ada, string id) = await DatasetAsync(server, 3);
        TestCaller bob = await server.UserAsync("bob");
        (string run, _) = await AnalyseAsync(ada, id);
        TestCaller worker = await WorkerAsync(server);
        int leased = (await LeaseAsync(worker, new { frames = 2 })).GetProperty("frames").GetArrayLength();
        if (leased == 1)
        {
            // The run had found no more of its frames by then.
            await LeaseAsync(worker, new { frames = 1 });
        }

        JsonElement all = (await server.Admin.GetAsync("live")).Must(200).Json;
        JsonElement own = (await ada.GetAsync("live")).Must(200).Json;
        JsonElement others = (await bob.GetAsync("live")).Must(200).Json;

        Assert.True(all.GetProperty("everything").GetBoolean());
        JsonElement queue = Assert.Single(all.GetProperty("queues").EnumerateArray());
        Assert.Equal(("default", 1, 2), (queue.GetProperty("name").GetString(), queue.GetProperty("waiting").GetInt32(), queue.GetProperty("inWork").GetInt32()));
        JsonElement joined = Assert.Single(all.GetProperty("workers").EnumerateArray());
        Assert.Equal(("w", "working"), (joined.GetProperty("name").GetString(), joined.GetProperty("state").GetString()));
        Assert.Equal(["storage", "analysis"], all.GetProperty("services").EnumerateArray().Select(service => service.GetProperty("name").GetString()));
        JsonElement mine = Assert.Single(own.GetProperty("runs").EnumerateArray());
        Assert.Equal((run, "ada/lysozyme", 3), (mine.GetProperty("id").GetString(), mine.GetProperty("datasetName").GetString(), mine.GetProperty("total").GetInt32()));
        foreach (string part in (string[])["queues", "workers", "services", "classes"])
        {
            Assert.Empty(own.GetProperty(part).EnumerateArray());
        }

        Assert.Empty(others.GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task A_work_token_stands_alone()
    {
        await using TestServer server = await StartAsync();
        TestCaller ada = await server.UserAsync("ada");

        (await ada.PostAsync("tokens", new { scopes = new[] { "work" } })).MustRefuse(403, "forbidden");
        (await server.Admin.PostAsync("tokens", new { scopes = new[] { "work", "read" } })).MustRefuse(400, "bad-request");
        (await server.Admin.PostAsync("tokens", new { scopes = new[] { "work" }, s3 = true })).MustRefuse(400, "bad-request");
        (await server.Admin.PostAsync("tokens", new { scopes = new[] { "read" }, @namespace = "trial" })).MustRefuse(400, "bad-request");
        (await server.Admin.PostAsync("tokens", new { scopes = new[] { "work" }, @namespace = "A b" })).MustRefuse(400, "invalid-name");
        (await server.Admin.PostAsync("tokens", new { scopes = new[] { "work" }, @namespace = "trial" })).Must(201);
        JsonElement listed = (await server.Admin.GetAsync("tokens")).Must(200).Json.GetProperty("items").EnumerateArray()
            .Single(token => token.TryGetProperty("namespace", out _));
        Assert.Equal(("work", "trial"), (listed.GetProperty("scopes")[0].GetString(), listed.GetProperty("namespace").GetString()));
    }

    private static string Program => AnalysisSteps.All[0].Declaration.Program;

    private static Task<TestServer> StartAsync(AnalysisWorkerOptions? options = null, TimeProvider? time = null) =>
        TestServer.StartAsync(time: time, analysis: options ?? new AnalysisWorkerOptions { Enabled = false });

    private static async Task<(TestCaller Owner, string Id)> DatasetAsync(TestServer server, int frames)
    {
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("lysozyme");
        (await ada.PutAsync($"datasets/{id}/entries/header", "{}")).Must(201);
        (await ada.PutAsync($"datasets/{id}/entries/header.d/mask.npy", "mask")).Must(201);
        for (int number = 1; number <= frames; number++)
        {
            (await ada.PutAsync($"datasets/{id}/entries/{number:D6}", $"frame {number}")).Must(201);
        }

        return (ada, id);
    }

    private static async Task<(string Run, string Output)> AnalyseAsync(TestCaller owner, string id, string? ns = null)
    {
        JsonElement started = (await owner.PostAsync($"datasets/{id}/analyses", new { @namespace = ns ?? "default", again = true })).Must(201).Json;
        return (started.GetProperty("run").GetString()!, started.GetProperty("dataset").GetString()!);
    }

    private static async Task<TestCaller> WorkerAsync(TestServer server, string ns = "default") => server.With(
        (await server.Admin.PostAsync("tokens", new { scopes = new[] { "work" }, @namespace = ns })).Must(201).Json.GetProperty("token").GetString()!);

    /// <summary>A request for frames; the members of <paramref name="more"/> come on top, or in place.</summary>
    private static Dictionary<string, object> Wanted(object more)
    {
        var wanted = new Dictionary<string, object> { ["worker"] = "w", ["version"] = StepDeclaration.ProductVersion, ["programs"] = new[] { Program } };
        foreach (JsonProperty member in JsonSerializer.SerializeToElement(more).EnumerateObject())
        {
            wanted[member.Name] = member.Value;
        }

        return wanted;
    }

    private static async Task<JsonElement> LeaseAsync(TestCaller worker, object more)
    {
        Dictionary<string, object> wanted = Wanted(more);
        wanted.TryAdd("waitSeconds", 30);
        return (await worker.PostAsync("work/leases", wanted)).Must(200).Json.GetProperty("lease");
    }

    private static string Id(JsonElement lease) => lease.GetProperty("id").GetString()!;

    private static string Path(JsonElement lease) => "work/leases/" + Id(lease);

    private static object Rows(params int[] frames) => new
    {
        rows = frames.Select(frame => Columns.Aggregate(
            new Dictionary<string, object> { ["file-number"] = frame },
            (row, column) =>
            {
                row[column] = 0;
                return row;
            })),
    };

    private static object Errors(string error, params int[] frames) =>
        new { rows = frames.Select(frame => new Dictionary<string, object> { ["file-number"] = frame, ["error"] = error }) };

    private static async Task<int[]> FramesAsync(TestCaller owner, string output, string run) =>
    [
        .. (await owner.GetAsync($"datasets/{output}/results?run={run}")).Must(200).Lines
            .Where(line => line.TryGetProperty("file-number", out _)).Select(line => line.GetProperty("file-number").GetInt32()),
    ];

    /// <summary>Waits until a run is over; its last line.</summary>
    private static async Task<JsonElement> EndAsync(TestCaller owner, string output, string run) =>
        (await owner.GetAsync($"datasets/{output}/results?run={run}&follow=true")).Must(200).Lines[^1];
}
