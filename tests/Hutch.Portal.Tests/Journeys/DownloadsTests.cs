using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>How often a dataset was downloaded, for those who manage it.</summary>
public sealed class DownloadsTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task Saving_a_file_counts_as_a_download_of_that_user_and_viewing_does_not()
    {
        string id = await DatasetAsync("lysozyme", ("notes.txt", "for everybody"));
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{id}", new { visibility = "public" }, Token);
        await Site.UserAsync("bob");
        await Site.UserAsync("eve");
        IPage stranger = await OpenAsStrangerAsync();
        IPage bob = await OpenAsync("bob");
        IPage eve = await OpenAsync("eve");
        IPage ada = await OpenAsync();

        foreach (IPage page in new[] { stranger, bob, eve })
        {
            await page.GotoAsync($"/datasets/{id}/files/notes.txt");
            await Expect(page.GetByText("for everybody")).ToBeVisibleAsync();
        }

        await stranger.RunAndWaitForDownloadAsync(() => stranger.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        await bob.GotoAsync($"/datasets/{id}");
        await bob.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
        await bob.RunAndWaitForDownloadAsync(() => bob.GetByRole(AriaRole.Link, new() { Name = "ZIP" }).ClickAsync());
        await ada.GotoAsync($"/datasets/{id}/activity");
        await Expect(ada.GetByText("This dataset was not downloaded yet.")).ToBeVisibleAsync();
        await Site.WriteDownloadsAsync();

        await ada.ReloadAsync();
        ILocator rows = ada.GetByRole(AriaRole.Table, new() { Name = "Downloads" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(0)).ToContainTextAsync("Not logged in");
        await Expect(rows.Nth(1)).ToContainTextAsync("bob");
        await Expect(ada.GetByText("2 downloads")).ToBeVisibleAsync();
        await ada.MustBeAccessibleAsync();
        await ada.PictureAsync("downloads");
        await ada.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await ada.SetViewportSizeAsync(390, 844);
        await ada.PictureAsync("downloads-phone-dark");
        await ada.MustBeAccessibleAsync();
    }
}
