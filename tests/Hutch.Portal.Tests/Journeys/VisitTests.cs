using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The page of a visit, of a sample and of an instrument.</summary>
public sealed class VisitTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_visit_is_found_from_home_shows_its_data_takes_notes_and_ends()
    {
        string ben = await Site.UserAsync("ben");
        await Site.UserAsync("eve");
        await PutAsync("cm1-1", "cm1");
        await PutAsync("cm2-1", "cm2");
        string id = await Site.DatasetAsync("cm1-1/scan", ben, ("notes.txt", "crystal"));
        await Site.DatasetAsync("cm2-1/other", ben, ("notes.txt", "crystal"));
        foreach (string name in (string[])["cm1-1/scan", "cm2-1/other"])
        {
            JsonElement found = await Site.RequestAsync(HttpMethod.Get, $"datasets/resolve?name={name}", token: ben);
            await Site.RequestAsync(HttpMethod.Put, $"datasets/{found.GetProperty("id").GetString()}/metadata", new { sample = "lyso-1" }, ben);
        }

        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "New data of cm1-1" })).ToContainTextAsync("cm1-1/scan");
        await page.PictureAsync("home-visit");
        await page.MustBeAccessibleAsync();
        await page.GetByRole(AriaRole.List, new() { Name = "Visits" }).GetByRole(AriaRole.Link, new() { Name = "cm1-1" }).ClickAsync();
        await Expect(page.GetByTestId("series")).ToContainTextAsync("cm1-1/scan");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Samples" })).ToContainTextAsync("1 dataset");

        await Expect(page.GetByText("0 of 500", new() { Exact = true })).ToBeVisibleAsync();

        await page.GetByLabel("New note").FillAsync("Crystal **3** diffracts to 1.4 Å.");
        await page.GetByLabel("Pin a dataset").SelectOptionAsync("scan");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write note" }).ClickAsync();
        await Expect(page.GetByLabel("Note 1 by ada").GetByRole(AriaRole.Link, new() { Name = "cm1-1/scan" })).ToBeVisibleAsync();
        await Expect(page.FrameLocator("iframe").Locator("strong")).ToHaveTextAsync("3");
        await Expect(page.GetByLabel("New note")).ToHaveValueAsync("");

        await page.GetByRole(AriaRole.List, new() { Name = "Datasets" }).GetByRole(AriaRole.Button, new() { Name = "Actions of cm1-1/scan" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Menuitem)).ToHaveTextAsync(["Share", "Publish"]);
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Share" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Share scan" })).ToContainTextAsync("Visibility");
        await page.Keyboard.PressAsync("Escape");

        IPage seen = await OpenAsync("ben", height: 844);
        await seen.GotoAsync("/visits/cm1-1");
        await Expect(seen.GetByLabel("Note 1 by ada")).ToBeVisibleAsync();
        await Expect(seen.GetByRole(AriaRole.List, new() { Name = "Samples" })).ToContainTextAsync("1 dataset");
        await seen.LookAsync(
            ("visit-light", 1280, 844, ColorScheme.Light), ("visit-dark", 1280, 844, ColorScheme.Dark), ("visit-phone", 390, 844, ColorScheme.Light));

        await page.GetByRole(AriaRole.Button, new() { Name = "End visit" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "End visit" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "cm1-1", Level = 1 })).ToContainTextAsync("ended");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Remove note 1" })).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.List, new() { Name = "Samples" }).GetByRole(AriaRole.Link, new() { Name = "lyso-1" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/samples/cm1/lyso-1$"));
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Datasets" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await Expect(page.GetByText("soaked for 2 hours")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Note 1 by ada")).ToBeVisibleAsync();
        await page.LookAsync(("sample", 1280, 844, ColorScheme.Light), ("sample-phone", 390, 844, ColorScheme.Light));
        await page.MustBeAccessibleAsync();
        await page.GotoAsync("/instruments/i04");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Visits" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);

        IPage eves = await OpenAsync("eve");
        await eves.GotoAsync("/visits/cm1-1");
        await Expect(eves.GetByRole(AriaRole.Alert)).ToContainTextAsync("no visit");
        Assert.NotEmpty(id);
    }

    [Fact]
    public async Task A_screen_shows_the_running_visit_of_its_instrument_without_a_login_until_its_token_is_revoked()
    {
        string ben = await Site.UserAsync("ben");
        await PutAsync("cm1-1", "cm1");
        string id = await Site.DatasetAsync("cm1-1/scan", ben, ("notes.txt", "crystal"));
        await Site.DatasetAsync("ben/own", ben, ("notes.txt", "crystal"));
        JsonElement token = await Site.RequestAsync(HttpMethod.Post, "tokens", new { instrument = "i04" }, Site.AdminToken);
        string address = "/s#" + token.GetProperty("token").GetString();

        IPage page = await OpenAsStrangerAsync();
        List<string> errors = page.Listen();
        await page.Clock.InstallAsync();
        await page.GotoAsync(address);
        await Expect(page).ToHaveURLAsync(new Regex("/instruments/i04\\?kiosk$"));
        await Expect(page.GetByTestId("series")).ToContainTextAsync("cm1-1/scan");
        await Expect(page.GetByRole(AriaRole.Banner)).ToHaveCountAsync(0);
        await page.PictureAsync("screen");
        await page.MustBeAccessibleAsync();
        await page.GotoAsync("/datasets/" + id);
        await Expect(page).ToHaveURLAsync(new Regex("/instruments/i04\\?kiosk$"));
        Assert.Empty(errors);

        await Expect(page.GetByTestId("series")).ToContainTextAsync("cm1-1/scan");
        await Site.RequestAsync(HttpMethod.Delete, "tokens/" + token.GetProperty("id").GetString(), token: Site.AdminToken);

        // The screen that is open says so, and leaves nothing that looks live.
        await page.Clock.FastForwardAsync(11_000);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Its token was revoked or has expired");
        await Expect(page.GetByTestId("series")).ToHaveCountAsync(0);
        await Expect(page.GetByText("cm1-1", new() { Exact = true })).ToHaveCountAsync(0);
        await page.PictureAsync("screen-revoked");
        await page.GotoAsync("about:blank");
        await page.GotoAsync(address);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The token of this screen was revoked");
    }

    private Task<JsonElement> PutAsync(string name, string proposal) => Site.RequestAsync(
        HttpMethod.Post,
        "visits",
        new
        {
            name,
            title = "Inhibitors of lysozyme",
            proposal,
            instrument = "i04",
            begin = "2026-01-01T09:00:00Z",
            end = "2090-01-04T09:00:00Z",
            embargo = "2093-01-01T00:00:00Z",
            people = new object[] { new { user = "ada", role = "principal-investigator" }, new { user = "ben", role = "local-contact" } },
            samples = new object[] { new { name = "lyso-1", description = "soaked for 2 hours" }, new { name = "lyso-2" } },
            quotaBytes = 20_000_000_000_000,
            coreHours = 500,
        },
        Site.AdminToken);
}
