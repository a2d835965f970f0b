using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The first login.</summary>
public sealed class FirstLoginTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task The_link_of_the_first_start_logs_in_once_then_the_password_does()
    {
        IPage page = await OpenAsStrangerAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync(Site.FirstLink);
        await page.PictureAsync("login-link");
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Profile" })).ToBeVisibleAsync();
        await page.PictureAsync("welcome");
        await page.Locator("input[autocomplete=new-password]").First.FillAsync(PortalSite.Password);
        await page.Locator("input[autocomplete=new-password]").Last.FillAsync(PortalSite.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Set password" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Use the command line" })).ToBeVisibleAsync();
        await page.PictureAsync("home-first");

        await page.GetByRole(AriaRole.Button, new() { Name = "Your account" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Log out" }).ClickAsync();
        await LogInAsync(page, "admin", PortalSite.Password);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Home", Exact = true })).ToBeVisibleAsync();
        Assert.Empty(errors);

        await page.Context.ClearCookiesAsync();
        await page.GotoAsync("about:blank");
        await page.GotoAsync(Site.FirstLink);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(page.GetByText("Could not log in with this link")).ToBeVisibleAsync();
        await page.PictureAsync("login-link-used");
    }

    [Fact]
    public async Task A_new_person_finds_three_ways_to_begin_and_help_on_every_page()
    {
        await Site.UserAsync("bob");
        IPage page = await OpenAsync("bob");

        await page.GotoAsync("/");
        foreach (string way in new[] { "Upload in the browser", "Use the command line", "Look around" })
        {
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = way })).ToBeVisibleAsync();
        }

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "hutch", Exact = true }))
            .ToHaveAttributeAsync("href", "https://downloads.example.org/hutch");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Login command" })).ToHaveTextAsync($"hutch login {Site.Address.ToString().TrimEnd('/')}");
        foreach ((string path, string help) in new[] { ("/", "The portal"), ("/datasets", "Datasets"), ("/new", "Datasets"), ("/tokens", "Tokens"), ("/profile", "Tokens") })
        {
            await page.GotoAsync(path);
            await page.GetByRole(AriaRole.Link, new() { Name = "Help for this page" }).ClickAsync();
            await Expect(page.FrameLocator("iframe").GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(help);
        }
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_get_the_same_message()
    {
        IPage page = await OpenAsStrangerAsync();

        await page.GotoAsync("/datasets/none?x=1");
        await LogInAsync(page, "ada", "wrong");
        string wrong = await page.GetByRole(AriaRole.Alert).InnerTextAsync();
        await page.PictureAsync("login-wrong");
        await page.ReloadAsync();
        await LogInAsync(page, "nobody-of-that-name", "wrong");
        string unknown = await page.GetByRole(AriaRole.Alert).InnerTextAsync();
        Assert.Equal(wrong, unknown);

        await LogInAsync(page, "ada", PortalSite.Password);
        await Expect(page).ToHaveURLAsync(Site.Url("/datasets/none?x=1"));
        await Expect(page.GetByText("Dataset not found")).ToBeVisibleAsync();
    }

    internal static async Task LogInAsync(IPage page, string user, string password)
    {
        await page.GetByLabel("Username").FillAsync(user);
        await page.Locator("input[autocomplete=current-password]").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in", Exact = true }).ClickAsync();
    }
}
