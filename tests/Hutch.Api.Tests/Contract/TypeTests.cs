using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Types of datasets over HTTP.</summary>
public sealed class TypeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-types-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_types_are_listed_for_everybody()
    {
        await using TestServer server = await TestServer.StartAsync();

        JsonElement[] types = [.. (await server.Nobody.GetAsync("types")).Must(200).Json.GetProperty("items").EnumerateArray()];

        Assert.Contains("mx/rotation", types.Select(type => type.GetProperty("name").GetString()));
        Assert.All(types, type => Assert.Equal("built-in", type.GetProperty("origin").GetString()));
    }

    [Theory]
    [InlineData("types/mx/rotation")]
    [InlineData("types/mx%2Frotation")]
    public async Task A_type_has_its_own_attributes_and_those_that_it_inherits(string address)
    {
        await using TestServer server = await TestServer.StartAsync();

        JsonElement type = (await server.Nobody.GetAsync(address)).Must(200).Json;

        string[] attributes = [.. type.GetProperty("attributes").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];
        Assert.Equal("mx/rotation", type.GetProperty("name").GetString());
        Assert.Equal(["sample", "oscillation"], attributes.Where(name => name is "sample" or "oscillation"));
        Assert.StartsWith("name: mx/rotation\n", type.GetProperty("document").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("types/generic/schema", "generic")]
    [InlineData("types/mx/rotation/schema", "mx/rotation")]
    [InlineData("types/mx%2Frotation/schema", "mx/rotation")]
    public async Task A_schema_says_where_it_is(string address, string name)
    {
        await using TestServer server = await TestServer.StartAsync();

        Answer answer = (await server.Nobody.GetAsync(address)).Must(200);

        Assert.Equal("application/schema+json", answer.Headers["Content-Type"]);
        Assert.EndsWith($"/api/v1/types/{name}/schema", answer.Json.GetProperty("$id").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_that_is_not_there_is_refused_with_the_nearest_name()
    {
        await using TestServer server = await TestServer.StartAsync();

        Answer refused = (await server.Nobody.GetAsync("types/mx/rotatoin")).MustRefuse(404, "not-found");

        Assert.Equal("There is no type 'mx/rotatoin'; did you mean 'mx/rotation'?", refused.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Metadata_are_shown_by_the_attributes_of_the_type_and_stored_as_written()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await TypedAsync(server.Admin, "spa", "cryoem/spa");
        const string Written = """{"pixel_size": 0.83, "voltage": "300 kV", "magnification": "5 kV", "mine": 1}""";
        (await server.Admin.PutAsync($"datasets/{id}/metadata", Written)).Must(204);

        JsonElement told = (await server.Admin.GetAsync($"datasets/{id}/attributes")).Must(200).Json;

        Assert.Equal(Written, (await server.Admin.GetAsync($"datasets/{id}/metadata")).Text);
        Assert.Equal("Single-particle analysis", told.GetProperty("typeTitle").GetString());
        Assert.Equal(
            ["voltage: 300 kV", "pixel_size: 0.83 Å"],
            told.GetProperty("attributes").EnumerateArray().Select(one => $"{one.GetProperty("name")}: {one.GetProperty("text")} {one.GetProperty("unit")}"));
        Assert.Equal("V", told.GetProperty("attributes")[0].GetProperty("siUnit").GetString());
        Assert.Equal("magnification", Assert.Single(told.GetProperty("problems").EnumerateArray()).GetProperty("path").GetString());
        Assert.Equal("mine", Assert.Single(told.GetProperty("others").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task A_draft_document_is_checked_against_any_type_and_not_stored()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await TypedAsync(server.Admin, "spa", "cryoem/spa");
        TestCaller eve = await server.UserAsync("eve");
        var document = new { oscillation = 0.1, wavelength = "12 furlong" };

        JsonElement own = (await server.Admin.PostAsync($"datasets/{id}/attributes", document)).Must(200).Json;
        JsonElement other = (await server.Admin.PostAsync($"datasets/{id}/attributes?type=mx/rotation", document)).Must(200).Json;
        Answer none = (await server.Admin.PostAsync($"datasets/{id}/attributes", new[] { 1 })).MustRefuse(400, "invalid-body");

        Assert.Equal("cryoem/spa", own.GetProperty("type").GetString());
        Assert.Equal(["oscillation", "wavelength"], own.GetProperty("others").EnumerateArray().Select(key => key.GetString()));
        Assert.Equal(["wavelength: wrong-unit"], other.GetProperty("problems").EnumerateArray().Select(one => $"{one.GetProperty("path")}: {one.GetProperty("kind")}"));
        Assert.Contains("must be a JSON object", none.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("{}", (await server.Admin.GetAsync($"datasets/{id}/metadata")).Text);
        (await eve.PostAsync($"datasets/{id}/attributes", document)).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task An_attribute_says_in_which_units_it_may_be_written()
    {
        await using TestServer server = await TestServer.StartAsync();

        JsonElement type = (await server.Nobody.GetAsync("types/mx")).Must(200).Json;

        JsonElement wavelength = type.GetProperty("attributes").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "wavelength");
        Assert.Equal(["m", "cm", "mm", "µm", "nm", "Å", "pm"], wavelength.GetProperty("units").EnumerateArray().Select(unit => unit.GetString()));
    }

    [Fact]
    public async Task A_dataset_of_an_unknown_type_has_the_attributes_common_to_all_datasets()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await TypedAsync(server.Admin, "strange", "lab/unheard-of");
        (await server.Admin.PutAsync($"datasets/{id}/metadata", """{"sample": "S", "x": 1}""")).Must(204);

        JsonElement told = (await server.Admin.GetAsync($"datasets/{id}/attributes")).Must(200).Json;

        Assert.False(told.TryGetProperty("typeTitle", out _));
        Assert.Equal("sample", Assert.Single(told.GetProperty("attributes").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_file_of_the_site_is_a_type_and_a_wrong_one_is_a_warning()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "powder.yaml"), "name: lab/powder\nparent: image-stack\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "bad.yaml"), "name: generic\nparent: mx\n", TestContext.Current.CancellationToken);
        await using TestServer server = await TestServer.StartAsync(types: _folder);

        Assert.Equal("site", (await server.Nobody.GetAsync("types/lab/powder")).Must(200).Json.GetProperty("origin").GetString());
        JsonElement warning = Assert.Single((await server.Admin.GetAsync("warnings")).Must(200).Json.GetProperty("items").EnumerateArray());

        Assert.Equal("type-left-out", warning.GetProperty("kind").GetString());
        Assert.Equal(
            "A type of this site is left out: bad.yaml line 1, column 1: the type 'generic' comes with Hutch and cannot be replaced: "
            + "choose another name, with 'parent: generic'.",
            warning.GetProperty("message").GetString());
        Assert.Contains("hutch type check FILE", warning.GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    private static async Task<string> TypedAsync(TestCaller caller, string name, string type) =>
        (await caller.PostAsync("datasets", new { name, type })).Must(201).Json.GetProperty("id").GetString()!;
}
