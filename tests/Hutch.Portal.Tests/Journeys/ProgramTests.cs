using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Programs of the site, started from the page of a dataset and executed in the sandbox of this machine.</summary>
public sealed class ProgramTests(Browser browser) : Journey(browser)
{
    // Prints its progress. With 7 steps it sleeps, and with 9 steps it ends without its required file.
    private const string Fit = """
        title: Fit of a scan
        description: Fits peaks, and prints each step.
        version: "1.2"
        command: [sh, -c, 'printf "peak 1 of 3\rpeak 3 of 3\n"; [ "$2" != 7 ] || sleep 600; [ "$2" != 9 ] || exit 0; echo fitted > "$1/fit.txt"', sh, "{output}", "{steps}", ["{threshold}"]]
        parameters:
          steps: {kind: integer, title: Steps, range: [1, 10], default: 3, help: Steps of the fit.}
          threshold: {kind: number, title: Threshold, unit: keV, range: [0, 20], help: Least energy of a peak.}
        requires: [fit.txt]
        """;

    protected override string Programs => Documents();

    [Fact]
    public async Task A_program_that_fits_is_started_followed_cancelled_and_retried_on_the_page_of_a_dataset()
    {
        string id = await DatasetAsync("scan", ("frames/a.txt", "alpha"), ("frames/b.txt", "beta"));
        await Site.RequestAsync(
            HttpMethod.Post, "visits",
            new
            {
                name = "cm5-1",
                proposal = "cm5",
                begin = "2026-01-01T09:00:00Z",
                end = "2090-01-04T09:00:00Z",
                people = new object[] { new { user = "ada" } },
            },
            Site.AdminToken);
        await Site.DatasetAsync("cm5-1/grid", Token, ("frames/a.txt", "alpha"));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync("/visits/cm5-1");
        ILocator menu = page.GetByRole(AriaRole.List, new() { Name = "Datasets" }).GetByRole(AriaRole.Button, new() { Name = "Actions of cm5-1/grid" });
        await menu.ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Process" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("No file of 'cm5-1/grid' matches 'scan.h5'");
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Process" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Process this dataset" });
        await dialog.GetByRole(AriaRole.Button, new() { Name = "3 programs do not fit" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("No file of 'ada/scan' matches 'scan.h5'");

        // A switch makes the program start automatically.
        ILocator mine = dialog.GetByRole(AriaRole.Switch, new() { Name = "Fit of each scan: on all datasets that I own" });
        await mine.ClickAsync(new() { Force = true });
        await Expect(mine).ToBeCheckedAsync();
        await page.PictureAsync("process-switches");
        await page.MustBeAccessibleAsync();
        await mine.ClickAsync(new() { Force = true });
        await Expect(mine).Not.ToBeCheckedAsync();

        // The button that starts is in view, also above the list of programs that do not fit.
        await page.SetViewportSizeAsync(1280, 720);
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Start" })).ToBeInViewportAsync(new() { Ratio = 1 });
        await page.SetViewportSizeAsync(1280, 800);

        // What was typed outlives the page.
        await Expect(dialog).ToContainTextAsync("From 0 to 20.");
        await dialog.GetByLabel("Steps").FillAsync("7");
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Process" }).ClickAsync();
        await Expect(dialog.GetByLabel("Steps")).ToHaveValueAsync("7");
        await dialog.GetByLabel("Threshold (keV)").FillAsync("2.5");
        await page.PictureAsync("process");
        await page.MustBeAccessibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex($"{id}/analysis\\?run=[0-9a-f]{{32}}$"));
        string run = page.Url.Split('=')[1];
        await Expect(page.GetByTestId("run-log")).ToHaveTextAsync("peak 3 of 3");
        await Expect(page.GetByTestId("run-progress")).ToContainTextAsync("attempt 1 with local");
        await Expect(page.GetByText("steps = 7, threshold = 2.5")).ToBeVisibleAsync();
        await page.PictureAsync("process-running");
        IPage live = await page.Context.NewPageAsync();
        await live.GotoAsync("/live");
        ILocator row = live.GetByRole(AriaRole.Table, new() { Name = "In progress" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "ada/scan" });
        await Expect(row).ToContainTextAsync("Fit of a scan");
        await Expect(row).ToContainTextAsync("Attempt 1");
        await live.PictureAsync("live-programs");
        await live.MustBeAccessibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.GetByText("Stopped by ada.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.GetByTestId("run-progress")).ToContainTextAsync("attempt 2");
        await Expect(row).ToContainTextAsync("Attempt 2");
        await Site.RequestAsync(HttpMethod.Post, $"runs/{run}/stop", token: Token);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Retry" })).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_results_and_the_log_of_a_program_are_shown_when_it_has_ended()
    {
        string id = await DatasetAsync("scan", ("a.txt", "alpha"), ("b.txt", "beta"));
        await Site.RequestAsync(HttpMethod.Post, "programs/fit/runs", new { input = id, output = "broken", parameters = new { steps = 9 } }, Token);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Process" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Program" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Count and hash of all files" }).ClickAsync();
        await page.GetByLabel("Name of the results").FillAsync("scan");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("ada/scan");
        await page.GetByLabel("Name of the results").FillAsync("counted");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();

        await Expect(page.GetByText("done", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("run-log")).ToHaveTextAsync("2");
        await page.LookAsync(
            ("process-done", 1280, 800, ColorScheme.Light), ("process-done-dark", 1280, 800, ColorScheme.Dark), ("process-done-phone", 390, 844, ColorScheme.Light));

        // C7: results stay open by default, and can be closed when their input is; the page names the command.
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/close", new { }, Token);
        await page.ReloadAsync();
        await Expect(page.GetByText("hutch close ada/counted")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Results: ada/counted" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "count.txt" })).ToBeVisibleAsync();

        // One that failed is in the same list, with its reason.
        await page.GotoAsync($"/datasets/{id}/analysis");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Run" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Fit of a scan") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("left no file 'fit.txt'");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_image_of_a_program_is_named_in_its_form_on_the_page_of_its_run_and_in_the_lineage_of_the_results()
    {
        string image = await DatasetAsync("tools", ("etc/image", "tools"));
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{image}/snapshots", new { }, Token);
        string id = await DatasetAsync("scan", ("in-image.txt", "alpha"));
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Process" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Program" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Fit in an image" }).ClickAsync();
        await Expect(page.GetByText("It runs in the image ada/tools@1")).ToBeVisibleAsync();
        await page.GetByLabel("Name of the results").FillAsync("fitted");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();

        ILocator named = page.GetByRole(AriaRole.Link, new() { Name = "ada/tools@1" });
        await Expect(named).ToBeVisibleAsync();
        await Expect(page.GetByText("Image: ada/tools@1")).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "ada/fitted" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "ada/fitted" })).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(page.Url).AbsolutePath + "/lineage");
        await Expect(page.GetByText(new Regex(@"^Fit in an image( follows)? \(image\)$"))).ToBeVisibleAsync();
    }

    private string Documents()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "programs")).FullName;
        File.WriteAllText(Path.Combine(folder, "fit.yaml"), Fit);
        File.WriteAllText(
            Path.Combine(folder, "fit-each.yaml"), Fit.Replace("Fit of a scan", "Fit of each scan") + "\naccepts: {types: [mx]}\nwhen: closed\n");
        File.WriteAllText(
            Path.Combine(folder, "fit-in-image.yaml"),
            Fit.Replace("Fit of a scan", "Fit in an image") + "\nimage: ada/tools@1\naccepts: {files: [in-image.txt]}\n");
        foreach (string name in new[] { "statistics.yaml", "reconstruct.yaml" })
        {
            string text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "programs", name));
            File.WriteAllText(Path.Combine(folder, name), text.Replace("state: closed", "state: any"));
        }

        return folder;
    }
}
