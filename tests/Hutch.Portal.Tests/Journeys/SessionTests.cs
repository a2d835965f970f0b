using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Expired sessions keep the input.</summary>
public sealed class SessionTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_page_whose_session_expired_waits_for_the_same_user()
    {
        await Site.UserAsync("bob");
        IBrowserContext window = await WindowAsync();
        IPage page = await window.NewPageAsync();
        await page.Clock.InstallAsync();
        await page.GotoAsync("/new");
        await page.GetByLabel("Title").FillAsync("Typed with care");

        // Hours later the tab becomes visible again and asks for a login.
        await window.ClearCookiesAsync();
        await page.Clock.FastForwardAsync("02:00:00");
        await page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Your session has expired" });
        await Expect(dialog).ToBeVisibleAsync();
        await Expect(dialog.GetByLabel("Username")).ToHaveValueAsync("ada");

        // Bob logs in in another tab: ada's input must not be sent as his.
        IPage other = await window.NewPageAsync();
        await other.GotoAsync("/login");
        await FirstLoginTests.LogInAsync(other, "bob", PortalSite.Password);
        await Expect(dialog.GetByText("You are now logged in as bob")).ToBeVisibleAsync();
        await dialog.Locator("input[autocomplete=current-password]").FillAsync(PortalSite.Password);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Title")).ToHaveValueAsync("Typed with care");
    }

    [Fact]
    public async Task Another_session_is_listed_and_can_be_logged_out()
    {
        IPage page = await OpenAsync();
        IPage other = await OpenAsync();
        await other.GotoAsync("/datasets");
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Datasets", Exact = true })).ToBeVisibleAsync();

        await page.GotoAsync("/profile");
        ILocator end = page.GetByRole(AriaRole.Button, new() { Name = "Log out Chrome on Linux" });
        await Expect(end).ToHaveCountAsync(1);
        await page.PictureAsync("profile");
        await end.ClickAsync();
        await Expect(end).ToHaveCountAsync(0);
        await other.ReloadAsync();
        await Expect(other.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Link, new() { Name = "Log in" })).ToBeVisibleAsync();
        await Expect(other.GetByRole(AriaRole.Button, new() { Name = "Your account" })).ToHaveCountAsync(0);
    }
}
