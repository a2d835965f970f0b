using Hutch.Portal.Tests.Support;
using Hutch.Zone;
using Hutch.Zone.Limits;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>New users join by invite; those who leave transfer what they own.</summary>
public sealed class ComingAndLeavingTests(Browser browser) : Journey(browser)
{
    protected override ZoneOptions Zone => new() { Durable = false, Accounts = new AccountOptions { InvitesMakeAccounts = true } };

    [Fact]
    public async Task A_new_user_accepts_an_invite_whose_email_can_be_read_in_the_portal()
    {
        string id = await DatasetAsync("lysozyme", ("notes.txt", "for carol"));
        IPage page = await OpenAsync();

        await page.GotoAsync($"/datasets/{id}/access");
        await page.GetByLabel("Send to").FillAsync("carol@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create invite" }).ClickAsync();
        string link = await page.GetByRole(AriaRole.Textbox, new() { Name = "Invite link" }).InnerTextAsync();
        await page.GotoAsync("/profile");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("carol@example.org") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { NameRegex = new("carol@example.org") })).ToContainTextAsync("ada/lysozyme");
        await page.PictureAsync("mail");

        IPage theirs = await OpenAsStrangerAsync();
        await theirs.GotoAsync(link);
        await Expect(theirs.GetByText("invites you to the dataset")).ToBeVisibleAsync();
        await theirs.PictureAsync("invite");
        await theirs.MustBeAccessibleAsync();
        await theirs.GetByLabel("Username").FillAsync("carol");
        await theirs.Locator("input[autocomplete=new-password]").FillAsync(PortalSite.Password);
        await theirs.GetByRole(AriaRole.Button, new() { Name = "Create account and accept" }).ClickAsync();
        await theirs.GetByRole(AriaRole.Link, new() { Name = "notes.txt" }).ClickAsync();
        await Expect(theirs.GetByText("for carol")).ToBeVisibleAsync();

        await page.GotoAsync($"/datasets/{id}/access");
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Access of user:carol" })).ToHaveValueAsync("read");
        await Expect(page.GetByText("1 of 1 used")).ToBeVisibleAsync();
        await theirs.Context.ClearCookiesAsync();
        await theirs.GotoAsync("about:blank");
        await theirs.GotoAsync(link);
        await Expect(theirs.GetByText("This invite is no longer valid")).ToBeVisibleAsync();
        await theirs.PictureAsync("invite-used");
    }

    [Fact]
    public async Task A_leaving_user_transfers_everything_and_is_locked_out_at_once()
    {
        await Site.UserAsync("bob");
        string id = await DatasetAsync("lysozyme", ("notes.txt", "kept"));
        await Site.SetPasswordAsync("admin");
        IPage admin = await OpenAsync("admin");
        IPage ada = await OpenAsync();
        IPage bob = await OpenAsync("bob");
        await ada.GotoAsync($"/datasets/{id}");
        await Expect(ada.GetByText("notes.txt")).ToBeVisibleAsync();

        await admin.GotoAsync("/admin/users");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Actions for ada" }).ClickAsync();
        await admin.GetByRole(AriaRole.Menuitem, new() { Name = "Transfer everything" }).ClickAsync();
        await admin.GetByLabel("New owner").FillAsync("bob");
        await admin.PictureAsync("hand-over");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Transfer" }).ClickAsync();
        await Expect(admin.GetByText("Transferred 1 dataset,")).ToBeVisibleAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Actions for ada" }).ClickAsync();
        await admin.GetByRole(AriaRole.Menuitem, new() { Name = "Disable" }).ClickAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Disable account" }).ClickAsync();
        await Expect(admin.GetByText("disabled")).ToBeVisibleAsync();

        await bob.GotoAsync("/datasets");
        await bob.GetByRole(AriaRole.Link, new() { Name = "bob/lysozyme" }).ClickAsync();
        await Expect(bob.GetByRole(AriaRole.Link, new() { Name = "Settings" })).ToBeVisibleAsync();
        await bob.GetByRole(AriaRole.Link, new() { Name = "notes.txt" }).ClickAsync();
        await Expect(bob.GetByText("kept")).ToBeVisibleAsync();
        await ada.ReloadAsync();
        await FirstLoginTests.LogInAsync(ada, "ada", PortalSite.Password);
        await Expect(ada.GetByRole(AriaRole.Alert)).ToContainTextAsync("Login failed");
    }
}
