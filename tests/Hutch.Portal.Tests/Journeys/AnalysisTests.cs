using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Live results of an analysis.</summary>
public sealed class AnalysisTests(Browser browser) : Journey(browser)
{
    private const int Frames = 24;

    [Fact]
    public async Task Results_are_plotted_as_they_arrive()
    {
        using var shell = new CommandLine();
        await MustAsync(shell, Site.AdminToken, "login", Site.Address.ToString());
        await MustAsync(shell, null, "simulate", "dataset", "lysozyme", "--detector", "eiger2-1m", "--images", $"{Frames}");
        await MustAsync(shell, null, "ingest", "lysozyme_master.h5", "lysozyme");
        JsonElement dataset = await Site.RequestAsync(HttpMethod.Get, "datasets/resolve?name=lysozyme");
        string id = dataset.GetProperty("id").GetString()!;
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/analysis");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyse frames" }).ClickAsync();

        // The button that starts is in view, however many parameters there are and however low the window is.
        await page.SetViewportSizeAsync(1280, 720);
        await page.GetByRole(AriaRole.Button, new() { Name = "More parameters" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByLabel("Parallax correction")).ToBeAttachedAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Start" })).ToBeInViewportAsync(new() { Ratio = 1 });
        await page.SetViewportSizeAsync(1280, 800);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync($"{Frames} frames", new() { Timeout = 180_000 });
        await Expect(page.GetByTestId("plot").Locator("canvas")).ToBeVisibleAsync();
        await page.SettleAsync();

        // Two lines with antialiasing, and text: a blank canvas has one colour.
        Assert.True(await page.ColoursAsync("[data-testid=plot] canvas") > 20, "The plot is blank.");
        await page.MustSaveAsync(page.GetByTestId("plot").Locator("canvas"));
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Results by frame" }).GetByRole(AriaRole.Row)).ToHaveCountAsync(Frames + 1);
        await page.PictureAsync("analysis");
        await page.MustBeAccessibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.GetByText("Stopped by admin.")).ToBeVisibleAsync();
        await Expect(page.GetByText("cancelled", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync($"{Frames} frames");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Stop" })).ToHaveCountAsync(0);
        IDownload table = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "As an HDF5 table" }).ClickAsync());
        Assert.Equal("results.h5", table.SuggestedFilename);

        await page.GotoAsync($"/datasets/{id}/lineage");
        await Expect(page.GetByText("admin/lysozyme-spots")).ToBeVisibleAsync();
        await page.PictureAsync("lineage-run");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_dataset_without_frames_offers_no_analysis_and_the_server_starts_none()
    {
        string id = await DatasetAsync("insulin", ("notes.txt", "no frames"));
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "notes.txt" })).ToBeVisibleAsync();
        ILocator tabs = page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset", Exact = true });
        await Expect(tabs.GetByRole(AriaRole.Link, new() { Name = "Metadata" })).ToBeVisibleAsync();

        await Expect(tabs.GetByRole(AriaRole.Link, new() { Name = "Analysis" })).ToHaveCountAsync(0);
        await page.GotoAsync($"/datasets/{id}/analysis");
        await Expect(page.GetByText("No frames to analyse")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Analyse frames" })).ToHaveCountAsync(0);
        (HttpStatusCode code, string text) = await Site.ReportAsync(HttpMethod.Post, $"datasets/{id}/analyses", new { follow = true }, Token);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (code, text.Contains("no frames", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Another_step_has_its_own_form_plot_and_table()
    {
        using var shell = new CommandLine();
        await MustAsync(shell, Site.AdminToken, "login", Site.Address.ToString());
        await MustAsync(shell, null, "simulate", "dataset", "insulin", "--detector", "tiny", "--images", "3");
        await MustAsync(shell, null, "ingest", "insulin_master.h5", "insulin");
        JsonElement dataset = await Site.RequestAsync(HttpMethod.Get, "datasets/resolve?name=insulin");
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{dataset.GetProperty("id").GetString()}/analysis");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyse frames" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Step" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Intensity" }).ClickAsync();
        await page.GetByLabel("Saturation (counts)").FillAsync("1000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();

        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync("3 frames", new() { Timeout = 180_000 });
        await Expect(page.GetByTestId("plot")).ToHaveAttributeAsync("aria-label", "Plot of Saturated pixels, Mean (counts/pixel) by frame, 3 frames");
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Sum (counts)" })).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_grid_scan_is_drawn_cell_by_cell_as_results_come_and_a_cell_opens_its_frame()
    {
        const int Side = 200;
        string id = await DatasetAsync("grid");
        await Site.DescribeAsync(id, Token, Side, Side, 24, grid: new { rows = 4, columns = 6, snaked = true });
        JsonElement run = await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/analyses", new { follow = true, parameters = new { spots = true } }, Token);
        string address = $"/datasets/{id}/analysis?run={run.GetProperty("run").GetString()}";
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync(address);

        await StoreAsync(1, 8);
        ILocator map = page.GetByTestId("heat-map");
        await Expect(map).ToHaveAttributeAsync("data-missing", "16", new() { Timeout = 180_000 });
        await Site.FrameAsync(id, Token, 9, [1, 2, 3]);
        await StoreAsync(10, 22);
        await Expect(map).ToHaveAttributeAsync("data-missing", "2", new() { Timeout = 180_000 });
        await page.PictureAsync("analysis-grid");
        Assert.True(await page.ColoursAsync("[data-testid=heat-map] canvas") > 10, "The heat map is blank.");
        await Expect(page.GetByTestId("heat-legend")).ToContainTextAsync("no result yet");
        await page.MustBeAccessibleAsync();

        // The second row was scanned backwards: its last cell is frame 7. Frames 23 and 24 would be the first cells of the fourth.
        await map.PressAsync("ArrowDown");
        await map.PressAsync("End");
        await Expect(page.GetByTestId("heat-cell")).ToHaveTextAsync("Row 2, column 6: Spots 7");
        await map.PressAsync("ArrowLeft");
        await map.PressAsync("ArrowLeft");
        await Expect(page.GetByTestId("heat-cell")).ToContainTextAsync("Row 2, column 4: failed: ");
        await map.PressAsync("ArrowDown");
        await map.PressAsync("ArrowDown");
        await map.PressAsync("Home");
        await Expect(page.GetByTestId("heat-cell")).ToHaveTextAsync("Row 4, column 1: no result yet");
        await map.PressAsync("Enter");
        await Expect(map).ToBeVisibleAsync();

        // Another column, and the plot, are there too.
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Colour by" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Intensity (counts)" }).ClickAsync();
        await Expect(page.GetByTestId("heat-cell")).ToHaveTextAsync("Row 4, column 1: no result yet");
        await map.PressAsync("End");
        await Expect(page.GetByTestId("heat-cell")).ToContainTextAsync("Row 4, column 6: Intensity (counts)");
        await page.GetByText("Plot by frame").ClickAsync();
        await Expect(page.GetByTestId("plot")).ToBeVisibleAsync();
        await page.GetByText("Grid", new() { Exact = true }).ClickAsync();

        LocatorBoundingBoxResult cells = (await map.Locator("canvas").BoundingBoxAsync())!;
        await page.Mouse.ClickAsync(cells.X + (cells.Width * 5.5f / 6), cells.Y + (cells.Height * 1.5f / 4));
        await Expect(page.Locator("canvas[data-frame='7']")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await Expect(page.GetByTestId("spots")).ToHaveTextAsync("7 spots, drawn over the frame.");

        await page.SetViewportSizeAsync(390, 844);
        await page.GotoAsync(address);
        await Expect(page.GetByTestId("heat-map")).ToHaveAttributeAsync("data-missing", "2", new() { Timeout = 180_000 });
        await page.LookAsync(("analysis-grid-phone", 390, 844, ColorScheme.Light), ("analysis-grid-dark", 1280, 800, ColorScheme.Dark));
        Assert.Empty(errors);

        async Task StoreAsync(int first, int last)
        {
            for (int frame = first; frame <= last; frame++)
            {
                await Site.FrameAsync(id, Token, frame, FrameData.WithSpots(Side, Side, frame));
            }
        }
    }

    [Fact]
    public async Task The_frames_that_a_filter_shows_are_kept_as_a_dataset()
    {
        const int Side = 200;
        string id = await DatasetAsync("scan");
        await Site.DescribeAsync(id, Token, Side, Side, 6);
        for (int frame = 1; frame <= 6; frame++)
        {
            await Site.FrameAsync(id, Token, frame, FrameData.WithSpots(Side, Side, 3 * frame));
        }

        JsonElement run = await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/analyses", new { follow = false }, Token);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/analysis?run={run.GetProperty("run").GetString()}");
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync("6 frames", new() { Timeout = 180_000 });
        await Expect(page.GetByText("done", new() { Exact = true })).ToBeVisibleAsync();
        ILocator rows = page.GetByRole(AriaRole.Table, new() { Name = "Results by frame" }).GetByRole(AriaRole.Row);

        ILocator filter = page.GetByRole(AriaRole.Textbox, new() { Name = "Filter" });
        await filter.FillAsync("frames > 2");
        await Expect(page.GetByText("Compare columns with numbers")).ToBeVisibleAsync();
        await filter.FillAsync("n_spots_total >= 12 and frame < 6");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(page).ToHaveURLAsync(new Regex("filter=n_spots_total"));
        await page.ReloadAsync();
        await Expect(rows).ToHaveCountAsync(3);
        await page.PictureAsync("analysis-filter");
        await page.MustBeAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep these (2 of 6)" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Keep these frames" });
        await dialog.GetByLabel("Name of the dataset").FillAsync("scan");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("ada/scan");
        await dialog.GetByLabel("Name of the dataset").FillAsync("hits");
        await page.MustBeAccessibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("2 frames of 6 are in");
        await dialog.GetByRole(AriaRole.Link, new() { Name = "ada/hits" }).ClickAsync();
        await Expect(page.GetByText("selection.json")).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Parts_of_a_run_are_listed_with_their_states()
    {
        string input = await DatasetAsync("movies", ("m1", "1"));
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{input}/close", new { }, Token);
        string output = await DatasetAsync("corrected");
        JsonElement run = await Site.RequestAsync(
            HttpMethod.Post, "runs", new { program = "correct", command = "correct {input}", inputs = new[] { new { dataset = input, snapshot = 1 } }, output, parts = 3 }, Token);
        string id = run.GetProperty("id").GetString()!;
        var claim = Guid.NewGuid();
        await Site.RequestAsync(HttpMethod.Post, $"runs/{id}/parts", new { part = "m1", claim }, Token);
        await Site.RequestAsync(HttpMethod.Post, $"runs/{id}/parts/fail", new { part = "m1", claim, message = "out of memory" }, Token);
        await Site.RequestAsync(HttpMethod.Post, $"runs/{id}/parts", new { part = "m2", claim = Guid.NewGuid() }, Token);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{output}/analysis?run={id}");

        ILocator parts = page.GetByRole(AriaRole.Table, new() { Name = "Parts" });
        await Expect(parts.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        await Expect(parts.GetByRole(AriaRole.Row).Filter(new() { HasText = "m1" })).ToContainTextAsync("out of memory");
        await Expect(page.GetByTestId("expected-parts")).ToHaveTextAsync("0 of 3 done");
        await Expect(page.GetByText("To retry a part, run its command again")).ToBeVisibleAsync();
        await page.LookAsync(
            ("analysis-parts", 1280, 800, ColorScheme.Light), ("analysis-parts-dark", 1280, 800, ColorScheme.Dark), ("analysis-parts-phone", 390, 844, ColorScheme.Light));

        // The list follows the run, and shows only the chosen state.
        await page.GetByText("Failed 1", new() { Exact = true }).ClickAsync();
        await Expect(parts.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Site.RequestAsync(HttpMethod.Post, $"runs/{id}/parts", new { part = "m1", claim = Guid.NewGuid() }, Token);
        await Expect(page.GetByText("Running 2", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.Empty(errors);
    }

    private static async Task MustAsync(CommandLine shell, string? input, params string[] arguments)
    {
        (int code, string said) = await shell.RunAsync(input, arguments);
        Assert.True(code == 0, said);
    }
}
