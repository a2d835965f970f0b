using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Runs that their callers carry out.</summary>
public sealed class ExternalRunTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestCaller _ada = null!;
    private string _input = null!;
    private string _output = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _ada = await _server.UserAsync("ada");
        _input = await _ada.DatasetAsync("input");
        (await _ada.PutAsync($"datasets/{_input}/entries/a", "1")).Must(201);
        (await _ada.PostAsync($"datasets/{_input}/snapshots", new { })).Must(201);
        _output = await _ada.DatasetAsync("output");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_run_records_its_inputs_outputs_command_environment_and_result()
    {
        JsonElement begun = (await StartAsync(_ada)).Must(201).Json;
        string run = begun.GetProperty("id").GetString()!;

        JsonElement ended = (await _ada.PostAsync($"runs/{run}/finish", new { state = "failed", message = "exit code 3" })).Must(200).Json;

        Assert.Equal(("running", "failed", "exit code 3"), (Text(begun, "state"), Text(ended, "state"), Text(ended, "message")));
        JsonElement seen = (await _ada.GetAsync($"runs?dataset={_output}")).Must(200).Json.GetProperty("items")[0];
        Assert.Equal(("fit", "unknown", "fit {input} {output}"), (Text(seen, "program"), Text(seen, "version"), Text(seen, "command")));
        Assert.Equal("4711", Text(seen.GetProperty("environment"), "SLURM_JOB_ID"));
        Assert.Equal((_input, 1), (Text(seen.GetProperty("inputs")[0], "dataset"), seen.GetProperty("inputs")[0].GetProperty("snapshot").GetInt32()));
        Assert.Equal(_output, seen.GetProperty("outputs")[0].GetString());
    }

    [Fact]
    public async Task No_server_worker_takes_an_external_run_and_its_end_is_recorded_once()
    {
        string run = Text((await StartAsync(_ada)).Must(201).Json, "id")!;

        string? state = Text((await _ada.GetAsync("runs/" + run)).Must(200).Json, "state");
        (await _ada.PostAsync($"runs/{run}/finish", new { state = "done" })).Must(200);
        JsonElement again = (await _ada.PostAsync($"runs/{run}/finish", new { state = "cancelled", message = "late" })).Must(200).Json;

        Assert.Equal(("running", "done"), (state, Text(again, "state")));
    }

    [Fact]
    public async Task A_run_needs_rights_to_its_input_and_output_and_other_users_cannot_end_it()
    {
        TestCaller bob = await _server.UserAsync("bob");
        string own = await bob.DatasetAsync("own");
        string run = Text((await StartAsync(_ada)).Must(201).Json, "id")!;
        (await _ada.PutJsonAsync($"datasets/{_output}/grants/user:bob", new { right = "read" })).Must(200);

        (await StartAsync(bob, _input, own)).MustRefuse(404, "not-found");
        (await StartAsync(bob, _output, own)).MustRefuse(404, "not-found");
        (await StartAsync(bob, _input, _output)).MustRefuse(404, "not-found");
        (await bob.PostAsync($"runs/{run}/finish", new { state = "done" })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task An_invalid_run_is_refused_with_a_specific_error()
    {
        (await _ada.PostAsync("runs", new { program = "p", inputs = Array.Empty<object>(), output = _output })).MustRefuse(400, "bad-request");
        (await _ada.PostAsync("runs", new { program = "p", inputs = new[] { new { dataset = _input } }, output = _output })).MustRefuse(400, "bad-request");
        (await _ada.PostAsync("runs", Body(_input, _output, new string('c', 10_001)))).MustRefuse(400, "bad-request");
        string run = Text((await StartAsync(_ada)).Must(201).Json, "id")!;
        (await _ada.PostAsync($"runs/{run}/finish", new { state = "perhaps" })).MustRefuse(400, "invalid-body");
        (await _ada.PostAsync($"datasets/{_output}/close", new { })).Must(200);
        (await StartAsync(_ada)).MustRefuse(409, "dataset-closed");
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private Task<Answer> StartAsync(TestCaller caller, string? input = null, string? output = null) =>
        caller.PostAsync("runs", Body(input ?? _input, output ?? _output, "fit {input} {output}"));

    private static object Body(string input, string output, string command) => new
    {
        program = "fit",
        command,
        environment = new { SLURM_JOB_ID = "4711" },
        inputs = new[] { new { dataset = input, snapshot = 1 } },
        output,
    };
}
