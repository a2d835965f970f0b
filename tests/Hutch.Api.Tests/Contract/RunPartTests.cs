using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Many parts of one run, which write folders of one dataset at the same time.</summary>
public sealed class RunPartTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestCaller _ada = null!;
    private string _input = null!;
    private string _output = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _ada = await _server.UserAsync("ada");
        _input = await _ada.DatasetAsync("movies");
        (await _ada.PutAsync($"datasets/{_input}/entries/m1", "1")).Must(201);
        (await _ada.PostAsync($"datasets/{_input}/close", new { })).Must(200);
        _output = await _ada.DatasetAsync("corrected");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Many_concurrent_parts_join_one_run_and_none_is_lost()
    {
        const int Count = 80;
        string[] runs = await Task.WhenAll(Enumerable.Range(0, Count).Select(async part =>
        {
            string run = await StartAsync(Count);
            var claim = Guid.NewGuid();
            (await BeginAsync(run, $"p{part}", claim)).Must(200);
            (await CommitAsync(run, $"p{part}", claim, ("value", $"{part}"))).Must(200);
            return run;
        }));

        string run = Assert.Single(runs.Distinct());
        JsonElement ended = (await _ada.GetAsync($"runs/{run}")).Must(200).Json;
        Assert.Equal(("done", Count), (Text(ended, "state"), ended.GetProperty("parts").GetProperty("done").GetInt32()));
        Assert.Equal(Enumerable.Range(0, Count).Select(static part => $"p{part}/value").Order(StringComparer.Ordinal), await FilesAsync());
        Assert.Equal("77", (await _ada.GetAsync($"datasets/{_output}/entries/p77/value")).Must(200).Text);
    }

    [Fact]
    public async Task A_repeated_part_replaces_its_folder_and_nothing_else_and_its_earlier_process_changes_nothing()
    {
        string run = await StartAsync();
        (Guid old, Guid other, Guid next) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        (await BeginAsync(run, "a", old)).Must(200);
        (await BeginAsync(run, "b", other)).Must(200);
        (await CommitAsync(run, "a", old, ("x", "1"), ("y/z", "1"))).Must(200);
        (await CommitAsync(run, "b", other, ("x", "2"))).Must(200);
        Assert.Equal(2, (await BeginAsync(run, "a", next)).Must(200).Json.GetProperty("attempt").GetInt32());

        (await CommitAsync(run, "a", old, ("x", "zombie"))).MustRefuse(409, "conflict");
        (await _ada.PostAsync($"runs/{run}/parts/fail", new { part = "a", claim = old })).MustRefuse(409, "conflict");
        (await CommitAsync(run, "a", next, ("x", "3"), ("new", "3"))).Must(200);

        Assert.Equal(["a/new", "a/x", "b/x"], await FilesAsync());
        Assert.Equal("3", (await _ada.GetAsync($"datasets/{_output}/entries/a/x")).Must(200).Text);
        // An answer that was lost: the same commit again.
        Assert.Equal(2, (await CommitAsync(run, "a", next, ("x", "3"))).Must(200).Json.GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task A_failed_part_leaves_the_results_as_they_are_and_the_close_of_the_dataset_ends_the_run()
    {
        string run = await StartAsync();
        (Guid good, Guid bad) = (Guid.NewGuid(), Guid.NewGuid());
        (await BeginAsync(run, "a", good)).Must(200);
        (await CommitAsync(run, "a", good, ("x", "1"))).Must(200);
        (await BeginAsync(run, "a", bad)).Must(200);
        (await _ada.PostAsync($"runs/{run}/parts/fail", new { part = "a", claim = bad, message = "exit code 3" })).Must(200);

        Assert.Equal(["a/x"], await FilesAsync());
        JsonElement failed = (await _ada.GetAsync($"runs/{run}/parts?state=failed")).Must(200).Json.GetProperty("items")[0];
        Assert.Equal(("a", "exit code 3"), (Text(failed, "part"), Text(failed, "message")));
        (await _ada.PostAsync($"datasets/{_output}/close", new { })).Must(200);
        Assert.Equal("failed", Text((await _ada.GetAsync($"runs/{run}")).Must(200).Json, "state"));
        (await BeginAsync(run, "b", Guid.NewGuid())).MustRefuse(409, "conflict");
    }

    [Fact]
    public async Task Parts_of_another_command_account_or_folder_are_refused()
    {
        string run = await StartAsync();
        var claim = Guid.NewGuid();
        (await BeginAsync(run, "a/b", claim)).Must(200);

        (await BeginAsync(run, "a", claim)).MustRefuse(409, "path-conflict");
        (await BeginAsync(run, "a/b/c", claim)).MustRefuse(409, "path-conflict");
        (await BeginAsync(run, "../a", claim)).MustRefuse(400, "invalid-path");
        (await CommitAsync(run, "a/b", claim, ("../c", "1"))).MustRefuse(400, "invalid-path");
        (await _ada.PostAsync("runs", Start("sharpen", null))).MustRefuse(409, "conflict");
        (await _ada.PostAsync("runs", Start("correct", 7))).MustRefuse(409, "conflict");
        (await _ada.PostAsync("runs", Start("correct", -1))).MustRefuse(400, "bad-request");
        TestCaller bob = await _server.UserAsync("bob");
        (await bob.PostAsync($"runs/{run}/parts", new { part = "b", claim })).MustRefuse(404, "not-found");
        (await bob.GetAsync($"runs/{run}/parts")).MustRefuse(404, "not-found");
        string foreign = await _ada.DatasetAsync("foreign");
        (await _ada.PutAsync($"datasets/{foreign}/entries/a", "1")).Must(201);
        (await _ada.PostAsync("runs", Start("correct", null, foreign))).MustRefuse(409, "already-exists");
    }

    [Fact]
    public async Task Parts_and_their_states_survive_a_restart()
    {
        string run = await StartAsync(2);
        (Guid first, Guid second) = (Guid.NewGuid(), Guid.NewGuid());
        (await BeginAsync(run, "a", first)).Must(200);
        (await CommitAsync(run, "a", first, ("x", "1"))).Must(200);
        (await BeginAsync(run, "b", second)).Must(200);

        await _server.RestartAsync();

        Assert.Equal("done", Text((await BeginAsync(run, "a", Guid.NewGuid(), unlessDone: true)).Must(200).Json, "state"));
        (await CommitAsync(run, "b", second, ("x", "2"))).Must(200);
        Assert.Equal("done", Text((await _ada.GetAsync($"runs/{run}")).Must(200).Json, "state"));
        Assert.Equal(["a/x", "b/x"], await FilesAsync());
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private object Start(string program, int? parts, string? output = null) => new
    {
        program,
        command = program + " {input} {output}",
        inputs = new[] { new { dataset = _input, snapshot = 1 } },
        output = output ?? _output,
        parts = parts ?? 0,
    };

    private async Task<string> StartAsync(int? parts = null) => Text((await _ada.PostAsync("runs", Start("correct", parts))).Must(201).Json, "id")!;

    private Task<Answer> BeginAsync(string run, string part, Guid claim, bool unlessDone = false) =>
        _ada.PostAsync($"runs/{run}/parts", new { part, claim, unlessDone });

    private async Task<Answer> CommitAsync(string run, string part, Guid claim, params (string Path, string Text)[] files)
    {
        string session = Text((await _ada.PostAsync($"datasets/{_output}/sessions", new { })).Must(201).Json, "id")!;
        object[] lines =
        [
            new { changes = files.Length, part = new { run = Guid.Parse(run), part, claim } },
            .. await Task.WhenAll(files.Select(file => PutAsync(session, file.Path, file.Text))),
        ];
        return await _ada.PostLinesAsync($"sessions/{session}/part", lines);
    }

    private async Task<object> PutAsync(string session, string path, string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        string key = Guid.NewGuid().ToString("N");
        (await _ada.SendAsync(HttpMethod.Patch, $"sessions/{session}/blobs/{key}?size={bytes.Length}", new ByteArrayContent(bytes), ("Upload-Offset", "0"))).Must(204);
        return new { op = "put", path, kind = "file", hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), size = bytes.Length };
    }

    private async Task<string[]> FilesAsync()
    {
        JsonElement listed = (await _ada.GetAsync($"datasets/{_output}/tree?limit=1000")).Must(200).Json;
        return [.. listed.GetProperty("items").EnumerateArray().Select(static entry => Text(entry, "path")!)];
    }
}
