using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>What is public, for visitors without a login and for everybody else.</summary>
public sealed class VisitorTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_visitor_finds_and_reads_public_datasets_and_logs_in_from_there()
    {
        string open = await PublishAsync("lysozyme");
        string secret = await DatasetAsync("secret", ("notes.txt", "not for you"));
        IPage page = await OpenAsStrangerAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Public datasets" })).ToBeVisibleAsync();
        await Expect(page.GetByText("1 dataset", new() { Exact = true })).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("visitor");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("293");
        await page.GetByRole(AriaRole.Link, new() { Name = "ada/lysozyme" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "notes.txt" }).ClickAsync();
        await Expect(page.GetByText("for everybody")).ToBeVisibleAsync();
        foreach (string tab in new[] { "Metadata", "History", "Lineage" })
        {
            await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = tab }).ClickAsync();
            await page.MustBeAccessibleAsync();
            await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        }

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Upload" })).ToHaveCountAsync(0);
        await page.PictureAsync("visitor-dataset");
        await page.GotoAsync($"/datasets/{open}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in" }).ClickAsync();
        await FirstLoginTests.LogInAsync(page, "ada", PortalSite.Password);
        await Expect(page).ToHaveURLAsync(Site.Url($"/datasets/{open}"));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Upload" })).ToBeVisibleAsync();

        // Private pages lead to the login, whether or not they exist.
        IPage other = await OpenAsStrangerAsync();
        foreach (string path in new[] { $"/datasets/{secret}", $"/datasets/{Guid.NewGuid()}", "/tokens" })
        {
            await other.GotoAsync(path);
            await Expect(other.GetByLabel("Username")).ToBeVisibleAsync();
            Assert.Contains("/login?return=", other.Url, StringComparison.Ordinal);
        }

        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_visitor_of_a_site_without_public_datasets_is_led_to_the_login()
    {
        await DatasetAsync("secret");
        IPage page = await OpenAsStrangerAsync();

        await page.GotoAsync("/");
        await Expect(page.GetByText("Nothing is public here")).ToBeVisibleAsync();
        await Expect(page.GetByText("secret")).ToHaveCountAsync(0);
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("visitor-nothing");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Log in" }).ClickAsync();
        await FirstLoginTests.LogInAsync(page, "ada", PortalSite.Password);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "ada/secret" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_public_dataset_is_in_the_list_and_the_search_of_everybody()
    {
        await Site.UserAsync("bob");
        await PublishAsync("lysozyme");
        IPage bob = await OpenAsync("bob");

        await bob.GotoAsync("/datasets");
        await Expect(bob.GetByRole(AriaRole.Link, new() { Name = "ada/lysozyme" })).ToBeVisibleAsync();
        await bob.GetByRole(AriaRole.Searchbox).FillAsync("lyso");
        await Expect(bob.GetByText("1 dataset", new() { Exact = true })).ToBeVisibleAsync();
        await bob.GotoAsync("/shared");
        await Expect(bob.GetByText("Nothing shared with you yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_commands_shown_to_a_visitor_need_no_token()
    {
        await PublishAsync("lysozyme");
        IPage page = await OpenAsStrangerAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "ada/lysozyme" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Open with" }).ClickAsync();
        string clone = await page.GetByRole(AriaRole.Textbox, new() { Name = "Clone command" }).InnerTextAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
        string download = await page.GetByRole(AriaRole.Textbox, new() { Name = "Download command" }).InnerTextAsync();

        using var shell = new CommandLine();
        await shell.PasteAsync(clone, "cloned", "''");
        await shell.PasteAsync(download, "loaded", "''");
        Assert.Equal("for everybody", await File.ReadAllTextAsync(shell.PathOf("cloned/lysozyme/notes.txt"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(shell.PathOf("loaded")));
    }

    private async Task<string> PublishAsync(string name)
    {
        string id = await DatasetAsync(name, ("notes.txt", "for everybody"));
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/metadata", new { sample = new { temperature_K = 293 } }, Token);
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { }, Token);
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{id}", new { visibility = "public" }, Token);
        return id;
    }
}
