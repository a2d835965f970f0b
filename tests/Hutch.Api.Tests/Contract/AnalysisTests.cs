using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Processing;
using Hutch.Processing.Runs;

namespace Hutch.Api.Tests.Contract;

/// <summary>Analyses, results, runs and lineage over HTTP; the worker is not part of this server.</summary>
public sealed class AnalysisTests
{
    [Fact]
    public async Task An_analysis_is_started_and_is_seen_in_runs_lineage_and_results()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await FramesAsync(ada);

        JsonElement started = (await ada.PostAsync($"datasets/{id}/analyses", new { algorithm = "dispersion_extended" })).Must(201).Json;
        string run = started.GetProperty("run").GetString()!;
        string output = started.GetProperty("dataset").GetString()!;
        JsonElement shown = (await ada.GetAsync("runs/" + run)).Must(200).Json;
        JsonElement listed = (await ada.GetAsync("runs?dataset=" + id)).Must(200).Json.GetProperty("items");
        JsonElement lineage = (await ada.GetAsync($"datasets/{output}/lineage")).Must(200).Json;
        Answer results = (await ada.GetAsync($"datasets/{output}/results?run={run}")).Must(200);

        Assert.Equal("ada/lysozyme-spots", started.GetProperty("name").GetString());
        Assert.Equal(2, started.GetProperty("frames").GetInt32());
        Assert.Equal("running", shown.GetProperty("state").GetString());
        Assert.Equal(1, shown.GetProperty("inputs")[0].GetProperty("snapshot").GetInt32());
        Assert.Equal(run, Assert.Single(listed.EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(id, Assert.Single(lineage.GetProperty("ancestors").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("application/x-ndjson", results.Headers["Content-Type"]);
        (await ada.GetAsync($"datasets/{output}/results?frame=1")).MustRefuse(400, "bad-request");
        Assert.Single((await ada.GetAsync($"datasets/{output}/results?run={run}&frame=1")).Must(200).Lines);
        JsonElement end = Assert.Single(results.Lines);
        Assert.Equal((true, "running"), (end.GetProperty("end").GetBoolean(), end.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task One_row_of_a_run_is_asked_for_by_the_largest_number_in_a_column()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        JsonElement started = (await ada.PostAsync($"datasets/{await FramesAsync(ada)}/analyses", new { })).Must(201).Json;
        (string run, string output) = (started.GetProperty("run").GetString()!, started.GetProperty("dataset").GetString()!);
        await new RunServices(server.Server.Site, TimeProvider.System).Registry.AddResultsAsync(
            Guid.Parse(run), new DatasetId(Guid.Parse(output)),
            [Row(1, """{"file-number":1,"n":3}"""), Row(2, """{"file-number":2,"n":12}"""), Row(3, """{"file-number":3,"n":"99"}""")], TestContext.Current.CancellationToken);

        Assert.Equal(2, (await MostAsync("n"))[0].GetProperty("file-number").GetInt32());
        Assert.True(Assert.Single(await MostAsync("m")).GetProperty("end").GetBoolean());
        (await ada.GetAsync($"datasets/{output}/results?most=n")).MustRefuse(400, "bad-request");
        (await (await server.UserAsync("eve")).GetAsync($"datasets/{output}/results?run={run}&most=n")).MustRefuse(404, "not-found");

        async Task<IReadOnlyList<JsonElement>> MostAsync(string column) =>
            [.. (await ada.GetAsync($"datasets/{output}/results?run={run}&most={column}&follow=true")).Must(200).Lines];

        static FrameResult Row(int frame, string row) => new(frame, JsonElement.Parse(row));
    }

    [Fact]
    public async Task The_same_analysis_is_answered_with_the_run_that_is_there_unless_it_is_asked_for_again()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await FramesAsync(ada);
        string path = $"datasets/{id}/analyses";

        JsonElement first = (await ada.PostAsync(path, new { })).Must(201).Json;
        JsonElement same = (await ada.PostAsync(path, new { algorithm = "dispersion" })).Must(200).Json;
        JsonElement again = (await ada.PostAsync(path, new { again = true })).Must(201).Json;

        Assert.Equal(first.GetProperty("run").GetString(), same.GetProperty("run").GetString());
        Assert.Equal(first.GetProperty("name").GetString(), same.GetProperty("name").GetString());
        Assert.True(same.GetProperty("existing").GetBoolean());
        Assert.False(first.TryGetProperty("existing", out _));
        Assert.Equal("ada/lysozyme-spots-2", again.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_run_can_be_stopped_once_and_names_the_user_that_stopped_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller ben = await server.UserAsync("ben");
        string id = await FramesAsync(ada);
        string run = (await ada.PostAsync($"datasets/{id}/analyses", new { })).Must(201).Json.GetProperty("run").GetString()!;

        (await ben.PostAsync($"runs/{run}/stop", new { })).MustRefuse(404, "not-found");
        (await ada.PostAsync($"runs/{run}/stop", new { })).Must(204);
        JsonElement stopped = (await ada.GetAsync("runs/" + run)).Must(200).Json;
        (await ada.PostAsync($"runs/{run}/stop", new { })).MustRefuse(409, "conflict");

        Assert.Equal(("cancelled", "Stopped by ada."), (stopped.GetProperty("state").GetString(), stopped.GetProperty("message").GetString()));
        (await ada.PostAsync($"runs/{Guid.NewGuid():N}/stop", new { })).MustRefuse(404, "not-found");
        (await ada.PostAsync("runs/1/stop", new { })).MustRefuse(400, "invalid-name");
    }

    [Fact]
    public async Task Steps_are_listed_to_everybody_with_their_parameters_and_columns()
    {
        await using TestServer server = await TestServer.StartAsync();

        JsonElement[] steps = [.. (await server.Nobody.GetAsync("analyses/steps")).Must(200).Json.GetProperty("items").EnumerateArray()];

        Assert.Equal(["spots", "intensity", "radial"], steps.Select(step => step.GetProperty("name").GetString()));
        Assert.Equal("hutch/per-image-analysis", steps[0].GetProperty("program").GetString());
        Assert.Equal(12, steps[0].GetProperty("columns").GetArrayLength());
        JsonElement algorithm = steps[0].GetProperty("parameters")[1];
        Assert.Equal(("algorithm", "text", "dispersion"), (algorithm.GetProperty("name").GetString(), algorithm.GetProperty("kind").GetString(), algorithm.GetProperty("default").GetString()));
        JsonElement resolution = steps[0].GetProperty("columns")[4];
        Assert.Equal(("estimated_d_min", "Å", -1), (resolution.GetProperty("name").GetString(), resolution.GetProperty("unit").GetString(), resolution.GetProperty("unknown").GetInt32()));
    }

    [Fact]
    public async Task A_step_is_recorded_with_its_parameters_and_refuses_unknown_ones()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await FramesAsync(ada);

        JsonElement started = (await ada.PostAsync($"datasets/{id}/analyses", new { step = "intensity", parameters = new { saturation = 100, dMin = "2.5" } })).Must(201).Json;
        JsonElement run = (await ada.GetAsync("runs/" + started.GetProperty("run").GetString())).Must(200).Json;

        Assert.Equal("ada/lysozyme-intensity", started.GetProperty("name").GetString());
        Assert.Equal("n_valid", started.GetProperty("columns")[0].GetProperty("name").GetString());
        Assert.Equal("hutch/intensity", run.GetProperty("program").GetString());
        Assert.Equal("hutch analyse ada/lysozyme@1 --step intensity --parameter saturation=100 --parameter dMin=2.5", run.GetProperty("command").GetString());
        Assert.Equal("{\"saturation\":100,\"dMin\":2.5,\"follow\":false}", run.GetProperty("parameters").GetRawText());
        (await ada.PostAsync($"datasets/{id}/analyses", new { step = "magic" })).MustRefuse(422, "unprocessable");
        (await ada.PostAsync($"datasets/{id}/analyses", new { step = "intensity", parameters = new { gain = 2 } })).MustRefuse(422, "unprocessable");
        (await ada.PostAsync($"datasets/{id}/analyses", new { step = "intensity", parameters = new { saturation = -1 } })).MustRefuse(422, "unprocessable");
        (await ada.PostAsync($"datasets/{id}/analyses", new { parameters = new[] { 1 } })).MustRefuse(400, "invalid-body");
    }

    [Fact]
    public async Task Shorthands_are_parameters_of_the_default_step()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await FramesAsync(ada);

        JsonElement brief = (await ada.PostAsync($"datasets/{id}/analyses", new { algorithm = "dispersion", dMin = 2, dMax = 40 })).Must(201).Json;
        JsonElement run = (await ada.GetAsync("runs/" + brief.GetProperty("run").GetString())).Must(200).Json;

        Assert.Equal("hutch analyse ada/lysozyme@1 --d-min 2 --d-max 40", run.GetProperty("command").GetString());
        (await ada.PostAsync($"datasets/{id}/analyses", new { dMax = 40, parameters = new { dMax = 40 } })).MustRefuse(422, "unprocessable");
        (await ada.PostAsync($"datasets/{id}/analyses", new { step = "intensity", algorithm = "dispersion" })).MustRefuse(422, "unprocessable");
    }

    [Fact]
    public async Task Invalid_analysis_requests_get_specific_errors()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await FramesAsync(ada);
        string empty = await ada.DatasetAsync("empty");

        (await ada.PostAsync($"datasets/{id}/analyses", new { gain = 2 })).MustRefuse(400, "invalid-body");
        (await ada.PostAsync($"datasets/{id}/analyses", new { algorithm = "magic" })).MustRefuse(422, "unprocessable");
        (await ada.PostAsync($"datasets/{empty}/analyses", new { })).MustRefuse(422, "unprocessable");
        (await ada.GetAsync($"datasets/{id}/results?run=first")).MustRefuse(400, "invalid-name");
        (await ada.GetAsync($"datasets/{id}/results?run={Guid.NewGuid():N}")).MustRefuse(404, "not-found");
        (await ada.GetAsync($"datasets/{id}/results?after=-1")).MustRefuse(400, "bad-request");
        (await ada.GetAsync("runs/1")).MustRefuse(400, "invalid-name");
        (await ada.GetAsync("runs?cursor=x")).MustRefuse(400, "bad-request");
    }

    [Fact]
    public async Task Others_see_nothing_of_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller ben = await server.UserAsync("ben");
        string id = await FramesAsync(ada);
        JsonElement started = (await ada.PostAsync($"datasets/{id}/analyses", new { })).Must(201).Json;

        (await ben.PostAsync($"datasets/{id}/analyses", new { })).MustRefuse(404, "not-found");
        (await ben.GetAsync($"datasets/{started.GetProperty("dataset").GetString()}/results")).MustRefuse(404, "not-found");
        (await ben.GetAsync($"datasets/{id}/lineage")).MustRefuse(404, "not-found");
        (await ben.GetAsync("runs/" + started.GetProperty("run").GetString())).MustRefuse(404, "not-found");
        Assert.Empty((await ben.GetAsync("runs")).Must(200).Json.GetProperty("items").EnumerateArray());
        (await server.Nobody.PostAsync($"datasets/{id}/analyses", new { })).MustRefuse(401, "unauthenticated");
    }

    private static async Task<string> FramesAsync(TestCaller caller)
    {
        string id = await caller.DatasetAsync("lysozyme");
        (await caller.PutAsync($"datasets/{id}/entries/header", "{}")).Must(201);
        (await caller.PutAsync($"datasets/{id}/entries/000001", "frame 1")).Must(201);
        (await caller.PutAsync($"datasets/{id}/entries/000002", "frame 2")).Must(201);
        return id;
    }
}
