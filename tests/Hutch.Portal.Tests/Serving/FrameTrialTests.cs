using System.Net;
using System.Text.Json;
using Hutch.Portal.Tests.Support;

namespace Hutch.Portal.Tests.Serving;

/// <summary>What the server says when a step is tried on one frame.</summary>
public sealed class FrameTrialTests : IAsyncLifetime
{
    private const int Side = 200;
    private PortalSite? _site;
    private string _ada = "", _id = "";

    private PortalSite Site => _site ?? throw new InvalidOperationException("The site is not started.");

    public async ValueTask InitializeAsync()
    {
        _site = await PortalSite.StartAsync();
        _ada = await Site.UserAsync("ada");
        _id = await Site.DatasetAsync("frames", _ada);
        await Site.DescribeAsync(_id, _ada, Side, Side, 3);
        await Site.FrameAsync(_id, _ada, 1, FrameData.WithSpots(Side, Side, 5));
        await Site.FrameAsync(_id, _ada, 2, new ushort[3]);
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    [Fact]
    public async Task A_frame_trial_returns_the_row_of_a_run_and_the_strong_pixels_and_stores_nothing()
    {
        JsonElement usual = await TryAsync(new { frame = "000001", parameters = new { spots = true } });
        JsonElement larger = await TryAsync(new { frame = "000001", parameters = new { minSpotSize = 10 } });

        Assert.Equal((1, 5), (usual.GetProperty("row").GetProperty("file-number").GetInt32(), usual.GetProperty("row").GetProperty("n_spots_total").GetInt32()));
        Assert.True(usual.GetProperty("row").TryGetProperty("spot_positions", out _));
        Assert.Equal(45, usual.GetProperty("strongPixels").GetInt32());
        Assert.Equal(45, Strong(usual));
        Assert.Equal(0, larger.GetProperty("row").GetProperty("n_spots_total").GetInt32());
        Assert.Equal(45, Strong(larger));
        Assert.Empty((await Site.RequestAsync(HttpMethod.Get, "runs", token: _ada)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_step_without_spots_has_no_strong_pixels_a_damaged_frame_its_reason_as_in_a_run_and_what_cannot_be_tried_is_refused_in_words()
    {
        JsonElement found = await TryAsync(new { frame = "000001", step = "intensity" });
        Assert.Equal(900, found.GetProperty("row").GetProperty("max").GetInt32());
        Assert.False(found.TryGetProperty("strong", out _) || found.TryGetProperty("strongPixels", out _));
        Assert.Equal(
            "Frame 000002 cannot be decoded: its bytes end too early.",
            (await TryAsync(new { frame = "000002" })).GetProperty("row").GetProperty("error").GetString());

        await Site.RequestAsync(HttpMethod.Put, $"datasets/{_id}/entries/header", new StringContent(
            $$"""{"x_pixels_in_detector":{{Side}},"y_pixels_in_detector":{{Side}},"bit_depth_image":16,"hutch":{"codec":"raw"} }"""), _ada);
        foreach ((string body, int status, string words) in new[]
        {
            ("""{"frame":"header"}""", 422, "'header' is no frame"),
            ("""{"frame":"000003"}""", 404, "'000003'"),
            ("""{"frame":"../x"}""", 400, "../x"),
            ("""{"frame":"000001","step":"x"}""", 422, "'x'"),
            ("""{"frame":"000001","parameters":{"gain":0}}""", 422, "gain"),
            ("""{"frame":"000001","parameters":{"nothing":1}}""", 422, "has no parameter 'nothing'"),
            ("""{"frame":"000001","parameters":{"dMin":2}}""", 422, "geometry"),
            ("""{"run":"x"}""", 400, "frame"),
        })
        {
            using var content = new StringContent(body, null, "application/json");
            (HttpStatusCode code, string said) = await Site.ReportAsync(HttpMethod.Post, $"datasets/{_id}/analyses/trial", content, _ada);

            Assert.Equal((body, status), (body, (int)code));
            Assert.Contains(words, JsonElement.Parse(said).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    /// <summary>How many pixels the runs have together.</summary>
    private static int Strong(JsonElement trial)
    {
        var numbers = new List<int>();
        int shift = 0, number = 0;
        foreach (byte part in trial.GetProperty("strong").GetBytesFromBase64())
        {
            number |= (part & 0x7F) << shift;
            shift += 7;
            if (part < 0x80)
            {
                numbers.Add(number);
                (number, shift) = (0, 0);
            }
        }

        return numbers.Where((_, place) => place % 2 == 1).Sum();
    }

    private Task<JsonElement> TryAsync(object body) => Site.RequestAsync(HttpMethod.Post, $"datasets/{_id}/analyses/trial", body, _ada);
}
