using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Two datasets, two frames and two runs side by side.</summary>
public sealed class CompareTests(Browser browser) : Journey(browser)
{
    private const int Side = 200;

    [Fact]
    public async Task Two_datasets_are_compared_by_their_metadata_and_their_files()
    {
        string old = await DatasetAsync("lysozyme-1", ("notes.txt", "one\ntwo\n"), ("same.txt", "same"), ("old.txt", "old"));
        string now = await DatasetAsync("lysozyme-2", ("notes.txt", "one\n2\n"), ("same.txt", "same"), ("new.txt", "new"));
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{old}/metadata", new { sample = "lysozyme", wavelength = 0.97 }, Token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{now}/metadata", new { sample = "lysozyme", wavelength = 1.54 }, Token);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{old}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Dataset actions" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Compare with another dataset" }).ClickAsync();
        await Expect(page.GetByText("Choose two datasets")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Right dataset" }).FillAsync("lysozyme");
        await page.GetByRole(AriaRole.Option, new() { Name = "ada/lysozyme-2" }).ClickAsync();

        ILocator differing = page.GetByRole(AriaRole.Table, new() { Name = "Metadata that differ" });
        await Expect(differing.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Expect(differing).ToContainTextAsync("0.97");
        await Expect(differing).ToContainTextAsync("1.54");
        await page.GetByRole(AriaRole.Button, new() { Name = "1 equal value" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Metadata of both" })).ToContainTextAsync("lysozyme");
        await LookAsync(page, "compare-metadata");

        await page.GetByText("Files", new() { Exact = true }).ClickAsync();
        ILocator list = page.GetByRole(AriaRole.List, new() { Name = "Differences" });
        await Expect(list.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        await LookAsync(page, "compare-files");
        await page.GetByRole(AriaRole.Switch, new() { Name = "Also files with equal content" }).ClickAsync(new() { Force = true });
        await Expect(list.GetByRole(AriaRole.Link, new() { Name = "same.txt" })).ToBeVisibleAsync();
        await list.GetByRole(AriaRole.Link, new() { Name = "notes.txt" }).ClickAsync();
        ILocator lines = page.GetByRole(AriaRole.Region, new() { Name = "Lines side by side" });
        await Expect(lines.Locator("del")).ToHaveTextAsync(["two"]);
        await Expect(lines.Locator("ins")).ToHaveTextAsync(["2"]);

        // The address shows the same to others; the sides change places.
        await page.ReloadAsync();
        await Expect(lines.Locator("del")).ToHaveTextAsync(["two"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Swap sides" }).ClickAsync();
        await list.GetByRole(AriaRole.Link, new() { Name = "new.txt" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "ada/lysozyme-1" })).ToContainTextAsync("Not in this dataset");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Two_frames_share_zoom_contrast_and_steps_until_they_are_parted()
    {
        (string first, string second) = (await SeriesAsync("first", 1, 5), await SeriesAsync("second", 11, 15));
        IPage page = await OpenAsync(width: 1440, height: 900);
        List<string> errors = page.Listen();
        await page.GotoAsync($"/compare?left={first}&right={second}&show=frames&frame=1&other=2");
        ILocator left = page.Locator("[data-side=left]");
        ILocator right = page.Locator("[data-side=right]");
        await SeenAsync(left, 1);
        await SeenAsync(right, 2);

        // A step on one side is one on the other; the zoom is of both.
        await left.GetByRole(AriaRole.Button, new() { Name = "Next frame" }).ClickAsync();
        await SeenAsync(left, 2);
        await SeenAsync(right, 3);
        await page.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("frame=2.*other=3|other=3.*frame=2"));
        await Expect(page).ToHaveURLAsync(new Regex("zoom="));
        await LookAsync(page, "compare-frames");

        // Each side takes its own steps, also when the address is opened again.
        await page.GetByRole(AriaRole.Switch, new() { Name = "Move both frames together" }).ClickAsync(new() { Force = true });
        await right.GetByRole(AriaRole.Button, new() { Name = "Next frame" }).ClickAsync();
        await SeenAsync(right, 4);
        await SeenAsync(left, 2);
        await Expect(page).ToHaveURLAsync(new Regex("other=4"));
        await page.ReloadAsync();
        await SeenAsync(right, 4);
        await SeenAsync(left, 2);
        await Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Move both frames together" })).Not.ToBeCheckedAsync();

        // Beyond the end of one series, it says so, and the other is still seen.
        await page.GotoAsync($"/compare?left={first}&right={second}&show=frames&frame=1&other=77");
        await SeenAsync(left, 1);
        await Expect(right.GetByRole(AriaRole.Alert)).ToContainTextAsync("Could not show frame 77");
        Assert.DoesNotContain(errors, static error => error.StartsWith("page", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Two_runs_are_compared_by_their_parameters_and_frame_by_frame()
    {
        string id = await SeriesAsync("scan", 3, 6);
        foreach (int least in (int[])[2, 4])
        {
            JsonElement started = await Site.RequestAsync(
                HttpMethod.Post, $"datasets/{id}/analyses", new { follow = false, parameters = new { minSpotSize = least } }, Token);
            Assert.NotEmpty(started.GetProperty("run").GetString()!);
        }

        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/analysis");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare runs" }).ClickAsync();

        ILocator table = page.GetByRole(AriaRole.Table, new() { Name = "Parameters that differ" });
        await Expect(table.GetByRole(AriaRole.Row).Filter(new() { HasText = "minSpotSize" })).ToContainTextAsync("4");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Results of both runs by frame" }).GetByRole(AriaRole.Row))
            .ToHaveCountAsync(5, new() { Timeout = 180_000 });
        await Expect(page.GetByTestId("plot")).ToHaveAttributeAsync("aria-label", new Regex("Left.*Right.*4 frames"));
        await page.SettleAsync();
        Assert.True(await page.ColoursAsync("[data-testid=plot] canvas") > 20, "The plot is blank.");
        await LookAsync(page, "compare-runs");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_dataset_that_is_not_shared_is_not_compared()
    {
        string id = await DatasetAsync("mine", ("a.txt", "a"));
        await Site.UserAsync("bob");
        IPage page = await OpenAsync("bob");

        await page.GotoAsync($"/compare?left={id}&right={id}&show=files");

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Could not load the dataset");
        await page.GotoAsync("/compare?left=nonsense&right=&show=nothing");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Could not load the dataset");
    }

    /// <summary>The page in light and dark and on a phone; it must be accessible in all.</summary>
    private static Task LookAsync(IPage page, string name)
    {
        (int width, int height) = (page.ViewportSize!.Width, page.ViewportSize.Height);
        return page.LookAsync(
            (name, width, height, ColorScheme.Light), (name + "-dark", width, height, ColorScheme.Dark), (name + "-phone", 390, 844, ColorScheme.Light));
    }

    private static Task SeenAsync(ILocator side, int frame) =>
        Expect(side.Locator($"canvas[data-frame='{frame}']")).ToBeVisibleAsync(new() { Timeout = 60_000 });

    private async Task<string> SeriesAsync(string name, int first, int last)
    {
        string id = await DatasetAsync(name);
        int count = last - first + 1;
        await Site.DescribeAsync(id, Token, Side, Side, count);
        for (int frame = 1; frame <= count; frame++)
        {
            await Site.FrameAsync(id, Token, frame, FrameData.WithSpots(Side, Side, first + frame));
        }

        return id;
    }
}
