using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Sharing datasets, and revoking access.</summary>
public sealed class SharingTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_share_link_works_without_an_account_until_it_is_revoked()
    {
        string id = await DatasetAsync("lysozyme", ("notes.txt", "for your eyes"));
        string other = await DatasetAsync("secret");
        IPage page = await OpenAsync();

        await page.GotoAsync($"/datasets/{id}/access");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        string link = await page.GetByRole(AriaRole.Textbox, new() { Name = "Share link" }).InnerTextAsync();
        Assert.Contains("/s#hutchlink_", link, StringComparison.Ordinal);

        IPage theirs = await OpenAsStrangerAsync();
        List<string> asked = [];
        theirs.Request += (_, request) => asked.Add(request.Url);
        await theirs.GotoAsync(link);
        await theirs.GetByRole(AriaRole.Link, new() { Name = "notes.txt" }).ClickAsync();
        await Expect(theirs.GetByText("for your eyes")).ToBeVisibleAsync();
        await theirs.PictureAsync("share-stranger");
        Assert.DoesNotContain(asked, url => url.Contains("hutchlink_", StringComparison.Ordinal) && !url.Contains('#', StringComparison.Ordinal));
        await theirs.GotoAsync($"/datasets/{other}");
        await Expect(theirs.GetByText("Dataset not found")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Share links" })).ToHaveCountAsync(0);
        await theirs.GotoAsync($"/datasets/{id}");
        await Expect(theirs.GetByText("notes.txt")).ToHaveCountAsync(0);
        await theirs.Context.ClearCookiesAsync();
        await theirs.GotoAsync("about:blank");
        await theirs.GotoAsync(link);
        await Expect(theirs.GetByText("Could not open the link")).ToBeVisibleAsync();
        await theirs.PictureAsync("share-withdrawn");
    }

    [Fact]
    public async Task A_user_gets_access_and_loses_it_again()
    {
        await Site.UserAsync("bob");
        string id = await DatasetAsync("lysozyme", ("notes.txt", "hello"));
        IPage page = await OpenAsync();
        IPage bob = await OpenAsync("bob");

        await page.GotoAsync($"/datasets/{id}/access");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Person, group or email" }).FillAsync("bob");
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Access of user:bob" })).ToHaveValueAsync("read");
        await page.PictureAsync("dataset-access");

        // Bob learns of it, and is led there.
        await bob.GotoAsync("/groups");
        await bob.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Notifications, [0-9]+ new$") }).ClickAsync();
        ILocator notice = bob.GetByRole(AriaRole.Link, new() { Name = "shared ada/lysozyme with you" });
        await Expect(notice).ToBeVisibleAsync();
        await bob.PictureAsync("notifications");
        await bob.MustBeAccessibleAsync();
        await notice.ClickAsync();
        await Expect(bob.GetByText("notes.txt")).ToBeVisibleAsync();
        await Expect(bob.GetByRole(AriaRole.Button, new() { Name = "Notifications", Exact = true })).ToBeVisibleAsync();

        await bob.GotoAsync("/shared");
        await bob.GetByRole(AriaRole.Link, new() { Name = "ada/lysozyme" }).ClickAsync();
        await Expect(bob.GetByText("notes.txt")).ToBeVisibleAsync();
        await Expect(bob.GetByRole(AriaRole.Button, new() { Name = "Upload" })).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove user:bob" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Access of user:bob" })).ToHaveCountAsync(0);
        await bob.GotoAsync("/shared");
        await Expect(bob.GetByText("Nothing shared with you yet")).ToBeVisibleAsync();
        await bob.PictureAsync("shared-empty");
    }

    [Fact]
    public async Task A_dataset_is_offered_and_becomes_the_receivers_when_they_accept()
    {
        await Site.UserAsync("bob");
        string id = await DatasetAsync("lysozyme", ("notes.txt", "hello"));
        IPage page = await OpenAsync();
        IPage bob = await OpenAsync("bob");

        await page.GotoAsync($"/datasets/{id}/settings");
        await page.GetByLabel("New owner").FillAsync("bob");
        await page.GetByRole(AriaRole.Button, new() { Name = "Transfer" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Transfer" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Offered to user:bob" }).First).ToBeVisibleAsync();

        await bob.GotoAsync("/");
        await Expect(bob.GetByText("ada offers you a dataset")).ToBeVisibleAsync();
        await Expect(bob.GetByText("ada keeps no access.")).ToBeVisibleAsync();
        await bob.PictureAsync("datasets-offered");
        await bob.GetByRole(AriaRole.Button, new() { Name = "Accept" }).ClickAsync();
        await bob.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Accept" }).ClickAsync();
        await Expect(bob.GetByRole(AriaRole.Link, new() { Name = "bob/lysozyme" })).ToBeVisibleAsync();
        await Expect(bob.GetByText("ada offers you a dataset")).ToHaveCountAsync(0);
    }
}
