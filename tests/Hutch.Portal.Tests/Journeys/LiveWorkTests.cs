using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Analysis.Steps;
using Hutch.Contracts;
using Hutch.Model.Analyses;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Captures, runs, workers and queues as they are now.</summary>
public sealed class LiveWorkTests(Browser browser) : Journey(browser)
{
    private const int Side = 200;

    [Fact]
    public async Task A_stuck_run_comes_first_with_advice_and_disappears_when_a_worker_starts()
    {
        string id = await SeriesAsync();
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();
        await page.GotoAsync("/live");
        await Expect(page.GetByText("All is well: nothing is slow, stuck or gone.")).ToBeVisibleAsync();
        await page.PictureAsync("live-idle");

        JsonElement run = await AnalyseAsync(id);
        ILocator problems = Problems(page);
        await Expect(problems).ToContainTextAsync($"No worker of the namespace 'trial' is there for run {run.GetProperty("run").GetString()} of ada/lysozyme.");
        await Expect(problems.Locator("code")).ToHaveTextAsync("hutch worker --namespace trial");
        ILocator row = Row(page, "In progress", "ada/lysozyme");
        await Expect(row).ToContainTextAsync("without worker");
        await Expect(Row(page, "Captures", "ada/lysozyme")).ToContainTextAsync("ada");
        await page.PictureAsync("live-stuck");

        await LeaseAsync();
        await Expect(problems).ToHaveCountAsync(0);
        await Expect(Row(page, "Workers", "node7")).ToContainTextAsync("working");
        await Expect(Row(page, "Queues", "trial")).ToContainTextAsync("ok");
        await Expect(row).ToContainTextAsync("running");
        await Expect(row).ToContainTextAsync("0 of 3");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"{id}/analysis.*run={run.GetProperty("run").GetString()}"));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Others_see_their_own_runs_and_captures_and_whom_to_ask_also_while_the_server_does_not_answer()
    {
        await AnalyseAsync(await SeriesAsync());
        await Site.UserAsync("ben");
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link, new() { Name = "Live" }).ClickAsync();
        await Expect(Problems(page)).ToContainTextAsync("Tell an operator of this site.");
        await Expect(Row(page, "In progress", "ada/lysozyme")).ToContainTextAsync("without worker");
        await Expect(Row(page, "Captures", "ada/lysozyme")).ToContainTextAsync("B/s");
        foreach (string hidden in new[] { "Workers", "Queues" })
        {
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = hidden })).ToHaveCountAsync(0);
        }

        await page.PictureAsync("live-own");
        IPage bens = await OpenAsync("ben");
        await bens.GotoAsync("/live");
        await Expect(bens.GetByText("All is well with your runs.")).ToBeVisibleAsync();
        await Expect(bens.GetByText("ada/lysozyme")).ToHaveCountAsync(0);
        Assert.Empty(errors);

        // While the server does not answer, what was seen last stays, and the page says so.
        await page.RouteAsync("**/api/v1/live", route => route.AbortAsync());
        await Expect(page.GetByText("This is the last known state; it is not being updated")).ToBeVisibleAsync();
        await Expect(Row(page, "In progress", "ada/lysozyme")).ToBeVisibleAsync();
        await page.UnrouteAsync("**/api/v1/live");
        await Expect(page.GetByText("This is the last known state; it is not being updated")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task It_is_accessible_and_fits_everywhere()
    {
        string id = await SeriesAsync();
        await AnalyseAsync(id);
        await LeaseAsync();
        await AnalyseAsync(id, "lonely");
        IPage page = await OpenAsync("admin", 1600, 1000);
        await page.GotoAsync("/live");
        await Expect(Row(page, "Workers", "node7")).ToContainTextAsync("working");
        await page.LookAsync(
            ("live-wide", 1600, 1000, ColorScheme.Light), ("live-work-phone", 390, 844, ColorScheme.Light),
            ("live-work-dark", 1280, 800, ColorScheme.Dark));

        // A wall shows new data without the frame of the page.
        IPage wall = await OpenAsync("ada", 1600, 900);
        await wall.GotoAsync("/live?kiosk");
        await Expect(wall.GetByTestId("series")).ToContainTextAsync("ada/lysozyme");
        await Expect(wall.GetByRole(AriaRole.Navigation)).ToHaveCountAsync(0);
        await Expect(wall.GetByRole(AriaRole.Banner)).ToHaveCountAsync(0);
        await wall.PictureAsync("live-wall");
        await wall.MustBeAccessibleAsync();
    }

    private static ILocator Problems(IPage page) => page.GetByRole(AriaRole.Region, new() { Name = "1 problem" });

    private static ILocator Row(IPage page, string table, string text) =>
        page.GetByRole(AriaRole.Table, new() { Name = table }).GetByRole(AriaRole.Row).Filter(new() { HasText = text }).First;

    /// <summary>A series of three frames, as a capture stores it.</summary>
    private async Task<string> SeriesAsync()
    {
        string id = await DatasetAsync("lysozyme");
        await Site.DescribeAsync(id, Token, Side, Side, 3);
        for (int frame = 1; frame <= 3; frame++)
        {
            var content = new ByteArrayContent(new byte[2 * Side * Side]);
            content.Headers.Add(HutchHeaders.Work, HutchHeaders.CaptureWork);
            await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{frame:D6}", content, Token);
        }

        return id;
    }

    private Task<JsonElement> AnalyseAsync(string id, string ns = "trial") =>
        Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/analyses", new { @namespace = ns, again = true }, Token);

    /// <summary>A worker of another machine takes frames.</summary>
    private async Task LeaseAsync()
    {
        JsonElement made = await Site.RequestAsync(HttpMethod.Post, "tokens", new { scopes = new[] { "work" }, @namespace = "trial" });
        await Site.RequestAsync(
            HttpMethod.Post, "work/leases",
            new { worker = "node7", version = StepDeclaration.ProductVersion, programs = AnalysisSteps.All.Select(step => step.Declaration.Program), waitSeconds = 30 },
            made.GetProperty("token").GetString());
    }
}
