using System.Text;
using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>A session at a microscope, over HTTP.</summary>
public sealed class MicroscopeTests
{
    private const string Series =
        """
        PixelSpacing = 2.7
        [T = Tilt axis angle = 84.3, binning = 1]
        [ZValue = 0]
        TiltAngle = 3
        ExposureDose = 2
        SubFramePath = X:\day\b.tif
        DateTime = 13-Aug-15  15:58:24
        [ZValue = 1]
        TiltAngle = 0
        ExposureDose = 1
        SubFramePath = X:\day\a.tif
        DateTime = 13-Aug-15  15:57:24
        """;

    [Fact]
    public async Task The_table_grows_with_the_files_and_a_version_keeps_its_own()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("session");
        await PutAsync(server, id, "TS_01.mdoc", Series);
        await PutAsync(server, id, "frames/a.tif", "a");
        JsonElement before = await GetAsync(server, id, "");
        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        await PutAsync(server, id, "frames/b.tif", "b");
        await PutAsync(server, id, "day.nav", "AdocVersion = 2\n[Item = 1]\nStageXYZ = 1 2 3\nType = 0\n");

        JsonElement after = await GetAsync(server, id, "");

        Assert.Equal((1, 2), (Count(before, "movies"), Count(before, "exposures")));
        Assert.Contains("1 movie that it names is not in this dataset", before.GetProperty("remarks")[0].GetProperty("message").GetString());
        Assert.Equal((2, 1), (Count(after, "movies"), Count(after, "items")));
        Assert.Equal(0, after.GetProperty("remarks").GetArrayLength());
        Assert.Equal(84.3, after.GetProperty("series")[0].GetProperty("tiltAxis").GetDouble());
        Assert.Equal(1, Count(await GetAsync(server, id, "?at=1"), "movies"));
    }

    [Fact]
    public async Task Exposures_come_by_time_in_pages_and_by_place_and_series()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("session");
        await PutAsync(server, id, "TS_01.mdoc", Series);
        await PutAsync(server, id, "c.tif.mdoc", "[FrameSet = 0]\nNavigatorLabel = 1\n");
        await PutAsync(server, id, "c.tif", "c");
        await PutAsync(server, id, "day.nav", "AdocVersion = 2\n[Item = 1]\nStageXYZ = 1 2 3\nType = 0\n");

        JsonElement first = await GetAsync(server, id, "/movies?limit=2");
        JsonElement rest = await GetAsync(server, id, $"/movies?limit=2&cursor={first.GetProperty("next").GetString()}");

        Assert.Equal(["TS_01.mdoc#1 1", "TS_01.mdoc#0 3"], Rows(first, "accumulatedDose"));
        Assert.Equal(["c.tif.mdoc#0 "], Rows(rest, "accumulatedDose"));
        Assert.False(rest.TryGetProperty("next", out _));
        Assert.Equal("2015-08-13T15:57:24", first.GetProperty("items")[0].GetProperty("acquired").GetString());
        Assert.Equal(["c.tif.mdoc#0 c.tif"], Rows(await GetAsync(server, id, "/movies?place=item-1"), "movie"));
        Assert.Equal(["c.tif.mdoc#0 c.tif"], Rows(await GetAsync(server, id, "/movies?part=C.TIF"), "movie"));
        Assert.Equal(
            ["TS_01.mdoc#0 3", "TS_01.mdoc#1 0", "c.tif.mdoc#0 "], Rows(await GetAsync(server, id, "/movies?newest=true"), "tilt"));
        Assert.Equal(2, (await GetAsync(server, id, "/movies?series=TS_01.mdoc")).GetProperty("items").GetArrayLength());
        Assert.Equal(["item-1 1"], Rows(await GetAsync(server, id, "/places?kind=point"), "exposures"));
        Assert.Empty(Rows(await GetAsync(server, id, "/places?kind=square"), "exposures"));
        (await server.Admin.GetAsync($"datasets/{id}/microscope/places?kind=ocean")).MustRefuse(400, "bad-request");
    }

    [Fact]
    public async Task A_dataset_without_a_session_has_none()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("other");
        await PutAsync(server, id, "notes.txt", "x");

        Assert.Equal(0, Count(await GetAsync(server, id, ""), "exposures"));
    }

    [Fact]
    public async Task A_session_needs_the_right_to_read_files()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("session");
        await PutAsync(server, id, "TS_01.mdoc", Series);
        TestCaller viewer = await server.UserAsync("viewer"), stranger = await server.UserAsync("stranger");
        (await server.Admin.PutJsonAsync($"datasets/{id}/grants/user:viewer", new { right = "view" })).Must(200);

        foreach (string part in (string[])["", "/places", "/movies"])
        {
            (await viewer.GetAsync($"datasets/{id}/microscope{part}")).MustRefuse(403, "forbidden");
            (await stranger.GetAsync($"datasets/{id}/microscope{part}")).MustRefuse(404, "not-found");
        }
    }

    private static int Count(JsonElement session, string name) => session.GetProperty("counts").GetProperty(name).GetInt32();

    private static string[] Rows(JsonElement page, string column) =>
    [
        .. page.GetProperty("items").EnumerateArray().Select(
            row => $"{row.GetProperty("id").GetString()} {(row.TryGetProperty(column, out JsonElement value) ? value.ToString() : "")}"),
    ];

    private static async Task<JsonElement> GetAsync(TestServer server, string id, string rest) =>
        (await server.Admin.GetAsync($"datasets/{id}/microscope{rest}")).Must(200).Json;

    private static async Task PutAsync(TestServer server, string id, string path, string text) => (await server.Admin.SendAsync(
        HttpMethod.Put, $"datasets/{id}/entries/{path}", new ByteArrayContent(Encoding.UTF8.GetBytes(text)))).Must(201);
}
