using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>The PaN search API over publications.</summary>
public sealed class PanSearchTests(PanSearchTests.Shelf shelf) : IClassFixture<PanSearchTests.Shelf>
{
    [Fact]
    public async Task Lists_have_what_portals_require()
    {
        JsonElement[] datasets = await ListAsync("Datasets");
        JsonElement[] documents = await ListAsync("Documents");
        JsonElement[] instruments = await ListAsync("Instruments");

        Assert.Equal(3, datasets.Length);
        Assert.All(datasets, static one => AssertHas(one, "pid", "title", "isPublic", "creationDate", "size", "score"));
        Assert.All(documents, static one => AssertHas(one, "pid", "isPublic", "type", "title", "summary", "license", "score"));
        Assert.Equal(["LoKI", "ODIN"], instruments.Select(static one => one.GetProperty("name").GetString()));
        Assert.All(instruments, static one => AssertHas(one, "pid", "facility", "score"));
        Assert.All(datasets.Concat(documents), static one => Assert.Equal(0, one.GetProperty("score").GetDouble()));
        Assert.DoesNotContain(datasets, static one => one.TryGetProperty("parameters", out _));
    }

    [Theory]
    [InlineData("Datasets", """{"where": {"text": "copper"}}""", "Copper")]
    [InlineData("Datasets", """{"where": {"isPublic": false}}""", "Hidden gold")]
    [InlineData("Datasets", """{"limit": 1, "skip": 1}""", "Zinc")]
    [InlineData("Datasets", """{"query": "zinc"}""", "Zinc")]
    [InlineData("Datasets", """{"include": [{"relation": "instrument", "scope": {"where": {"name": "LoKI"}}}]}""", "Copper")]
    [InlineData("Datasets", """{"include": [{"relation": "samples", "scope": {"where": {"name": "copper cylinder"}}}]}""", "Copper")]
    [InlineData("Datasets", """{"include": [{"relation": "techniques", "scope": {"where": {"name": "macromolecular crystallography"}}}]}""", "Zinc")]
    [InlineData("Datasets", """{"include": [{"relation": "techniques", "scope": {"where": {"name": "x-ray powder diffraction"}}}]}""", "Copper")]
    [InlineData("Datasets", """{"include": [{"relation": "techniques", "scope": {"where": {"name": "powder diffraction"}}}]}""", "Copper")]
    [InlineData("Datasets", """{"include": [{"relation": "techniques", "scope": {"where": {"panetId": {"inq": ["http://purl.org/pan-science/PaNET/PaNET01101"]}}}}]}""", "Copper")]
    [InlineData("Datasets", """{"include": [{"relation": "files", "scope": {"where": {"text": "file1"}}}]}""", "Copper")]
    [InlineData("Datasets", """{"include": [{"relation": "parameters", "scope": {"where": {"and": [{"name": "wavelength"}, {"value": {"between": [0.09, 0.11]}}, {"unit": "nm"}]}}}]}""", "Zinc")]
    [InlineData("Documents", """{"where": {"keywords": "metal"}}""", "Copper")]
    [InlineData("Documents", """{"include": [{"relation": "members", "scope": {"include": [{"relation": "person", "scope": {"where": {"fullName": "Ada Lovelace"}}}]}}, {"relation": "datasets", "scope": {"include": [{"relation": "files", "scope": {"where": {"text": "file1"}}}]}}]}""", "Copper")]
    public async Task A_filter_finds_the_publications_that_fulfil_it(string kind, string filter, string title)
    {
        JsonElement found = Assert.Single(await ListAsync(kind, filter));

        Assert.Equal(title, found.GetProperty("title").GetString());
        Assert.Equal(filter.Contains("query", StringComparison.Ordinal) ? 1 : 0, found.GetProperty("score").GetDouble());
    }

    /// <summary>The metadata and files of a hidden dataset are in no answer, and no condition on them finds it.</summary>
    [Fact]
    public async Task A_hidden_dataset_shows_its_public_page_only()
    {
        string all = """{"include": ["instrument", "parameters", "files", "samples", "techniques"]}""";

        JsonElement[] found = await ListAsync("Datasets", all);

        JsonElement hidden = Assert.Single(found, static one => one.GetProperty("title").GetString() == "Hidden gold");
        Assert.Equal(
            [0, 0, 0, 0], new[] { "parameters", "files", "samples", "techniques" }.Select(name => hidden.GetProperty(name).GetArrayLength()));
        Assert.False(hidden.TryGetProperty("instrument", out _));
        Assert.Empty(await ListAsync("Datasets", """{"include": [{"relation": "samples", "scope": {"where": {"name": "secret"}}}]}"""));
        Assert.DoesNotContain("SECRET", JsonSerializer.Serialize(await ListAsync("Instruments")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_is_found_by_its_pid_and_some_are_counted()
    {
        string pid = (await ListAsync("Datasets", """{"where": {"text": "zinc"}}"""))[0].GetProperty("pid").GetString()!;

        Answer one = (await GetAsync($"Datasets/{Uri.EscapeDataString(pid)}")).Must(200);
        Answer none = (await GetAsync("Datasets/" + Uri.EscapeDataString("10.5072/none"))).Must(404);

        Assert.Equal("Zinc", one.Json.GetProperty("title").GetString());
        Assert.Equal(404, none.Json.GetProperty("error").GetProperty("statusCode").GetInt32());
        Assert.Equal("LoKI", (await GetAsync("Instruments/LoKI")).Must(200).Json.GetProperty("name").GetString());
        Assert.Equal(3, (await GetAsync("Documents/count")).Must(200).Json.GetProperty("count").GetInt32());
        Assert.Equal(
            2, (await GetAsync("Datasets/count?where=" + Uri.EscapeDataString("""{"isPublic": true}"""))).Must(200).Json.GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("Datasets?filter={\"where\":{\"title\":{\"near\":1}}}", 400, "near")]
    [InlineData("Datasets?filter[where][title]=x", 400, "filter[where][title]")]
    [InlineData("Datasets?filter={\"limit\":1001}", 400, "1001")]
    [InlineData("Samples", 404, "Instruments")]
    [InlineData("Datasets/a/b", 404, "")]
    public async Task An_unknown_part_of_a_request_is_refused_by_its_name(string path, int status, string named)
    {
        Answer refused = (await GetAsync(path)).Must(status);

        Assert.Contains(named, refused.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static void AssertHas(JsonElement one, params string[] names) =>
        Assert.All(names, name => Assert.True(one.TryGetProperty(name, out _), name));

    private async Task<JsonElement[]> ListAsync(string kind, string? filter = null) =>
        [.. (await GetAsync(kind + (filter is null ? "" : "?filter=" + Uri.EscapeDataString(filter)))).Must(200).Json.EnumerateArray()];

    private Task<Answer> GetAsync(string path) => shelf.Server.Nobody.GetAsync("/panosc/api/" + path);

    public sealed class Shelf : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await TestServer.StartAsync();
            await PublishAsync("one", "Copper", "generic", new { instrument = "LoKI", sample = "copper cylinder", techniques = new[] { "XPD" } }, "file1.h5", "open", "metal");
            await PublishAsync("two", "Zinc", "mx/rotation", new { instrument = "ODIN", wavelength = 1.0 }, "file2.h5", "open", "other");
            await PublishAsync("three", "Hidden gold", "generic", new { instrument = "SECRET", sample = "secret" }, "file1.h5", "restricted", "other");
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        private async Task PublishAsync(string name, string title, string type, object metadata, string file, string access, string keyword)
        {
            string id = (await Server.Admin.PostAsync("datasets", new { name, type })).Must(201).Json.GetProperty("id").GetString()!;
            (await Server.Admin.PutAsync($"datasets/{id}/entries/raw/{file}", name)).Must(201);
            (await Server.Admin.PutJsonAsync($"datasets/{id}/metadata", metadata)).Must(204);
            (await Server.Admin.PostAsync($"datasets/{id}/close", new { })).Must(200);
            (await Server.Admin.PutJsonAsync($"datasets/{id}/publication", new
            {
                title,
                @abstract = "As it was measured.",
                publisher = "Institute of Tests",
                license = "CC0-1.0",
                keywords = new[] { keyword },
                authors = new[] { new { name = "Lovelace", given = "Ada" } },
            })).Must(200);
            (await Server.Admin.PostAsync($"datasets/{id}/publication/publish", new { access })).Must(200);
        }
    }
}
