using System.Text.Json;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>mission 1.4: `hutch ingest --host s3://…`, which has only a key of S3, leaves the same dataset as `hutch ingest`.</summary>
public sealed class SeriesHeaderTests(SharedDoor shared) : IClassFixture<SharedDoor>, IAsyncLifetime
{
    private TestDoor _door = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _door = await shared.EnterAsync();
        (await _door.Admin.PutAsync("/box")).Must(200);
        _id = JsonElement.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=box")).GetProperty("id").GetString()!;
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_header_sets_type_title_and_metadata()
    {
        (await _door.Admin.PutAsync("/box/header", Header("lysozyme"))).Must(200);

        Assert.Equal(("mx/grid-scan", "lysozyme: grid scan, 4 × 5, 1 Å"), await DescriptionAsync());
        JsonElement metadata = await MetadataAsync();
        Assert.Equal("lysozyme", metadata.GetProperty("sample").GetString());
        Assert.Equal(20, metadata.GetProperty("images").GetInt32());
    }

    [Fact]
    public async Task A_second_header_of_the_series_replaces_what_the_first_set_and_nothing_of_users()
    {
        (await _door.Admin.PutAsync("/box/header", Header("lysozyme"))).Must(200);
        await _door.RestAsync(HttpMethod.Patch, $"datasets/{_id}", new { title = "Mine" });

        (await _door.Admin.PutAsync("/box/header", Header("thaumatin"))).Must(200);

        Assert.Equal(("mx/grid-scan", "Mine"), await DescriptionAsync());
        Assert.Equal("thaumatin", (await MetadataAsync()).GetProperty("sample").GetString());
    }

    [Theory]
    [InlineData("/box/header", "no header")]
    [InlineData("/box/below/header", null)]
    public async Task Another_file_sets_nothing(string path, string? text)
    {
        (await _door.Admin.PutAsync(path, text ?? Header("lysozyme"))).Must(200);

        Assert.Equal(("generic", null), await DescriptionAsync());
    }

    private static string Header(string sample) =>
        """
        {"x_pixels_in_detector": 4, "y_pixels_in_detector": 3, "bit_depth_image": 16, "nimages": 20, "wavelength": 1,
         "start": {"user_data": {"grid": {"rows": 4, "columns": 5}, "sample": "SAMPLE"}}}
        """.Replace("SAMPLE", sample, StringComparison.Ordinal);

    private async Task<(string? Type, string? Title)> DescriptionAsync()
    {
        JsonElement dataset = JsonElement.Parse(await _door.RestAsync(HttpMethod.Get, $"datasets/{_id}"));
        return (dataset.GetProperty("type").GetString(), dataset.TryGetProperty("title", out JsonElement title) ? title.GetString() : null);
    }

    private async Task<JsonElement> MetadataAsync() =>
        JsonElement.Parse(await _door.RestAsync(HttpMethod.Get, $"datasets/{_id}/metadata"));
}
