using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Testing.Clocks;

namespace Hutch.Api.Tests.Contract;

/// <summary>Searches by type and by the values of attributes.</summary>
public sealed class AttributeSearchTests(AttributeSearchTests.Shelf shelf) : IClassFixture<AttributeSearchTests.Shelf>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-types-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("type:generic", "spa grid long short")]
    [InlineData("type:mx", "grid long short")]
    [InlineData("type:mx/rotation", "long short")]
    [InlineData("type:mx/rotation wavelength<1.0A", "short")]
    [InlineData("wavelength<=0.1nm", "grid short")]
    [InlineData("wavelength=1Å", "grid")]
    [InlineData("wavelength < 1 Å", "short")]
    [InlineData("type:mx energy > 12 keV thaumatin", "grid")]
    [InlineData("owner:ada kind:original state:open oscillation > 0.4 °", "long")]
    [InlineData("visibility:public", "")]
    [InlineData("created<2020", "")]
    [InlineData("wavelength!=1Å", "long short")]
    [InlineData("energy>12keV", "grid short")]
    [InlineData("type:mx energy>12keV oscillation=0.1°", "short")]
    [InlineData("voltage=300kV", "spa")]
    [InlineData("pixel_size<1A", "spa")]
    [InlineData("pixel_size=75um", "long")]
    [InlineData("sample=LYSOZYME", "long short")]
    [InlineData("sample!=lysozyme", "grid")]
    [InlineData("collected>=2026-11 collected<2026-12", "short")]
    [InlineData("lyso oscillation>0.4°", "long")]
    [InlineData("grid.rows>=20", "grid")]
    [InlineData("type:lab/unheard-of", "")]
    public async Task Datasets_are_found_by_type_and_attributes(string query, string expected)
    {
        foreach (TestCaller caller in (TestCaller[])[shelf.Ada, shelf.Admin])
        {
            Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), await NamesAsync(caller, query));
        }

        Assert.Empty(await NamesAsync(shelf.Bob, query));
    }

    [Fact]
    public async Task A_search_reflects_edited_metadata_and_changed_types_at_once()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await AddAsync(server.Admin, "scan", "generic", """{"wavelength": 1.2}""");
        Assert.Empty(await NamesAsync(server.Admin, "wavelength>1A"));

        (await server.Admin.PatchAsync("datasets/" + id, new { type = "mx/rotation" })).Must(200);
        Assert.Equal(["scan"], await NamesAsync(server.Admin, "wavelength>1A"));

        (await server.Admin.PutAsync($"datasets/{id}/metadata", """{"wavelength": 0.9}""")).Must(204);
        Assert.Empty(await NamesAsync(server.Admin, "wavelength>1A"));
        Assert.Equal(["scan"], await NamesAsync(server.Admin, "wavelength<1A"));

        // N16: what follows an open dataset is derived from its last version once that is closed.
        var derived = new { name = "rows", following = true, parents = new[] { new { dataset = id } } };
        string rows = (await server.Admin.PostAsync("datasets", derived)).Must(201).Json.GetProperty("id").GetString()!;
        Assert.Equal(["rows"], await NamesAsync(server.Admin, "kind:following"));
        (await server.Admin.PostAsync($"datasets/{id}/close", new { })).Must(200);
        JsonElement closed = (await server.Admin.GetAsync("datasets/" + rows)).Must(200).Json;
        Assert.Equal(("derived", 1), (closed.GetProperty("kind").GetString(), closed.GetProperty("parents")[0].GetProperty("snapshot").GetInt64()));
        Assert.Equal(["rows"], await NamesAsync(server.Admin, "kind:derived"));

        (await server.Admin.DeleteAsync("datasets/" + rows)).Must(200);
        (await server.Admin.DeleteAsync("datasets/" + id)).Must(200);
        Assert.Empty(await NamesAsync(server.Admin, "wavelength<1A"));
    }

    [Fact]
    public async Task A_new_type_of_the_site_is_searched_for_datasets_that_were_there_before()
    {
        await using TestServer server = await TestServer.StartAsync(types: _folder);
        await AddAsync(server.Admin, "rings", "lab/powder", """{"temperature": "100 K"}""");
        (await server.Admin.GetAsync("search?q=temperature%3E20K")).MustRefuse(400, "bad-request");

        await server.RestartAsync(() => File.WriteAllText(
            Path.Combine(_folder, "powder.yaml"), "name: lab/powder\nparent: image-stack\nattributes:\n  temperature: {kind: number, unit: K}\n"));

        Assert.Equal(["rings"], await NamesAsync(server.Admin, "temperature<-170°C"));
        Assert.Equal(["rings"], await NamesAsync(server.Admin, "type:image-stack temperature=100K"));
    }

    [Fact]
    public async Task A_technique_is_found_by_its_terms_and_by_broader_ones()
    {
        await using TestServer server = await TestServer.StartAsync();
        await AddAsync(server.Admin, "powder", "generic", """{"techniques": ["XPD", "our own trick"]}""");
        await AddAsync(server.Admin, "neutrons", "generic", """{"techniques": "http://purl.org/pan-science/PaNET/PaNET01100"}""");

        Assert.Equal(["powder"], await NamesAsync(server.Admin, "techniques:\"x-ray powder diffraction\""));
        Assert.Equal(["powder"], await NamesAsync(server.Admin, "techniques=PaNET01101"));
        Assert.Equal(["powder"], await NamesAsync(server.Admin, "techniques=\"our own trick\""));
        Assert.Equal(["neutrons", "powder"], (await NamesAsync(server.Admin, "techniques=\"powder diffraction\"")).Order());
        Assert.Equal(["neutrons", "powder"], (await NamesAsync(server.Admin, "techniques!=\"powder diffraction\"")).Order());
        Assert.Equal(["neutrons"], await NamesAsync(server.Admin, "techniques:NPD"));
    }

    [Fact]
    public async Task Facets_say_what_there_is_to_choose_from_and_how_to_ask_for_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        await AddAsync(ada, "short", "mx/rotation", """{"sample": "Hen lysozyme", "wavelength": {"value": 0.9, "unit": "Å"}, "collected": "2026-11-20"}""");
        await AddAsync(ada, "long", "mx/grid-scan", """{"sample": "thaumatin", "wavelength": "0.12 nm", "keywords": ["a", "b"]}""");
        await AddAsync(ada, "loose", "generic", """{"sample": "5\" wafer"}""");

        JsonElement all = (await ada.GetAsync("search/facets")).Must(200).Json;
        JsonElement typed = (await ada.GetAsync("search/facets?q=type:mx")).Must(200).Json;

        Assert.Equal((3, false), (all.GetProperty("found").GetInt32(), all.GetProperty("more").GetBoolean()));
        Assert.Equal(["type", "owner", "state", "visibility", "created", "sample"], Names(all));
        Assert.Equal(["image-stack 2 type:image-stack", "mx 2 type:mx", "mx/grid-scan 1 type:mx/grid-scan", "mx/rotation 1 type:mx/rotation"], Values(all, "type"));
        Assert.Equal(["5\" wafer 1 sample:\"5\"\" wafer\"", "Hen lysozyme 1 sample:\"Hen lysozyme\"", "thaumatin 1 sample:thaumatin"], Values(all, "sample"));
        Assert.Equal(["open 3 state:open"], Values(all, "state"));
        JsonElement wavelength = Facet(typed, "wavelength");
        Assert.Equal(0.9, wavelength.GetProperty("least").GetDouble(), 1e-9);
        Assert.Equal(1.2, wavelength.GetProperty("greatest").GetDouble(), 1e-9);
        Assert.Equal("Å", wavelength.GetProperty("unit").GetString());
        Assert.Equal(["2026-11 1 collected:2026-11"], Values(typed, "collected"));
        Assert.Equal(["a 1 keywords:a", "b 1 keywords:b"], Values(typed, "keywords"));
        foreach (string name in (string[])["type", "owner", "state", "visibility", "created", "sample"])
        {
            foreach (JsonElement value in Facet(all, name).GetProperty("values").EnumerateArray())
            {
                Assert.Equal(value.GetProperty("datasets").GetInt32(), (await NamesAsync(ada, value.GetProperty("query").GetString()!)).Length);
            }
        }
    }

    [Fact]
    public async Task Names_of_files_find_a_dataset_from_each_snapshot_on_and_whatever_else_changes()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await AddAsync(server.Admin, "scan", "mx/rotation", """{"wavelength": 1.2}""");
        (await server.Admin.PutAsync($"datasets/{id}/entries/Run-1/lyso_00001_MASTER.h5", "bytes")).Must(201);
        Assert.Empty(await NamesAsync(server.Admin, "master"));

        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        Assert.Equal(["scan"], await NamesAsync(server.Admin, "type:mx master RUN wavelength>1A"));
        Assert.Empty(await NamesAsync(server.Admin, "00001"));
        (await server.Admin.PutAsync($"datasets/{id}/metadata", """{"wavelength": 0.9}""")).Must(204);
        Assert.Equal(["scan"], await NamesAsync(server.Admin, "master wavelength<1A"));

        (await server.Admin.PutAsync($"datasets/{id}/entries/other.cbf", "bytes")).Must(201);
        (await server.Admin.DeleteAsync($"datasets/{id}/entries/Run-1/lyso_00001_MASTER.h5")).Must(204);
        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        Assert.Empty(await NamesAsync(server.Admin, "master"));
        Assert.Equal(["scan"], await NamesAsync(server.Admin, "other cbf"));
    }

    [Theory]
    [InlineData("name", "ant bee cat dog")]
    [InlineData("-name", "dog cat bee ant")]
    [InlineData("wavelength", "cat ant dog bee")] // the bee has none and comes last
    [InlineData("-wavelength", "dog ant cat bee")]
    [InlineData("sample", "bee ant cat dog")] // of two the newer one first
    [InlineData("created", "dog bee cat ant")]
    public async Task Search_results_are_sorted_across_pages(string sort, string expected)
    {
        await using TestServer server = await TestServer.StartAsync();
        await AddAsync(server.Admin, "dog", "mx/rotation", """{"wavelength": 3, "sample": "z"}""");
        await AddAsync(server.Admin, "bee", "generic", """{"sample": "a"}""");
        await AddAsync(server.Admin, "cat", "mx/rotation", """{"wavelength": 1, "sample": "b"}""");
        await AddAsync(server.Admin, "ant", "mx/rotation", """{"wavelength": "2 Å", "sample": "B"}""");

        var found = new List<string>();
        for (string? next = ""; next is not null && found.Count < 9;)
        {
            Answer page = (await server.Admin.GetAsync($"search?limit=1&sort={sort}" + (next.Length == 0 ? "" : "&cursor=" + Uri.EscapeDataString(next)))).Must(200);
            found.AddRange(Slugs(page));
            next = page.Json.TryGetProperty("next", out JsonElement more) ? more.GetString() : null;
        }

        Assert.Equal(expected.Split(' '), found);
    }

    [Theory]
    [InlineData("sort=wavelenth", "no type has an attribute 'wavelenth'; did you mean 'wavelength'?")]
    [InlineData("sort=name&cursor=x", "'x' is not the 'next' of a page of this search.")]
    [InlineData("q=energy+%3E", "At character 1: 'energy>' lacks a value")]
    public async Task A_search_that_cannot_be_read_is_refused(string query, string words)
    {
        Answer refused = (await shelf.Admin.GetAsync("search?" + query)).MustRefuse(400, "bad-request");

        Assert.StartsWith(words, refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_that_becomes_public_at_a_set_time_is_found_from_then_on()
    {
        var time = new ShiftedTime();
        await using TestServer server = await TestServer.StartAsync(time: time);
        TestCaller ada = await server.UserAsync("ada");
        string id = await AddAsync(ada, "later", "mx/rotation", """{"wavelength": 1.2}""");
        (await ada.PatchAsync("datasets/" + id, new { visibility = "public", publicAfter = time.GetUtcNow().AddHours(1) })).Must(200);
        Assert.Empty(await NamesAsync(server.Nobody, "wavelength>1A"));

        time.Jump(TimeSpan.FromHours(2));

        Assert.Equal(["later"], await NamesAsync(server.Nobody, "wavelength>1A"));
    }

    [Fact]
    public async Task Pages_of_a_search_by_attribute_follow_each_other()
    {
        await using TestServer server = await TestServer.StartAsync();
        foreach (int i in Enumerable.Range(1, 5))
        {
            await AddAsync(server.Admin, $"scan-{i}", "mx/rotation", $$"""{"wavelength": {{i}}}""");
        }

        Answer first = (await server.Admin.GetAsync("search?limit=2&q=wavelength%3E1.5A")).Must(200);
        Answer second = (await server.Admin.GetAsync($"search?limit=2&q=wavelength%3E1.5A&cursor={first.Json.GetProperty("next").GetString()}")).Must(200);

        Assert.Equal(["scan-5", "scan-4"], Slugs(first));
        Assert.Equal(["scan-3", "scan-2"], Slugs(second));
    }

    private static async Task<string> AddAsync(TestCaller caller, string name, string type, string metadata)
    {
        string id = (await caller.PostAsync("datasets", new { name, type })).Must(201).Json.GetProperty("id").GetString()!;
        (await caller.PutAsync($"datasets/{id}/metadata", metadata)).Must(204);
        return id;
    }

    private static async Task<string[]> NamesAsync(TestCaller caller, string query) =>
        Slugs((await caller.GetAsync("search?q=" + Uri.EscapeDataString(query))).Must(200));

    private static string[] Names(JsonElement facets) =>
        [.. facets.GetProperty("facets").EnumerateArray().Select(facet => facet.GetProperty("name").GetString()!)];

    private static JsonElement Facet(JsonElement facets, string name) =>
        facets.GetProperty("facets").EnumerateArray().Single(facet => facet.GetProperty("name").GetString() == name);

    private static string[] Values(JsonElement facets, string name) =>
    [
        .. Facet(facets, name).GetProperty("values").EnumerateArray().Select(value =>
            $"{value.GetProperty("value").GetString()} {value.GetProperty("datasets").GetInt32()} {value.GetProperty("query").GetString()}"),
    ];

    private static string[] Slugs(Answer answer) =>
        [.. answer.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("slug").GetString()!)];

    /// <summary>A server with what is looked for: questions change nothing, so that one is enough for all.</summary>
    public sealed class Shelf : IAsyncLifetime
    {
        private TestServer? _server;

        /// <summary>Sees everything.</summary>
        internal TestCaller Admin => _server!.Admin;

        /// <summary>Has the datasets.</summary>
        internal TestCaller Ada { get; private set; } = null!;

        /// <summary>May see none of them.</summary>
        internal TestCaller Bob { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _server = await TestServer.StartAsync();
            Bob = await _server.UserAsync("bob");
            Ada = await _server.UserAsync("ada");
            await AddAsync(Ada, "short", "mx/rotation", """{"sample": "Lysozyme", "wavelength": {"value": 0.9763, "unit": "Å"}, "energy": {"value": 12699, "unit": "eV"}, "oscillation": 0.1, "collected": "2026-11-20T10:00:00Z"}""");
            await AddAsync(Ada, "long", "mx/rotation", """{"sample": "lysozyme", "wavelength": 1.2, "energy": "10.3 keV", "oscillation": "0.5 deg", "pixel_size": {"value": [75, 75], "unit": "µm"}}""");
            await AddAsync(Ada, "grid", "mx/grid-scan", """{"sample": "thaumatin", "wavelength": "1 Å", "energy": 12400, "grid": {"rows": 20, "columns": 30}}""");
            await AddAsync(Ada, "spa", "cryoem/spa", """{"voltage": "300 kV", "pixel_size": 0.83}""");
        }

        public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
