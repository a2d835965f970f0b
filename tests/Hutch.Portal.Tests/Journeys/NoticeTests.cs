using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>What the site wrote to a person.</summary>
public sealed class NoticeTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task The_bell_counts_new_notifications_until_they_are_read_and_links_to_them()
    {
        string bob = await Site.UserAsync("bob");
        foreach (string name in new[] { "lysozyme", "insulin" })
        {
            string id = await DatasetAsync(name, ("notes.txt", "hello"));
            await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:bob", new { right = "read" }, Token);
        }

        JsonElement mails = await Site.RequestAsync(HttpMethod.Get, "me/mails", token: bob);
        IPage page = await OpenAsync("bob");
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Shared with you" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        ILocator read = page.GetByRole(AriaRole.Button, new() { Name = "Notifications", Exact = true });

        await page.GetByRole(AriaRole.Button, new() { Name = $"Notifications, {mails.GetProperty("items").GetArrayLength()} new" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "shared ada/insulin with you" })).ToBeVisibleAsync();
        await page.PictureAsync("bell");
        await page.Keyboard.PressAsync("Escape");
        await Expect(read).ToBeVisibleAsync();

        await page.ReloadAsync();
        await Expect(read).ToBeVisibleAsync();
        await read.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "shared ada/lysozyme with you" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "notes.txt" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Data_that_end_soon_are_on_home_until_they_are_kept()
    {
        await Site.RequestAsync(HttpMethod.Post, "datasets", new { name = "scratch", transientDays = 3 }, Token);
        await Site.RequestAsync(HttpMethod.Post, "datasets", new { name = "later", transientDays = 30 }, Token);
        IPage page = await OpenAsync();
        await page.GotoAsync("/");
        ILocator toDo = page.GetByRole(AriaRole.Region, new() { Name = "To do" });
        await Expect(toDo.GetByRole(AriaRole.Listitem)).ToHaveTextAsync(["ada/scratch expires in 3 days"]);
        await page.PictureAsync("home-todo");
        await page.MustBeAccessibleAsync();

        await toDo.GetByRole(AriaRole.Link, new() { Name = "ada/scratch" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dataset actions" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Keep dataset" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Keep dataset" }).ClickAsync();
        await Expect(page.GetByText("The dataset is permanent.")).ToBeVisibleAsync();
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Newest datasets" })).ToBeVisibleAsync();
        await Expect(toDo).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_kind_that_is_muted_in_the_profile_is_in_the_list_of_emails_only()
    {
        string bob = await Site.UserAsync("bob");
        string id = await DatasetAsync("lysozyme", ("notes.txt", "hello"));
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:bob", new { right = "read" }, Token);
        IPage page = await OpenAsync("bob");
        await page.GotoAsync("/profile#notifications");
        ILocator kind = page.GetByRole(AriaRole.Checkbox, new() { Name = "Shared and published datasets in the bell" });

        await page.RunAndWaitForResponseAsync(() => kind.UncheckAsync(), static answer => answer.Request.Method == "PUT" && answer.Ok);
        await page.ReloadAsync();

        await Expect(kind).Not.ToBeCheckedAsync();
        int others = (await Site.RequestAsync(HttpMethod.Get, "me/mails", token: bob)).GetProperty("items").GetArrayLength() - 1;
        await page.GetByRole(AriaRole.Button, new() { Name = $"Notifications, {others} new" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Choose what appears here" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "shared ada/lysozyme with you" })).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "shared ada/lysozyme with you" })).ToBeVisibleAsync();
    }
}
