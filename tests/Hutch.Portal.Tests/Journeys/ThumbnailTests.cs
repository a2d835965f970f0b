using System.Net;
using Hutch.Portal.Tests.Support;
using Hutch.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Small pictures beside the names of files and datasets.</summary>
public sealed class ThumbnailTests(Browser browser) : Journey(browser)
{
    private const string Files = """
        import sys, os, numpy as np
        from PIL import Image
        os.chdir(sys.argv[1])
        Image.fromarray(np.full((300, 300, 3), (200, 40, 40), 'u1')).save('red.jpg')
        Image.fromarray(np.full((300, 300, 3), (30, 60, 200), 'u1')).save('blue.png')
        np.save('ramp.npy', np.add.outer(np.arange(300), np.arange(300)))
        open('broken.png', 'wb').write(b'no picture at all' * 100)
        """;

    [Fact]
    public async Task Files_and_datasets_are_known_by_their_pictures_on_each_screen()
    {
        string id = await FillAsync();
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await MustBeKnownAsync(page, id, "");
        await page.SetViewportSizeAsync(390, 844);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await MustBeKnownAsync(page, id, "-phone");
        Assert.Empty(errors);
    }

    private static async Task MustBeKnownAsync(IPage page, string id, string suffix)
    {
        await page.GotoAsync($"/datasets/{id}");
        await Expect(Shown(page)).ToHaveCountAsync(4);
        Picture files = await page.PictureAsync("thumbnails-files" + suffix);
        await page.MustBeAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show pictures" }).ClickAsync();
        ILocator tiles = page.GetByRole(AriaRole.List, new() { Name = "Pictures" }).GetByRole(AriaRole.Listitem);
        await Expect(tiles).ToHaveTextAsync(["blue.png", "broken.png", "ramp.npy", "red.jpg"]);
        await Expect(Shown(page)).ToHaveCountAsync(4);
        await page.PictureAsync("montage" + suffix);
        await page.MustBeAccessibleAsync();
        await tiles.Last.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/files/red.jpg$"));
        await page.GoBackAsync();
        await Expect(tiles).ToHaveCountAsync(4);
        await page.GotoAsync("/datasets");
        await Expect(Shown(page)).ToHaveCountAsync(1);
        Picture datasets = await page.PictureAsync("thumbnails-datasets" + suffix);

        (float, float, float, float) all = (0, 0, files.Width, files.Height);
        Assert.InRange(files.Count(all, (200, 40, 40)), 500, 1000);
        Assert.InRange(files.Count(all, (30, 60, 200)), 2000, 3500);
        Assert.InRange(datasets.Count(all, (30, 60, 200)), 700, 1200);
    }

    [Fact]
    public async Task Only_readers_of_a_file_get_its_thumbnail_and_cache_it_while_the_file_is_unchanged()
    {
        string id = await FillAsync();
        string reader = await Site.UserAsync("reader"), viewer = await Site.UserAsync("viewer"), stranger = await Site.UserAsync("stranger");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:reader", new { right = "read" }, Token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:viewer", new { right = "view" }, Token);
        string hash = (await Site.RequestAsync(HttpMethod.Get, $"datasets/{id}/tree?prefix=red.jpg", token: Token))
            .GetProperty("items")[0].GetProperty("hash").GetString()!;
        string picture = $"datasets/{id}/thumbnail?path=red.jpg";

        using HttpResponseMessage kept = await Site.GetAsync(picture + "&hash=" + hash, reader);
        using HttpResponseMessage asked = await Site.GetAsync(picture, reader);
        using HttpResponseMessage same = await Site.GetAsync(picture, reader, asked.Headers.ETag);
        using HttpResponseMessage other = await Site.GetAsync($"datasets/{id}/thumbnail?path=blue.png&hash=" + hash, reader);
        using HttpResponseMessage none = await Site.GetAsync($"datasets/{id}/thumbnail?path=broken.png", reader);
        using HttpResponseMessage viewed = await Site.GetAsync(picture, viewer);
        using HttpResponseMessage hidden = await Site.GetAsync(picture, stranger);

        Assert.Equal("image/webp", kept.Content.Headers.ContentType!.MediaType);
        Assert.Equal("max-age=31536000, private, immutable", kept.Headers.CacheControl!.ToString());
        Assert.Equal(["Cookie", "Authorization"], kept.Headers.Vary);
        Assert.Equal("no-cache, private", asked.Headers.CacheControl!.ToString());
        Assert.Equal("no-cache, private", other.Headers.CacheControl!.ToString());
        Assert.Equal(
            [HttpStatusCode.NotModified, HttpStatusCode.NoContent, HttpStatusCode.Forbidden, HttpStatusCode.NotFound],
            [same.StatusCode, none.StatusCode, viewed.StatusCode, hidden.StatusCode]);
    }

    [Fact]
    public async Task A_frame_has_a_picture_and_stands_for_its_series()
    {
        const int Columns = 600, Rows = 300;
        string id = await DatasetAsync("series");
        await Site.DescribeAsync(id, Token, Columns, Rows, 1, new uint[Columns * Rows]);
        await Site.FrameAsync(id, Token, 1, FrameData.WithSpots(Columns, Rows, 20));
        await Site.FrameAsync(id, Token, 2, new ushort[Columns * Rows]);

        using HttpResponseMessage frame = await Site.GetAsync($"datasets/{id}/thumbnail?path=000001", Token);
        using HttpResponseMessage dataset = await Site.GetAsync($"datasets/{id}/thumbnail", Token);
        using HttpResponseMessage second = await Site.GetAsync($"datasets/{id}/thumbnail?path=000002", Token);
        byte[] png = await frame.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal("image/png", frame.Content.Headers.ContentType!.MediaType);
        Assert.Equal((200, 100), (HeadOf(png, 16), HeadOf(png, 20)));
        Assert.Equal(frame.Headers.ETag, dataset.Headers.ETag);
        Assert.NotEqual(frame.Headers.ETag, second.Headers.ETag);
    }

    [Fact]
    public async Task A_dataset_that_is_closed_has_its_picture_before_anybody_looks()
    {
        string id = await FillAsync();
        Assert.False(IsKept());

        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/close", new { }, Token);

        while (!IsKept())
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        // The server sends the stored thumbnail, and does not read the file again.
        using HttpResponseMessage picture = await Site.GetAsync($"datasets/{id}/thumbnail", Token);
        byte[] given = await picture.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(Kept().AsSpan().IndexOf(given) >= 0);

        bool IsKept() => Kept().AsSpan().IndexOf("WEBPVP8"u8) >= 0;

        byte[] Kept()
        {
            var folder = new DirectoryInfo(Path.Combine(Site.DataFolder, "thumbnails"));
            return folder.Exists ? [.. folder.GetFiles("*", SearchOption.AllDirectories).SelectMany(Read)] : [];
        }

        static byte[] Read(FileInfo file)
        {
            using FileStream stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[Math.Min(stream.Length, 1 << 20)];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    private static int HeadOf(byte[] png, int at) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));

    private static ILocator Shown(IPage page) => page.Locator("img[src*='/thumbnail'][data-shown]");

    private async Task<string> FillAsync()
    {
        await Python.RunAsync(Files, Folder);
        string id = await DatasetAsync("pictures", ("notes.txt", "Nothing to see."));
        foreach (string path in Directory.GetFiles(Folder))
        {
            byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{Path.GetFileName(path)}", new ByteArrayContent(bytes), Token);
        }

        return id;
    }
}
