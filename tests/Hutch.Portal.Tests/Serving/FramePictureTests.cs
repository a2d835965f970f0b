using System.Net;
using System.Net.Http.Headers;
using Hutch.Portal.Tests.Support;

namespace Hutch.Portal.Tests.Serving;

/// <summary>Small pictures of frames that the server makes (<c>?bin=</c>).</summary>
public sealed class FramePictureTests : IAsyncLifetime
{
    private const int Columns = 10, Rows = 4;
    private PortalSite? _site;
    private string _ada = "", _id = "";

    private PortalSite Site => _site ?? throw new InvalidOperationException("The site is not started.");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await PortalSite.StartAsync();
        _ada = await Site.UserAsync("ada");
        _id = await Site.DatasetAsync("frames", _ada);
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    [Fact]
    public async Task A_picture_is_the_largest_valid_pixels_and_is_sent_once()
    {
        var mask = new uint[Columns * Rows];
        mask[1] = 1;
        await Site.DescribeAsync(_id, _ada, Columns, Rows, 1, mask);
        ushort[] pixels = [.. Enumerable.Range(0, Columns * Rows).Select(i => (ushort)(i == 1 ? 900 : i))];
        await Site.FrameAsync(_id, _ada, 1, pixels);

        using HttpResponseMessage first = await GetAsync("000001?bin=4");
        byte[] packed = await first.Content.ReadAsByteArrayAsync(Ct);
        using HttpResponseMessage again = await GetAsync("000001?bin=4", first.Headers.ETag);
        using HttpResponseMessage other = await GetAsync("000001?bin=5", first.Headers.ETag);
        await Site.DescribeAsync(_id, _ada, Columns, Rows, 1, new uint[Columns * Rows]);
        using HttpResponseMessage unmasked = await GetAsync("000001?bin=4", first.Headers.ETag);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("1, 3", first.Headers.GetValues("X-Hutch-Frame-Shape").Single());
        Assert.Equal("application/x-hutch-frame", first.Content.Headers.ContentType!.MediaType);

        // 1 × 3 numbers are fewer than eight: they stand plain behind the head, which has their size and that of a block.
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0x20, 0, 33, 0, 37, 0, 39, 0], packed);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.OK, unmasked.StatusCode);
        Assert.Equal([900 % 256, 900 / 256], (await unmasked.Content.ReadAsByteArrayAsync(Ct))[12..14]);
    }

    [Fact]
    public async Task What_has_no_picture_is_refused_in_words()
    {
        await Site.FrameAsync(_id, _ada, 1, new ushort[Columns * Rows]);
        await MustBeRefusedAsync("000001?bin=2", 422, "which says what the frames are");

        await Site.DescribeAsync(_id, _ada, Columns, Rows, 3);
        await Site.FrameAsync(_id, _ada, 2, new ushort[3]);
        await Site.FrameAsync(_id, _ada, 3, new ushort[1 << 20]);
        await MustBeRefusedAsync("000001?bin=1", 400, "'bin' is '1'; it must be a whole number of at least 2.");
        await MustBeRefusedAsync("000001?bin=65", 400, "'bin' is 65; it must be 2 to 64.");
        await MustBeRefusedAsync("000001?bin=x", 400, "'bin' is 'x'");
        await MustBeRefusedAsync("header?bin=2", 422, "'header' is no frame: frames are named 000001, 000002 and so on.");
        await MustBeRefusedAsync("000009?bin=2", 404, "'000009'");
        await MustBeRefusedAsync("000002?bin=2", 422, "Frame 000002 cannot be decoded: its bytes end too early.");
        await MustBeRefusedAsync("000003?bin=2", 413, "an image as the header describes it has at most");
    }

    private async Task MustBeRefusedAsync(string path, int status, string words)
    {
        using HttpResponseMessage answer = await GetAsync(path);

        string said = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True((int)answer.StatusCode == status && said.Contains(words.Replace("'", "\\u0027", StringComparison.Ordinal), StringComparison.Ordinal)
            || ((int)answer.StatusCode == status && said.Contains(words, StringComparison.Ordinal)), $"{path}: {(int)answer.StatusCode} {said}");
    }

    [Fact]
    public async Task Only_readers_of_a_frame_get_its_picture()
    {
        await Site.DescribeAsync(_id, _ada, Columns, Rows, 1);
        await Site.FrameAsync(_id, _ada, 1, new ushort[Columns * Rows]);
        string ben = await Site.UserAsync("ben");

        using HttpResponseMessage stranger = await GetAsync("000001?bin=2", token: ben);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{_id}/grants/user:ben", new { right = "view" }, _ada);
        using HttpResponseMessage viewer = await GetAsync("000001?bin=2", token: ben);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{_id}/grants/user:ben", new { right = "read" }, _ada);
        using HttpResponseMessage reader = await GetAsync("000001?bin=2", token: ben);

        Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, viewer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, reader.StatusCode);
    }

    private Task<HttpResponseMessage> GetAsync(string path, EntityTagHeaderValue? known = null, string? token = null) =>
        Site.GetAsync($"datasets/{_id}/entries/{path}", token ?? _ada, known);
}
