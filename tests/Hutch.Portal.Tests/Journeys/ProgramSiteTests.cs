using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Where a program runs, as the page of a dataset with a copy at another site offers it.</summary>
public sealed class ProgramSiteTests(Browser browser) : Journey(browser)
{
    private const string Copies = """
        {"home": "hutch", "epoch": 1, "items": [{"site": "compute", "state": "complete", "asked": "2026-01-01T09:00:00Z"}]}
        """;

    protected override string Programs
    {
        get
        {
            string folder = Directory.CreateDirectory(Path.Combine(Folder, "programs")).FullName;
            File.WriteAllText(Path.Combine(folder, "fit.yaml"), Document("Fit of a scan", "auto"));
            File.WriteAllText(Path.Combine(folder, "moved.yaml"), Document("Fit elsewhere", "compute"));
            return folder;
        }
    }

    [Fact]
    public async Task A_person_chooses_the_site_of_a_program_unless_its_document_does()
    {
        string id = await DatasetAsync("scan", ("a.txt", "alpha"));
        IPage page = await OpenAsync();
        await page.RouteAsync(
            $"**/datasets/{id}/copies", static route => route.FulfillAsync(new() { ContentType = "application/json", Body = Copies }));
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Process" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Process this dataset" });
        await Expect(dialog).ToContainTextAsync("It runs at a site that has the bytes of the dataset.");
        await ChooseAsync(page, "Site", "compute");
        await page.PictureAsync("process-site");
        await page.MustBeAccessibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no site 'compute' in this zone");

        await ChooseAsync(page, "Program", "Fit elsewhere");
        await Expect(dialog).ToContainTextAsync("It runs at the site compute.");
        await Expect(dialog.GetByRole(AriaRole.Textbox, new() { Name = "Site" })).ToHaveCountAsync(0);

        await ChooseAsync(page, "Program", "Fit of a scan");
        await ChooseAsync(page, "Site", "a site that has the bytes");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"{id}/analysis\\?run=[0-9a-f]{{32}}$"));
    }

    private static string Document(string title, string site) =>
        $"title: {title}\nversion: \"1\"\ncommand: [cp, -r, \"{{input}}\", \"{{output}}\"]\nsite: {site}\n";

    private static async Task ChooseAsync(IPage page, string label, string option)
    {
        await page.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = option, Exact = true }).ClickAsync();
    }
}
