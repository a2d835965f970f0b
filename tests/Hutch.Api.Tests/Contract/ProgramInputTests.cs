using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Programs.Engines;

namespace Hutch.Api.Tests.Contract;

/// <summary>Further inputs that a rule chooses, and parameters that are filled from metadata.</summary>
public sealed class ProgramInputTests : IAsyncLifetime
{
    private const string Fit = """
        title: Fit of a scan
        version: "1"
        inputs:
          flats: {title: Flat fields, types: [table], same: [instrument]}
          mask: {types: [volume], choose: newest, optional: true}
        command: [fit, ["--energy={energy}"], ["--mask={mask}"], "--name={name}", "{input}", "{flats}", "{output}"]
        parameters:
          energy: {kind: number, unit: keV, range: [1, 100], default: 8, from: metadata.energy}
          name: {kind: text, pattern: "[a-z]+", from: metadata.sample.name}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-programs-").FullName;
    private readonly LyingEngine _engine = new();
    private TestServer _server = null!;
    private TestCaller _ada = null!;
    private string _scan = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "fit.yaml"), Fit, Ct);
        _server = await TestServer.StartAsync(programs: _folder, engine: _engine);
        _ada = await _server.UserAsync("ada");
        _scan = await DatasetAsync("scan", "generic", new { instrument = "i04", energy = "12400 eV", sample = new { name = "lyso" } });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Rules_choose_inputs_and_metadata_fill_parameters_in_their_unit()
    {
        await DatasetAsync("other-flats", "table", new { instrument = "i05" }, isClosed: true);
        string flats = await DatasetAsync("flats", "table", new { instrument = "i04" }, isClosed: true);
        await DatasetAsync("open-flats", "table", new { instrument = "i04" });
        await DatasetAsync("old-mask", "volume", new { }, isClosed: true);
        string mask = await DatasetAsync("mask", "volume", new { }, isClosed: true);

        JsonElement run = (await StartAsync(new { input = _scan })).Must(201).Json;
        Assert.Equal("fit --energy=12.4 --mask={mask} --name=lyso {input} {flats} {output}", Text(run, "command"));
        Assert.Equal([_scan, flats, mask], run.GetProperty("inputs").EnumerateArray().Select(static one => Text(one, "dataset")));
        Assert.Equal([null, "flats", "mask"], NamesOf(run));

        // A reader without access to one input still sees the names of the others.
        TestCaller reader = await _server.UserAsync("reader");
        foreach (string seen in new[] { _scan, mask })
        {
            (await _ada.PutJsonAsync($"datasets/{seen}/grants/user:reader", new { right = "read" })).Must(200);
        }

        JsonElement partly = (await reader.GetAsync("runs/" + Text(run, "id"))).Must(200).Json;
        Assert.Equal([null, "mask"], NamesOf(partly));
        Assert.DoesNotContain(flats, partly.GetRawText(), StringComparison.Ordinal);
        AttemptOrder order = await _engine.NextAsync(Ct);
        JsonElement work = (await _server.With(order.Token).PostAsync($"runs/{order.Attempt.Run:N}/attempts/1/claim", new { claim = Guid.NewGuid(), node = "n" })).Must(200).Json;
        Assert.Equal([null, "flats", "mask"], NamesOf(work));
        (await _server.With(order.Token).GetAsync($"datasets/{flats}/entries/a")).Must(200);
        JsonElement results = (await _ada.GetAsync($"datasets/{run.GetProperty("outputs")[0].GetString()}")).Must(200).Json;
        Assert.Equal(3, results.GetProperty("parents").GetArrayLength());

        // What a person gives counts.
        string chosen = await DatasetAsync("chosen", "table", new { });
        JsonElement second = (await StartAsync(new { input = _scan, inputs = new { flats = chosen }, parameters = new { energy = 7, name = "x" } })).Must(201).Json;
        Assert.Equal(chosen, Text(second.GetProperty("inputs")[1], "dataset"));
        Assert.StartsWith("fit --energy=7 --mask={mask} --name=x", Text(second, "command"), StringComparison.Ordinal);
        Assert.Equal("the closed dataset of the type table with the same instrument", Text((await _ada.GetAsync("programs/fit")).Must(200).Json.GetProperty("inputs")[0], "rule"));
    }

    [Fact]
    public async Task Nothing_and_several_that_fit_are_refused_with_what_to_do()
    {
        Assert.Contains("no dataset for the input 'flats': it is the closed dataset", await RefusalAsync(new { input = _scan }), StringComparison.Ordinal);
        string flats = await DatasetAsync("flats", "table", new { instrument = "i04" }, isClosed: true);
        await DatasetAsync("flats-2", "table", new { instrument = "i04" }, isClosed: true);
        Assert.Contains("2 datasets fit the input 'flats', such as ada/flats-2, ada/flats", await RefusalAsync(new { input = _scan }), StringComparison.Ordinal);
        Assert.Contains("no input 'flat'", await RefusalAsync(new { input = _scan, inputs = new { flat = flats } }), StringComparison.Ordinal);
        Assert.Contains("is of the type 'generic'", await RefusalAsync(new { input = _scan, inputs = new { flats = _scan } }), StringComparison.Ordinal);

        string bare = await DatasetAsync("bare", "generic", new { energy = "12 mm", sample = new { name = "lyso" } });
        Assert.Contains("The metadata 'energy' of 'ada/bare' cannot be used", await RefusalAsync(new { input = bare }), StringComparison.Ordinal);
        (await _ada.PutJsonAsync($"datasets/{bare}/metadata", new { energy = 12.4 })).Must(204);
        Assert.Contains("has no unit, but the parameter is in keV", await RefusalAsync(new { input = bare }), StringComparison.Ordinal);
        (await _ada.PutJsonAsync($"datasets/{bare}/metadata", new { sample = new { name = "-rf" } })).Must(204);
        Assert.Contains("would be an option", await RefusalAsync(new { input = bare }), StringComparison.Ordinal);
        (await _ada.PutJsonAsync($"datasets/{bare}/metadata", new { })).Must(204);
        Assert.Contains("has no metadata 'sample.name'", await RefusalAsync(new { input = bare }), StringComparison.Ordinal);
        Assert.Contains("has no metadata 'instrument'", await RefusalAsync(new { input = bare, parameters = new { name = "x" } }), StringComparison.Ordinal);

        // The datasets of others are no inputs of a person without rights, and are not named.
        TestCaller bob = await _server.UserAsync("bob");
        (await _ada.PutJsonAsync($"datasets/{_scan}/grants/user:bob", new { right = "derive" })).Must(200);
        Assert.Contains("There is no dataset for the input", Text((await bob.PostAsync("programs/fit/runs", new { input = _scan })).MustRefuse(422, "unprocessable").Json, "detail"), StringComparison.Ordinal);
        Assert.Equal(0, _engine.Orders);
    }

    [Fact]
    public async Task A_program_reads_seventy_datasets_whose_versions_are_inputs_of_its_run_and_parents_of_its_results()
    {
        string[] names = [.. Enumerable.Range(1, 69).Select(static number => $"plate{number}")];
        string words = string.Join(", ", names.Select(static name => $"\"{{{name}}}\""));
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "merge.yaml"),
            $$"""
            title: Merge
            version: "1"
            inputs: { {{string.Join(", ", names.Select(static name => name + ": {types: [table]}"))}} }
            command: [merge, "{input}", {{words}}, "{output}"]
            """, Ct);
        await _server.RestartAsync(() => { });
        Dictionary<string, string> inputs = [];
        foreach (string name in names)
        {
            inputs[name] = await DatasetAsync(name, "table", new { });
        }

        JsonElement run = (await _ada.PostAsync("programs/merge/runs", new { input = _scan, inputs })).Must(201).Json;

        Assert.Equal([_scan, .. inputs.Values], run.GetProperty("inputs").EnumerateArray().Select(static one => Text(one, "dataset")));
        JsonElement results = (await _ada.GetAsync($"datasets/{run.GetProperty("outputs")[0].GetString()}")).Must(200).Json;
        Assert.Equal(70, results.GetProperty("parents").GetArrayLength());
    }

    private static IEnumerable<string?> NamesOf(JsonElement run) =>
        run.GetProperty("inputs").EnumerateArray().Select(static one => one.TryGetProperty("name", out JsonElement name) ? name.GetString() : null);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private Task<Answer> StartAsync(object body) => _ada.PostAsync("programs/fit/runs", body);

    private async Task<string> RefusalAsync(object body) => Text((await StartAsync(body)).MustRefuse(422, "unprocessable").Json, "detail")!;

    private async Task<string> DatasetAsync(string name, string type, object metadata, bool isClosed = false)
    {
        string id = Text((await _ada.PostAsync("datasets", new { name, type })).Must(201).Json, "id")!;
        (await _ada.PutJsonAsync($"datasets/{id}/metadata", metadata)).Must(204);
        (await _ada.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        if (isClosed)
        {
            (await _ada.PostAsync($"datasets/{id}/close", new { })).Must(200);
        }

        return id;
    }
}
