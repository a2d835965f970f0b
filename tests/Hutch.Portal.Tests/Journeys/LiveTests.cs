using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The page of what arrives.</summary>
public sealed class LiveTests(Browser browser) : Journey(browser)
{
    private const int Side = 200;

    [Fact]
    public async Task What_arrives_is_seen_at_once_with_its_newest_frame_rate_and_spots()
    {
        await Site.UserAsync("ben");
        IPage page = await OpenAsync();
        IPage bens = await OpenAsync("ben");
        List<string> errors = page.Listen();
        await page.GotoAsync("/live");
        await bens.GotoAsync("/live");
        await Expect(page.GetByText("No data yet")).ToBeVisibleAsync();

        // An old series is there without having arrived; the new one comes before it.
        string old = await SeriesAsync("old", null, 3);
        string id = await SeriesAsync("live", null, 1);
        await AnalyseAsync(id, follow: true);
        ILocator first = page.GetByTestId("series").First;
        await Expect(first).ToContainTextAsync("ada/live");
        await Expect(first.Locator("canvas[data-frame='1']")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        for (int frame = 2; frame <= 30; frame++)
        {
            await StoreAsync(id, frame);
        }

        await Expect(first.GetByTestId("rate")).ToContainTextAsync("frames/s");
        await Expect(first).ToHaveAttributeAsync("data-frame", "30");
        await Expect(first).ToContainTextAsync("Spots: 30 in frame 30, 1 to 30", new() { Timeout = 180_000 });
        await Expect(first.Locator("canvas[data-frame='30']")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        Assert.True(await page.ColoursAsync("[data-testid=series] canvas") > 1, "The newest frame is blank.");
        await Expect(page.GetByTestId("series")).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await page.PictureAsync("live");
        await page.MustBeAccessibleAsync();
        await Expect(first.GetByTestId("rate")).ToHaveCountAsync(0, new() { Timeout = 180_000 });

        // Another user does not see the series. A page that is opened later shows everything so far.
        await Expect(bens.GetByText("No data yet")).ToBeVisibleAsync();
        IPage later = await OpenAsync("ada", 390, 844);
        await later.GotoAsync("/live");
        await Expect(later.Locator("canvas[data-frame='30']")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await Expect(later.GetByText("Spots: 30 in frame 30, 1 to 30")).ToBeVisibleAsync();
        await Expect(later.Locator("canvas[data-frame='3']")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await later.LookAsync(("live-phone", 390, 844, ColorScheme.Light), ("live-dark", 1280, 800, ColorScheme.Dark));

        await page.GetByRole(AriaRole.Link, new() { Name = "ada/old" }).First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"{old}/frames.*frame=3"));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_frame_that_came_before_the_page_could_listen_is_shown()
    {
        string id = await SeriesAsync("early", null, 0);
        IPage page = await OpenAsync();
        var mayListen = new TaskCompletionSource();
        await page.RouteAsync(new Regex("/api/v1/events$"), async route =>
        {
            await mayListen.Task;
            await route.ContinueAsync();
        });

        await page.GotoAsync("/live");
        await Expect(page.GetByTestId("series")).ToHaveAttributeAsync("data-frame", "0");
        await StoreAsync(id, 1);
        mayListen.SetResult();

        await Expect(page.GetByTestId("series")).ToHaveAttributeAsync("data-frame", "1");
    }

    [Fact]
    public async Task The_runs_of_a_group_over_all_its_datasets_are_one_list()
    {
        await Site.RequestAsync(HttpMethod.Post, "groups", new { name = "visit-42" }, Token);
        await AnalyseAsync(await SeriesAsync("first", "visit-42", 2), follow: false);
        await AnalyseAsync(await SeriesAsync("second", "visit-42", 3), follow: false);
        await AnalyseAsync(await SeriesAsync("mine", null, 1), follow: false);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync("/live");
        await Expect(page.GetByTestId("series")).ToHaveCountAsync(3);
        ILocator rows = page.GetByRole(AriaRole.Table, new() { Name = "Runs" }).GetByRole(AriaRole.Row);
        await Expect(rows).ToHaveCountAsync(4);
        await page.GetByLabel("Whose").SelectOptionAsync("visit-42");
        await Expect(page.GetByTestId("series")).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Runs of visit-42" })).ToBeVisibleAsync();
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(page).ToHaveURLAsync(new Regex("owner=visit-42"));

        // A run ends: the list updates without a reload.
        await Expect(rows.Filter(new() { HasText = "done" })).ToHaveCountAsync(2, new() { Timeout = 180_000 });
        await page.PictureAsync("live-group");
        await page.MustBeAccessibleAsync();
        await rows.Nth(1).GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Show") }).ClickAsync();
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync("3 frames");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_newest_data_of_a_visit_have_the_curve_of_the_quantity_that_is_chosen()
    {
        await Site.RequestAsync(
            HttpMethod.Post,
            "visits",
            new
            {
                name = "cm3-1",
                proposal = "cm3",
                instrument = "i04",
                begin = "2026-01-01T09:00:00Z",
                end = "2090-01-04T09:00:00Z",
                people = new object[] { new { user = "ada", role = "principal-investigator" } },
                samples = new object[] { new { name = "lyso-1" }, new { name = "lyso-2" } },
            },
            Site.AdminToken);
        string id = await SeriesAsync("scan", "cm3-1", 3);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/metadata", new { sample = "lyso-1" }, Token);
        await AnalyseAsync(id, follow: false);
        IPage page = await OpenAsync();

        await page.GotoAsync("/visits/cm3-1");

        ILocator card = page.GetByTestId("series");
        await Expect(card).ToContainTextAsync("Spots: 3 in frame 3, 1 to 3", new() { Timeout = 60_000 });
        await page.GetByLabel("Curve of cm3-1/scan").SelectOptionAsync("Intensity (counts)");
        ILocator sample = page.GetByRole(AriaRole.List, new() { Name = "Samples" }).GetByRole(AriaRole.Listitem);
        await Expect(sample.First).ToContainTextAsync(new Regex("Spots: 1 to 3.* in 3 frames"));
        await Expect(sample.First.Locator("img[data-shown][src*='path=000003']")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(sample.Last).Not.ToContainTextAsync("Spots");
        await page.GetByLabel("New note").FillAsync("Ice on this one.");
        await page.GetByLabel("Pin a dataset").SelectOptionAsync("scan");
        await page.GetByLabel("Number of a frame, or a file").FillAsync("4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write note" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("cm3-1/scan has no file '000004' to pin.");
        await page.GetByLabel("Number of a frame, or a file").FillAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write note" }).ClickAsync();
        await Expect(page.GetByLabel("Note 1 by ada").Locator("img[data-shown]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(card).ToContainTextAsync(new Regex("Intensity \\(counts\\): [1-9].* in frame 3"));
        await page.MustBeAccessibleAsync();
        await page.EvaluateAsync("() => scrollTo(0, 0)");
        await page.PictureAsync("visit");
        await page.GetByLabel("Note 1 by ada").GetByRole(AriaRole.Link, new() { Name = "cm3-1/scan, frame 2" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(id + "/frames\\?frame=2$"));
    }

    private async Task<string> SeriesAsync(string name, string? owner, int frames)
    {
        JsonElement made = await Site.RequestAsync(HttpMethod.Post, "datasets", new { name }, Token);
        string id = made.GetProperty("id").GetString()!;
        if (owner is not null)
        {
            await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/owner", new { owner }, Token);
        }

        await Site.DescribeAsync(id, Token, Side, Side, 30);
        for (int frame = 1; frame <= frames; frame++)
        {
            await StoreAsync(id, frame);
        }

        return id;
    }

    private Task StoreAsync(string id, int frame) => Site.FrameAsync(id, Token, frame, FrameData.WithSpots(Side, Side, frame));

    private Task<JsonElement> AnalyseAsync(string id, bool follow) =>
        Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/analyses", new { follow, parameters = new { spots = true } }, Token);
}
