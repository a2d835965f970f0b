using System.Text.Json;
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
        JsonElement dataset = await Site.AskAsync(HttpMethod.Get, "datasets/resolve?name=lysozyme");
        string id = dataset.GetProperty("id").GetString()!;
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/analysis");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyse frames" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync($"{Frames} frames", new() { Timeout = 60_000 });
        await Expect(page.GetByTestId("plot").Locator("canvas")).ToBeVisibleAsync();
        await page.SettleAsync();

        // Two lines with antialiasing, and text: a blank canvas has one colour.
        Assert.True(await page.ColoursAsync("[data-testid=plot] canvas") > 20, "The plot is blank.");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Results by frame" }).GetByRole(AriaRole.Row)).ToHaveCountAsync(Frames + 1);
        await page.PictureAsync("analysis");
        await page.MustBeAccessibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.GetByText("Stopped by admin.")).ToBeVisibleAsync();
        await Expect(page.GetByText("cancelled", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync($"{Frames} frames");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Stop" })).ToHaveCountAsync(0);

        await page.GotoAsync($"/datasets/{id}/lineage");
        await Expect(page.GetByText("admin/lysozyme-spots")).ToBeVisibleAsync();
        await page.PictureAsync("lineage-run");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Another_step_has_its_own_form_plot_and_table()
    {
        using var shell = new CommandLine();
        await MustAsync(shell, Site.AdminToken, "login", Site.Address.ToString());
        await MustAsync(shell, null, "simulate", "dataset", "insulin", "--detector", "tiny", "--images", "3");
        await MustAsync(shell, null, "ingest", "insulin_master.h5", "insulin");
        JsonElement dataset = await Site.AskAsync(HttpMethod.Get, "datasets/resolve?name=insulin");
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{dataset.GetProperty("id").GetString()}/analysis");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyse frames" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Step" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Intensity" }).ClickAsync();
        await page.GetByLabel("Saturation (counts)").FillAsync("1000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();

        await Expect(page.GetByTestId("result-count")).ToHaveTextAsync("3 frames", new() { Timeout = 60_000 });
        await Expect(page.GetByTestId("plot")).ToHaveAttributeAsync("aria-label", "Plot of Saturated pixels, Mean (counts/pixel) by frame, 3 frames");
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Sum (counts)" })).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    private static async Task MustAsync(CommandLine shell, string? input, params string[] arguments)
    {
        (int code, string said) = await shell.RunAsync(input, arguments);
        Assert.True(code == 0, said);
    }
}
