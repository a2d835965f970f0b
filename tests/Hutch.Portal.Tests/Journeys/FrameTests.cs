using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Looking at frames.</summary>
public sealed class FrameTests(Browser browser) : Journey(browser)
{
    private const ushort NoData = ushort.MaxValue;
    private static readonly (byte, byte, byte) Masked = (158, 181, 222), Saturated = (219, 26, 133), White = (255, 255, 255), Black = (0, 0, 0),
        Spot = (10, 125, 51), Strong = (240, 140, 0);

    [Fact]
    public async Task A_series_is_viewed_frame_by_frame_and_a_phone_shows_a_server_picture_until_the_user_zooms_in()
    {
        string id = await SimulatedAsync("lysozyme", "eiger2-4m", 3);
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = "Frames" }).ClickAsync();
        await DrawnAsync(page, 1);
        await page.GetByLabel("Resolution rings").CheckAsync();
        await Expect(page).ToHaveURLAsync(new Regex("rings=on"));
        await page.PictureAsync("frame");
        await page.MustSaveAsync(page.GetByTestId("stage").Locator("canvas").First);
        await page.MustBeAccessibleAsync();

        // The picture begins in the upper quarter of a usual window, and F gives it the whole screen.
        await page.SetViewportSizeAsync(1440, 900);
        LocatorBoundingBoxResult stage = (await page.GetByTestId("stage").BoundingBoxAsync())!;
        Assert.InRange(stage.Y, 100, 225);
        await page.Keyboard.PressAsync("f");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Leave full screen" })).ToBeVisibleAsync();
        LocatorBoundingBoxResult full = (await page.GetByTestId("stage").BoundingBoxAsync())!;
        Assert.True(full.Y < 20 && full.Height > stage.Height, $"The picture is at {full.Y} and {full.Height} high.");
        await page.PictureAsync("frame-full");
        await page.Keyboard.PressAsync("Escape");
        Assert.True(await page.EvaluateAsync<double>("() => { scrollTo(0, document.body.scrollHeight); const { top, bottom, height } = document.querySelector('[data-testid=stage]').getBoundingClientRect(); scrollTo(0, 0); return (Math.min(bottom, innerHeight) - Math.max(top, 0)) / height; }") >= 0.9, "The picture leaves the view beside the last controls.");
        // The keys of frames work on the page as on the picture.
        await page.EvaluateAsync("() => document.activeElement.blur()");
        await page.Keyboard.PressAsync("ArrowRight");
        await DrawnAsync(page, 2);
        await Expect(page).ToHaveURLAsync(new Regex("frame=2"));
        await page.GetByLabel("Frame of 3").FillAsync("3");
        await page.GetByLabel("Frame of 3").PressAsync("Enter");
        await DrawnAsync(page, 3);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Next frame" })).ToBeDisabledAsync();
        await page.GetByTestId("stage").PressAsync("Home");
        await DrawnAsync(page, 1);

        // The file of a frame shows it too.
        await page.GotoAsync($"/datasets/{id}/files/000002?ice=on");
        await DrawnAsync(page, 2);
        await page.PictureAsync("frame-file");
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);

        // A phone gets a picture that the server made, until the user zooms in.
        IPage phone = await OpenAsync("admin", 390, 844);
        List<string> wrong = phone.Listen();
        await phone.GotoAsync($"/datasets/{id}/frames");
        await Expect(phone.Locator("canvas[data-frame='1'][data-bin='3']")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await phone.PictureAsync("frame-phone");
        await phone.MustBeAccessibleAsync();
        await phone.GetByRole(AriaRole.Button, new() { Name = "Next frame" }).ClickAsync();
        await Expect(phone.Locator("canvas[data-frame='2'][data-bin='3']")).ToBeVisibleAsync();
        await phone.GetByRole(AriaRole.Button, new() { Name = "1 : 1" }).ClickAsync();
        await Expect(phone.Locator("canvas[data-frame='2'][data-bin='1']")).ToBeVisibleAsync();
        await phone.PictureAsync("frame-phone-near");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_closed_series_is_offered_as_one_NeXus_file_and_the_page_reports_missing_WebGL()
    {
        string id = await SimulatedAsync("lysozyme", "eiger2-1m", 2);
        IPage page = await OpenAsync("admin");
        ILocator link = page.GetByRole(AriaRole.Link, new() { Name = "As a NeXus file" });
        await page.GotoAsync($"/datasets/{id}/frames");
        await DrawnAsync(page, 1);
        await Expect(link).ToHaveCountAsync(0);

        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/close", new { });
        await page.ReloadAsync();
        await DrawnAsync(page, 1);
        IDownload file = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        byte[] begin = new byte[8];
        using (FileStream bytes = File.OpenRead(await file.PathAsync()))
        {
            await bytes.ReadExactlyAsync(begin, TestContext.Current.CancellationToken);
        }

        Assert.Equal("lysozyme.nxs", file.SuggestedFilename);
        Assert.Equal("HDF"u8, begin.AsSpan(1, 3));
        await page.MustBeAccessibleAsync();

        await page.AddInitScriptAsync(
            "const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext = function (kind, ...rest) { return kind === 'webgl2' ? null : get.call(this, kind, ...rest); };");

        await page.GotoAsync($"/datasets/{id}/frames");

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This browser cannot draw frames");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("WebGL 2 is missing");
        await page.MustBeAccessibleAsync();
    }

    [Fact]
    public async Task A_click_on_the_plot_opens_the_frame_with_the_spots_of_the_run()
    {
        string id = await SimulatedAsync("lysozyme", "eiger2-1m", 5);
        JsonElement run = await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/analyses", new { parameters = new { spots = true } });
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/analysis?run={run.GetProperty("run").GetString()}");
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync("5 frames", new() { Timeout = 180_000 });
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Positions" })).ToHaveCountAsync(0);
        LocatorBoundingBoxResult box = (await page.GetByTestId("plot").Locator(".u-over").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2) + 3, box.Y + (box.Height / 2));
        await page.Mouse.DownAsync();
        await page.Mouse.UpAsync();

        await DrawnAsync(page, 3);
        await Expect(page.GetByTestId("spots")).ToContainTextAsync("spots, drawn over the frame.");
        Picture picture = await page.PictureAsync("frame-spots");
        LocatorBoundingBoxResult stage = (await page.GetByTestId("stage").BoundingBoxAsync())!;
        Assert.True(picture.Count((stage.X, stage.Y, stage.Width, stage.Height), Spot) > 200, "No spots are drawn.");
        await page.MustBeAccessibleAsync();

        // As the run saw it, and the next frame has its own.
        Assert.Contains("at=1", page.Url, StringComparison.Ordinal);
        await page.GetByTestId("stage").PressAsync("ArrowRight");
        await DrawnAsync(page, 4);
        await Expect(page.GetByTestId("spots")).ToContainTextAsync("spots, drawn over the frame.");

        // A run that did not keep them says so.
        JsonElement other = await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/analyses", new { });
        await page.GotoAsync($"/datasets/{id}/analysis?run={other.GetProperty("run").GetString()}");
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync("5 frames", new() { Timeout = 180_000 });
        await page.GotoAsync($"/datasets/{id}/frames?run={other.GetProperty("run").GetString()}");
        await Expect(page.GetByTestId("spots")).ToContainTextAsync("The run did not keep where they are");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Other_parameters_of_the_spot_finder_are_tried_on_the_frame_that_is_seen()
    {
        const int Side = 400;
        string id = await DatasetAsync("trial");
        await Site.DescribeAsync(id, Token, Side, Side, 2);
        await Site.FrameAsync(id, Token, 1, FrameData.WithSpots(Side, Side, 60));
        await Site.FrameAsync(id, Token, 2, FrameData.WithSpots(Side, Side, 7));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/frames");
        await Expect(page.Locator("canvas[data-frame='1']")).ToBeVisibleAsync();
        Assert.Equal(0, await StrongAsync(page));

        await page.GetByLabel("Try the spot finder here").ClickAsync();
        await Expect(page.GetByTestId("trial")).ToHaveTextAsync(new Regex("^Frame 1: 60 spots · 60 without ice · .*540 strong pixels"));
        await page.PictureAsync("frame-trial");
        Assert.True(await StrongAsync(page) > 200, "No strong pixels are drawn.");
        await page.MustBeAccessibleAsync();

        // No spot is so large; a wrong value is refused in words, and the next one is tried again.
        await page.GetByRole(AriaRole.Button, new() { Name = "More parameters" }).ClickAsync();
        await page.GetByLabel("Smallest spot").FillAsync("10");
        await Expect(page.GetByTestId("trial")).ToHaveTextAsync(new Regex("^Frame 1: 0 spots · .*540 strong pixels"));
        await page.GetByLabel("Gain").FillAsync("0");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Could not try this");
        await page.GetByLabel("Gain").FillAsync("1");
        await page.GetByLabel("Smallest spot").FillAsync("4");
        await Expect(page.GetByTestId("trial")).ToHaveTextAsync(new Regex("^Frame 1: 60 spots"));
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);

        // The next frame is tried with the same, and nothing was kept.
        await page.GetByTestId("stage").PressAsync("ArrowRight");
        await Expect(page.GetByTestId("trial")).ToHaveTextAsync(new Regex("^Frame 2: 7 spots"));
        Assert.Empty((await Site.RequestAsync(HttpMethod.Get, "runs", token: Token)).GetProperty("items").EnumerateArray());

        // What was tried is taken over into an analysis of the whole series.
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply to all frames" }).ClickAsync();
        await page.PictureAsync("frame-trial-start");
        await page.MustBeAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync("2 frames", new() { Timeout = 180_000 });
        JsonElement run = Assert.Single((await Site.RequestAsync(HttpMethod.Get, "runs", token: Token)).GetProperty("items").EnumerateArray());
        Assert.Equal((4, true), (run.GetProperty("parameters").GetProperty("minSpotSize").GetInt32(), run.GetProperty("parameters").GetProperty("spots").GetBoolean()));

        IPage phone = await OpenAsync("ada", 390, 844);
        await phone.GotoAsync($"/datasets/{id}/frames");
        await phone.GetByLabel("Try the spot finder here").ClickAsync();
        await Expect(phone.GetByTestId("trial")).ToHaveTextAsync(new Regex("^Frame 1: 60 spots"));
        await phone.GetByTestId("trial").ScrollIntoViewIfNeededAsync();
        await phone.LookAsync(("frame-trial-phone", 390, 844, ColorScheme.Light), ("frame-trial-dark", 1280, 800, ColorScheme.Dark));
        Assert.Empty(errors);
    }

    /// <summary>Points of the screen that have the colour of strong pixels.</summary>
    private static async Task<int> StrongAsync(IPage page) => (await page.PictureAsync("frame-strong")).Count(
        await page.GetByTestId("stage").BoundingBoxAsync() is { } box ? (box.X, box.Y, box.Width, box.Height) : default, Strong);

    [Fact]
    public async Task Frames_play_to_the_end_and_the_page_follows_the_newest_until_the_user_stops_it()
    {
        string id = await DatasetAsync("live");
        await Site.DescribeAsync(id, Token, 400, 300, 9);
        for (int frame = 1; frame <= 4; frame++)
        {
            await Site.FrameAsync(id, Token, frame, new ushort[400 * 300]);
        }

        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/frames");
        await Expect(page.Locator("canvas[data-frame='1']")).ToBeVisibleAsync();

        // The newest is found, and the next ones come by themselves.
        await page.GetByLabel("Follow the newest frame").ClickAsync();
        await Expect(page.Locator("canvas[data-frame='4']")).ToBeVisibleAsync();
        await Site.FrameAsync(id, Token, 5, new ushort[400 * 300]);
        await Expect(page.Locator("canvas[data-frame='5']")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex("follow=on"));

        // Going back stops following the newest frame.
        await page.GetByTestId("stage").PressAsync("ArrowLeft");
        await Expect(page.Locator("canvas[data-frame='4']")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Follow the newest frame")).Not.ToBeCheckedAsync();
        for (int frame = 6; frame <= 9; frame++)
        {
            await Site.FrameAsync(id, Token, frame, new ushort[400 * 300]);
        }

        // It plays to the end, and stops there.
        await page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await Expect(page.Locator("canvas[data-frame='9'][data-bin='1']")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        await page.GetByTestId("stage").PressAsync("Home");
        await page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_newest_frame_and_its_spots_follow_a_measurement()
    {
        const int Side = 200;
        string id = await DatasetAsync("measured");
        await Site.DescribeAsync(id, Token, Side, Side, 20);
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/analyses", new { follow = true, parameters = new { spots = true } }, Token);
        await Site.FrameAsync(id, Token, 1, FrameData.WithSpots(Side, Side, 1));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/frames?follow=on");
        await Expect(page.GetByTestId("spots")).ToHaveTextAsync("1 spot, drawn over the frame.", new() { Timeout = 180_000 });

        foreach (int last in new[] { 2, 20 })
        {
            for (int frame = last == 2 ? 2 : 3; frame <= last; frame++)
            {
                await Site.FrameAsync(id, Token, frame, FrameData.WithSpots(Side, Side, frame));
            }

            await Expect(page.Locator($"canvas[data-frame='{last}']")).ToBeVisibleAsync(new() { Timeout = 180_000 });
            await Expect(page.GetByTestId("spots")).ToHaveTextAsync($"{last} spots, drawn over the frame.", new() { Timeout = 180_000 });
        }

        await page.PictureAsync("frame-live");
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Several_frames_are_one_picture_and_lines_and_regions_are_measured()
    {
        const int Columns = 100, Rows = 80;
        string id = await DatasetAsync("sums");
        await Site.DescribeAsync(id, Token, Columns, Rows, 3);
        for (int frame = 1; frame <= 3; frame++)
        {
            ushort[] pixels = [.. Enumerable.Range(0, Columns * Rows).Select(i => (ushort)(i % Columns == frame ? 10 * frame : 1))];
            await Site.FrameAsync(id, Token, frame, pixels);
        }

        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/frames?sum=3&region=0,0,4,80");
        await Expect(page.GetByTestId("region")).ToContainTextAsync("320 of 320 pixels valid · sum 5\u202f520 · mean 17.250");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Show", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Maximum" }).ClickAsync();
        await Expect(page.GetByTestId("region")).ToContainTextAsync("1 to 30");
        await Expect(page).ToHaveURLAsync(new Regex("max=3"));

        // A drag draws a line instead of moving the frame.
        await page.GetByText("Line", new() { Exact = true }).ClickAsync();
        LocatorBoundingBoxResult box = (await page.GetByTestId("stage").BoundingBoxAsync())!;
        float y = box.Y + (box.Height / 2);
        await page.Mouse.MoveAsync(box.X + (box.Width / 2) - 100, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width / 2) + 100, y, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await Expect(page.GetByTestId("profile")).ToContainTextAsync("counts from 1 to 1");
        await Expect(page).ToHaveURLAsync(new Regex("line="));
        await page.PictureAsync("frame-measured");
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_frame_that_cannot_be_shown_gives_the_reason_and_other_frames_still_appear()
    {
        string id = await DatasetAsync("gaps");
        await Site.DescribeAsync(id, Token, 20, 10, 3);
        await Site.FrameAsync(id, Token, 1, new ushort[200]);
        await Site.FrameAsync(id, Token, 3, new ushort[100]);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/frames");
        await Expect(page.Locator("canvas[data-frame='1']")).ToBeVisibleAsync();
        await page.GetByTestId("stage").PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Could not show frame 2");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no");
        await page.GetByTestId("stage").PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Its bytes end too early.");
        await page.PictureAsync("frame-damaged");
        await page.GetByTestId("stage").PressAsync("Home");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);

        // A file that is called like a frame, in a dataset that does not say what frames are, is shown as any other file.
        string other = await DatasetAsync("others");
        await Site.FrameAsync(other, Token, 1, [1, 2, 3]);
        await page.GotoAsync($"/datasets/{other}/files/000001");
        await Expect(page.GetByText("Its header cannot be read")).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Each_pixel_has_the_colour_of_its_count_and_says_why_it_has_none()
    {
        const int Columns = 8, Rows = 6, Size = 40;
        string id = await DatasetAsync("pixels");
        var mask = new uint[Columns * Rows];
        mask[Columns + 2] = 1;
        mask[Columns + 3] = 1 | 16;
        await Site.DescribeAsync(id, Token, Columns, Rows, 2, mask, saturation: 1000);
        var pixels = new ushort[Columns * Rows];
        pixels[0] = 100;
        pixels[1] = 50;
        pixels[2] = 1001;
        pixels[3] = NoData;
        pixels[Columns + 2] = 77;
        await Site.FrameAsync(id, Token, 1, pixels);
        await Site.FrameAsync(id, Token, 2, [.. pixels.Select(_ => (ushort)100)]);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/frames?frame=1&x=4&y=3&zoom={Size}&low=0&high=100");
        await DrawnAsync(page, 1);
        LocatorBoundingBoxResult box = (await page.GetByTestId("stage").BoundingBoxAsync())!;
        (float X, float Y) At(double x, double y) =>
            ((float)(box.X + (box.Width / 2) + ((x - (Columns / 2)) * Size)), (float)(box.Y + (box.Height / 2) + ((y - (Rows / 2)) * Size)));

        // Takes the colour near the edge of a pixel, away from the number in its middle.
        Picture picture = await page.PictureAsync("frame-pixels");
        (byte, byte, byte) Colour(double x, double y) => picture[(int)At(x + 0.5, 0).X, (int)At(0, y + 0.1).Y];
        Assert.Equal(Black, Colour(0, 0));
        Assert.InRange(Colour(1, 0).Item1, 126, 129);
        Assert.Equal(Saturated, Colour(2, 0));
        Assert.Equal(Masked, Colour(3, 0));
        Assert.Equal(White, Colour(4, 0));
        Assert.Equal(Masked, Colour(2, 1));
        Assert.True(Ink(picture, At(1, 0), Size, dark: true) > 5, "There is no number in a pixel.");
        Assert.True(Ink(picture, At(0, 0), Size, dark: false) > 5, "There is no light number in a dark pixel.");

        await PointAsync(2.5, 0.5, "slow 0\\.5, fast 2\\.5 · 1001 · saturated: more than the trusted 1\u202f000");
        await PointAsync(3.5, 0.5, "65535 · no data");
        await PointAsync(2.5, 1.5, "slow 1.5, fast 2.5 · 77 · gap between modules");
        await PointAsync(3.5, 1.5, "0 · gap between modules, noisy pixel");

        // λ = 1 Å at 100 mm: three pixels to the right of the beam centre are 0.225 mm away from it.
        await PointAsync(7, 3, @"d 44\d\.\d\d Å · 2θ 0\.13° · q 0\.014 Å⁻¹");

        // Another contrast, scale and palette without new numbers; the address keeps them, and the next frame has the same.
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("200");
        await Expect(page).ToHaveURLAsync(new Regex("high=200"));
        picture = await page.PictureAsync("frame-contrast");
        Assert.InRange(Colour(0, 0).Item1, 126, 129);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Colours" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Grey", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("colours=grey"));
        picture = await page.PictureAsync("frame-grey");
        Assert.Equal(Black, Colour(4, 0));
        await page.GetByTestId("stage").PressAsync("ArrowRight");
        await DrawnAsync(page, 2);
        picture = await page.PictureAsync("frame-locked");
        Assert.InRange(Colour(4, 0).Item1, 126, 129);
        Assert.Equal(Masked, Colour(2, 1));
        Assert.Contains("high=200", page.Url, StringComparison.Ordinal);
        Assert.Empty(errors);

        async Task PointAsync(double x, double y, string words)
        {
            (float left, float top) = At(x, y);
            await page.Mouse.MoveAsync(left, top);
            await Expect(page.GetByTestId("readout")).ToContainTextAsync(new Regex(words));
        }
    }

    [Fact]
    public async Task A_spot_of_one_pixel_is_seen_on_the_whole_frame()
    {
        const int Columns = 4500, Rows = 2200;
        string id = await DatasetAsync("spots");
        await Site.DescribeAsync(id, Token, Columns, Rows, 1);
        var pixels = new ushort[Columns * Rows];

        // In the corners, on both sides of the edge between two tiles, and in the middle.
        (int X, int Y)[] spots = [(0, 0), (4499, 2199), (2047, 300), (2048, 900), (1234, 2047), (1400, 2048), (3001, 1501)];
        foreach ((int x, int y) in spots)
        {
            pixels[(y * Columns) + x] = 100;
        }

        await Site.FrameAsync(id, Token, 1, pixels);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/frames?low=0&high=100");
        await Expect(page.Locator("canvas[data-frame='1']")).ToBeVisibleAsync();
        LocatorBoundingBoxResult box = (await page.GetByTestId("stage").BoundingBoxAsync())!;
        double zoom = Math.Min((box.Width - 2) / Columns, (box.Height - 2) / Rows) * 0.98;
        Picture picture = await page.PictureAsync("frame-far");
        foreach ((int x, int y) in spots)
        {
            float left = (float)(box.X + (box.Width / 2) + ((x + 0.5 - (Columns / 2.0)) * zoom)), top = (float)(box.Y + (box.Height / 2) + ((y + 0.5 - (Rows / 2.0)) * zoom));
            Assert.True(picture.Count((left - 2, top - 2, 5, 5), Black) > 0, $"The spot at {x}, {y} is not seen.");
        }

        Assert.Empty(errors);
    }

    /// <summary>How many points of a pixel of the frame have a number on them.</summary>
    private static int Ink(Picture picture, (float X, float Y) corner, int size, bool dark)
    {
        int found = 0;
        (byte ground, _, _) = picture[(int)corner.X + 4, (int)corner.Y + 4];
        for (int y = 4; y < size - 4; y++)
        {
            for (int x = 4; x < size - 4; x++)
            {
                (byte red, _, _) = picture[(int)corner.X + x, (int)corner.Y + y];
                found += dark ? (red < ground - 60 ? 1 : 0) : (red > ground + 60 ? 1 : 0);
            }
        }

        return found;
    }

    private static Task DrawnAsync(IPage page, int frame) =>
        Expect(page.Locator($"canvas[data-frame='{frame}'][data-masked]")).ToBeVisibleAsync(new() { Timeout = 180_000 });

    private async Task<string> SimulatedAsync(string name, string detector, int images)
    {
        using var shell = new CommandLine();
        await MustAsync(shell, Site.AdminToken, "login", Site.Address.ToString());
        await MustAsync(shell, null, "simulate", "dataset", name, "--detector", detector, "--images", $"{images}");
        await MustAsync(shell, null, "ingest", $"{name}_master.h5", name);
        JsonElement dataset = await Site.RequestAsync(HttpMethod.Get, $"datasets/resolve?name={name}");
        return dataset.GetProperty("id").GetString()!;
    }

    private static async Task MustAsync(CommandLine shell, string? input, params string[] arguments)
    {
        (int code, string said) = await shell.RunAsync(input, arguments);
        Assert.True(code == 0, said);
    }
}
