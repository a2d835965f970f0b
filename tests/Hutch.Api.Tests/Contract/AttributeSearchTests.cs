using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Searches by type and by the values of attributes.</summary>
public sealed class AttributeSearchTests : IDisposable
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
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        await AddAsync(ada, "short", "mx/rotation", """{"sample": "Lysozyme", "wavelength": {"value": 0.9763, "unit": "Å"}, "energy": {"value": 12699, "unit": "eV"}, "oscillation": 0.1, "collected": "2026-11-20T10:00:00Z"}""");
        await AddAsync(ada, "long", "mx/rotation", """{"sample": "lysozyme", "wavelength": 1.2, "energy": "10.3 keV", "oscillation": "0.5 deg", "pixel_size": {"value": [75, 75], "unit": "µm"}}""");
        await AddAsync(ada, "grid", "mx/grid-scan", """{"sample": "thaumatin", "wavelength": "1 Å", "energy": 12400, "grid": {"rows": 20, "columns": 30}}""");
        await AddAsync(ada, "spa", "cryoem/spa", """{"voltage": "300 kV", "pixel_size": 0.83}""");

        foreach (TestCaller caller in (TestCaller[])[ada, server.Admin])
        {
            Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), await NamesAsync(caller, query));
        }

        Assert.Empty(await NamesAsync(await server.UserAsync("bob"), query));
    }

    [Fact]
    public async Task A_search_follows_what_is_edited_and_retyped_at_once()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await AddAsync(server.Admin, "scan", "generic", """{"wavelength": 1.2}""");
        Assert.Empty(await NamesAsync(server.Admin, "wavelength>1A"));

        (await server.Admin.PatchAsync("datasets/" + id, new { type = "mx/rotation" })).Must(200);
        Assert.Equal(["scan"], await NamesAsync(server.Admin, "wavelength>1A"));

        (await server.Admin.PutAsync($"datasets/{id}/metadata", """{"wavelength": 0.9}""")).Must(204);
        Assert.Empty(await NamesAsync(server.Admin, "wavelength>1A"));
        Assert.Equal(["scan"], await NamesAsync(server.Admin, "wavelength<1A"));

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
    public async Task What_becomes_visible_by_itself_is_found_from_then_on()
    {
        var time = new JumpingTime();
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

    private static string[] Slugs(Answer answer) =>
        [.. answer.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("slug").GetString()!)];
}
