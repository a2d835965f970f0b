using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Programs.Engines;

namespace Hutch.Api.Tests.Contract;

/// <summary>Runs that repeat others, and the signed statements about them, with nodes that the tests play.</summary>
public sealed class RerunTests : IAsyncLifetime
{
    private const string Fit = """
        title: Fit of a scan
        version: "1.2"
        command: [fit, "--max={threshold}", "{input}", "{output}"]
        parameters: {threshold: {kind: number, range: [0, 10], default: 2}}
        rerun:
          differs: ["date.txt"]
          within: [{files: "*.csv", relative: 1e-3}]
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
    public async Task Equal_results_are_reproduced_by_a_statement_that_the_site_signed_and_both_datasets_keep()
    {
        (string run, string results) = await ComputeAsync(await StartAsync(), ("volume", "1 2 3"), ("hutch-run.log", "at node1"));
        (await _ada.PutAsync($"datasets/{_input}/entries/b", "later")).Must(201);
        await File.WriteAllTextAsync(Path.Combine(_folder, "fit.yaml"), Fit.Replace("[fit,", "[other,"), Ct);
        JsonElement rerun = (await _ada.PostAsync($"runs/{run}/rerun", new { })).Must(201).Json;
        Assert.Equal((run, "fit --max=3 {input} {output}", 1), (Text(rerun, "repeats"), Text(rerun, "command"), rerun.GetProperty("inputs")[0].GetProperty("snapshot").GetInt32()));
        (string again, string copy) = await ComputeAsync(rerun, ("volume", "1 2 3"), ("hutch-run.log", "at node2"));

        JsonElement statement = await StatementAsync(copy);
        Assert.Equal((run, again, true, true), (Text(statement, "run"), Text(statement, "rerun"), statement.GetProperty("reproduced").GetBoolean(), statement.GetProperty("trusted").GetBoolean()));
        Assert.Matches(@"^reproduced at \S+ on \d{4}-\d\d-\d\d, equal in 1 of 1 files; 1 differ by nature \(version @1\)$", Text(statement, "summary"));
        Assert.Equal("the log of the run", Text(statement.GetProperty("unequal")[0], "how"));
        Assert.True(RerunStatement.Read(Text(statement, "document"), Text(statement, "proof")).IsOk);
        Assert.Equal(Text(statement, "document"), Text(await StatementAsync(results), "document"));

        string crate = Encoding.UTF8.GetString((await _ada.GetAsync($"datasets/{results}/archive.tar?crate=true")).Must(200).Bytes);
        Assert.Contains("\"AssessAction\"", crate, StringComparison.Ordinal);
        Assert.Contains(Text(statement, "summary")!, crate, StringComparison.Ordinal);

        JsonElement provenance = (await _ada.GetAsync($"datasets/{results}/provenance")).Must(200).Json;
        Assert.Equal(Text(statement, "document"), Text(provenance.GetProperty("entity").GetProperty($"statement:{again}"), "hutch:document"));
        Assert.Equal($"run:{run}", Assert.Single(provenance.GetProperty("activity").EnumerateObject()).Name);

        // A proof is one of a version (C7).
        Assert.Equal(1, (await StatementAsync(results)).GetProperty("snapshot").GetInt32());
        Assert.False((await StatementAsync(results)).TryGetProperty("changedSince", out _));
        (await _ada.PutAsync($"datasets/{results}/entries/volume", "9 9 9")).Must(204);
        (await _ada.PutAsync($"datasets/{results}/entries/added", "later")).Must(201);
        (await _ada.PostAsync($"datasets/{results}/snapshots", new { message = "later" })).Must(201);
        JsonElement changed = await StatementAsync(results);
        Assert.Equal(2, changed.GetProperty("changedSince").GetInt32());
        Assert.EndsWith("(version @1); 2 files have changed since", Text(changed, "summary"), StringComparison.Ordinal);

        // It is a record of the site.
        await _server.RestartAsync();
        Assert.Equal(Text(statement, "document"), Text(await StatementAsync(results), "document"));
        (await (await _server.UserAsync("eve")).GetAsync($"datasets/{results}/statements")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Files_that_differ_are_named_and_those_within_the_tolerance_or_of_another_date_are_not_counted_as_such()
    {
        (string run, _) = await ComputeAsync(
            await StartAsync(), ("same", "s"), ("near.csv", "a,b\n1.0,2\n"), ("far.csv", "a,b\n1,2\n"), ("date.txt", "today"), ("volume", "123"), ("gone", "x"));
        JsonElement rerun = (await _ada.PostAsync($"runs/{run}/rerun", new { output = "again" })).Must(201).Json;
        (_, string copy) = await ComputeAsync(
            rerun, ("same", "s"), ("near.csv", "a,b\n1.0001,2\n"), ("far.csv", "a,b\n1,2.1\n"), ("date.txt", "tomorrow"), ("volume", "124"), ("new", "y"));

        JsonElement statement = await StatementAsync(copy);
        Assert.False(statement.GetProperty("reproduced").GetBoolean());
        Assert.Contains("equal in 1 of 6 files, 1 within the tolerance, 4 differ; 1 differ by nature", Text(statement, "summary"), StringComparison.Ordinal);
        Assert.Equal(
            [
                ("far.csv", "different", "line 2: 2 became 2.1"), ("gone", "different", "not in the new results"), ("new", "different", "only in the new results"),
                ("volume", "different", "other bytes of the same number"), ("near.csv", "within", "the largest relative difference of numbers is 1e-4"),
                ("date.txt", "by-nature", "5 bytes became 8"),
            ],
            statement.GetProperty("unequal").EnumerateArray().Select(static one => (Text(one, "path"), Text(one, "kind"), Text(one, "how"))));
        Assert.Equal("ada/again", Text((await _ada.GetAsync($"datasets/{copy}")).Must(200).Json, "name"));
    }

    [Fact]
    public async Task Only_statements_that_a_site_of_the_zone_signed_are_added()
    {
        (string run, string results) = await ComputeAsync(await StartAsync(), ("volume", "123"));
        (_, string copy) = await ComputeAsync((await _ada.PostAsync($"runs/{run}/rerun", new { })).Must(201).Json, ("volume", "123"));
        JsonElement signed = await StatementAsync(copy);
        (string document, string proof) = (Text(signed, "document")!, Text(signed, "proof")!);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] own = key.ExportSubjectPublicKeyInfo();
        string forged = JsonSerializer.Serialize(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(document)!.Select(
            one => KeyValuePair.Create(one.Key, one.Key == "key" ? JsonSerializer.SerializeToElement(BlobHash.Compute(own).ToString()) : one.Value)).ToDictionary());

        Assert.Contains("proves nothing", await RefusalAsync(_ada, results, document.Replace("\"equal\":1", "\"equal\":0").Replace("\"different\":0", "\"different\":1"), proof), StringComparison.Ordinal);
        Assert.Contains("no site of the zone", await RefusalAsync(_ada, results, forged, SiteSignature.Format(own, key.SignData(Encoding.UTF8.GetBytes(forged), HashAlgorithmName.SHA256))), StringComparison.Ordinal);
        using var site = ECDsa.Create();
        site.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(_server.Folder, "keys", "site.key"), Ct));
        string future = JsonSerializer.Serialize(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(document)!.Select(
            one => KeyValuePair.Create(one.Key, one.Key == "at" ? JsonSerializer.SerializeToElement(DateTimeOffset.UtcNow.AddHours(1)) : one.Value)).ToDictionary());
        string sealedBySite = SiteSignature.Format(site.ExportSubjectPublicKeyInfo(), site.SignData(Encoding.UTF8.GetBytes(future), HashAlgorithmName.SHA256));
        Assert.Contains("which is in the future", await RefusalAsync(_ada, results, future, sealedBySite), StringComparison.Ordinal); // C7
        Assert.Contains("is no statement", await RefusalAsync(_ada, results, "{}", proof), StringComparison.Ordinal);
        Assert.Contains("another dataset", await RefusalAsync(_ada, _input, document, proof), StringComparison.Ordinal);
        (await _ada.PostAsync($"datasets/{results}/statements", new { document, proof })).Must(204);
        Assert.Single((await _ada.GetAsync($"datasets/{results}/statements")).Must(200).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Only_its_attempts_write_the_results_of_a_rerun_as_a_site_signs_that_the_program_computed_them()
    {
        (string run, _) = await ComputeAsync(await StartAsync(), ("volume", "123"));
        JsonElement rerun = (await _ada.PostAsync($"runs/{run}/rerun", new { })).Must(201).Json;
        string copy = rerun.GetProperty("outputs")[0].GetString()!;

        (await _ada.PutAsync($"datasets/{copy}/entries/volume", "123")).MustRefuse(409, "conflict");
        (await PushAsync(copy)).MustRefuse(409, "conflict");
        await ComputeAsync(rerun, ("volume", "124"));
        Assert.False((await StatementAsync(copy)).GetProperty("reproduced").GetBoolean());
        (await _ada.DeleteAsync($"datasets/{copy}/entries/volume")).MustRefuse(409, "conflict");
        (await _ada.PostAsync($"datasets/{copy}/move", new { moves = new[] { new { from = "volume", to = "old" } } })).MustRefuse(409, "conflict");

        // A dataset that is derived from it belongs to its owner alone.
        (await _ada.PostAsync($"datasets/{_input}/close", new { })).Must(200);
        (await _ada.PostAsync($"datasets/{copy}/close", new { })).Must(200);
        object child = new { name = "child", parents = new[] { new { dataset = copy } }, copy = true };
        string own = Text((await _ada.PostAsync("datasets", child)).Must(201).Json, "id")!;
        (await _ada.PutAsync($"datasets/{own}/entries/volume", "123")).Must(204);

        async Task<Answer> PushAsync(string dataset)
        {
            byte[] bytes = Encoding.UTF8.GetBytes("123");
            string session = await PushTests.StartAsync(_ada, dataset);
            (await _ada.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(bytes))).Must(200);
            return await PushTests.CommitAsync(_ada, session, null, PushTests.Put("volume", bytes));
        }
    }

    [Fact]
    public async Task A_program_that_its_operator_gave_to_a_group_since_is_repeated_by_its_members_alone()
    {
        (string run, _) = await ComputeAsync(await StartAsync(), ("volume", "123"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "fit.yaml"), Fit + "\nstart: {groups: [experts]}", Ct);
        await _server.RestartAsync();

        (await _ada.PostAsync($"runs/{run}/rerun", new { })).MustRefuse(403, "forbidden");
        (await _ada.PostAsync("groups", new { name = "experts" })).Must(201);
        (await _ada.PostAsync($"runs/{run}/rerun", new { })).Must(201);
    }

    [Fact]
    public async Task A_program_that_takes_more_of_a_resource_than_the_site_has_by_now_is_not_repeated_for_it_would_wait_for_ever()
    {
        (string run, _) = await ComputeAsync(await StartAsync(), ("volume", "123"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "fit.yaml"), Fit + "\nuses: {licence: 1}", Ct);
        await _server.RestartAsync();

        Answer refused = (await _ada.PostAsync($"runs/{run}/rerun", new { })).MustRefuse(422, "unprocessable");
        Assert.Contains("of which this site has 0", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_repeated_is_refused_before_anything_is_made()
    {
        TestCaller bob = await _server.UserAsync("bob");
        JsonElement begun = await StartAsync();
        (await _ada.PostAsync($"runs/{Text(begun, "id")}/rerun", new { })).MustRefuse(409, "conflict");
        (string run, string results) = await ComputeAsync(begun, ("volume", "123"));
        (await bob.PostAsync($"runs/{run}/rerun", new { })).MustRefuse(404, "not-found");
        (await _ada.PutJsonAsync($"datasets/{results}/grants/user:bob", new { right = "read" })).Must(200);
        (await bob.PostAsync($"runs/{run}/rerun", new { })).MustRefuse(403, "forbidden");
        (await _ada.PutJsonAsync($"datasets/{_input}/grants/user:bob", new { right = "read" })).Must(200);
        (await bob.PostAsync($"runs/{run}/rerun", new { })).MustRefuse(403, "forbidden");
        (await _ada.PostAsync($"runs/{run}/rerun", new { output = "scan" })).MustRefuse(409, "already-exists");
        (await _ada.DeleteAsync($"datasets/{results}")).Must(200);
        (await _ada.PostAsync($"runs/{run}/rerun", new { })).MustRefuse(410, "in-trash");

        Assert.Single((await _ada.GetAsync("runs")).Must(200).Json.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("unknown")]
    public async Task Parts_that_commands_of_a_user_made_are_not_repeated_by_the_site(string program)
    {
        (await _ada.PostAsync($"datasets/{_input}/close", new { })).Must(200);
        string output = await _ada.DatasetAsync("parts");
        string run = Text((await _ada.PostAsync("runs", new
        {
            program,
            command = program + " {input} {output}",
            inputs = new[] { new { dataset = _input, snapshot = 1 } },
            output,
            parts = 1,
        })).Must(201).Json, "id")!;
        var claim = Guid.NewGuid();
        (await _ada.PostAsync($"runs/{run}/parts", new { part = "a", claim })).Must(200);
        string session = await PushTests.StartAsync(_ada, output);
        (await _ada.PostLinesAsync(
            $"sessions/{session}/part", new { changes = 1, part = new { run = Guid.Parse(run), part = "a", claim } },
            new { op = "put", path = "x", kind = "directory" })).Must(200);
        Assert.Equal("done", Text((await _ada.GetAsync($"runs/{run}")).Must(200).Json, "state"));

        string refusal = Text((await _ada.PostAsync($"runs/{run}/rerun", new { })).MustRefuse(422, "unprocessable").Json, "detail")!;

        Assert.Contains("Those of `hutch run --part` are repeated by that command", refusal, StringComparison.Ordinal);
        Assert.Equal(0, _engine.Orders);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static async Task<string> RefusalAsync(TestCaller caller, string dataset, string document, string proof) =>
        Text((await caller.PostAsync($"datasets/{dataset}/statements", new { document, proof })).MustRefuse(422, "unprocessable").Json, "detail")!;

    private async Task<JsonElement> StartAsync() =>
        (await _ada.PostAsync("programs/fit/runs", new { input = _input, parameters = new { threshold = 3 } })).Must(201).Json;

    /// <summary>Executes the next attempt as its node, and leaves some files.</summary>
    private async Task<(string Run, string Results)> ComputeAsync(JsonElement run, params (string Path, string Text)[] files)
    {
        AttemptOrder order = await _engine.NextAsync(Ct);
        Assert.Equal(Text(run, "id"), order.Attempt.Run.ToString("N"));
        TestCaller node = _server.With(order.Token);
        var claim = Guid.NewGuid();
        JsonElement work = (await node.PostAsync($"runs/{order.Attempt.Run:N}/attempts/1/claim", new { claim, node = "node7" })).Must(200).Json;
        string output = Text(work, "output")!;
        string session = await PushTests.StartAsync(node, output);
        (await node.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar([.. files.Select(static file => Encoding.UTF8.GetBytes(file.Text))]))).Must(200);
        (await node.PostLinesAsync(
            $"sessions/{session}/commit",
            [
                new { changes = files.Length, attempt = new { claim, state = "done", message = "exit code 0" } },
                .. files.Select(static file => PushTests.Put(file.Path, Encoding.UTF8.GetBytes(file.Text))),
            ])).Must(200);
        return (Text(run, "id")!, output);
    }

    private async Task<JsonElement> StatementAsync(string dataset)
    {
        while (true)
        {
            JsonElement items = (await _ada.GetAsync($"datasets/{dataset}/statements")).Must(200).Json.GetProperty("items");
            if (items.GetArrayLength() > 0)
            {
                return items[0];
            }

            await Task.Delay(20, Ct);
        }
    }
}
