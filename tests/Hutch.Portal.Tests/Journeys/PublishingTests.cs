using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>A dataset is described and published in the portal, and read by strangers.</summary>
public sealed class PublishingTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task An_owner_describes_and_publishes_a_dataset_and_withdraws_it_on_each_screen()
    {
        string id = await ClosedAsync();
        IPage page = await OpenAsync(height: 900);
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/publication");

        // Typed text survives a change of page and a reload, until it is discarded.
        ILocator typed = page.GetByLabel("Abstract");
        await typed.FillAsync("typed, not saved");
        await page.GetByRole(AriaRole.Link, new() { Name = "Metadata" }).ClickAsync();
        await page.GoBackAsync();
        await Expect(typed).ToHaveValueAsync("typed, not saved");
        await page.ReloadAsync();
        await Expect(typed).ToHaveValueAsync("typed, not saved");
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(typed).ToHaveValueAsync("");

        // A draft with a mistake is saved, and the page names the mistake.
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Frames of lysozyme at 100 K");
        await page.GetByLabel("Abstract").FillAsync("A rotation series of a crystal of lysozyme.\nIt was measured to test the portal of a data repository.");
        await page.GetByLabel("Publisher").FillAsync("Beamline 13");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add author" }).ClickAsync();
        await page.GetByLabel("Given names").FillAsync("Ada");
        await page.GetByLabel("Family name").FillAsync("Lovelace");
        await page.GetByLabel("ORCID iD").FillAsync("0000-0002-1825-0098");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the draft" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "is not an ORCID iD" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true })).ToBeDisabledAsync();
        await LookAsync(page, "publication-draft");

        // Mended, it is published.
        await page.GetByLabel("ORCID iD").FillAsync("0000-0002-1825-0097");
        await Expect(page.GetByText("Save the draft before you publish it.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the draft" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("Everybody can download them now")).ToBeCheckedAsync();
        await LookAsync(page, "publish-dialog");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Publish" }).ClickAsync();
        ILocator link = page.GetByRole(AriaRole.Link, new() { Name = "Open its page" });
        await Expect(link).ToBeVisibleAsync();
        await LookAsync(page, "published");

        // A stranger reads its page, and gets a file from it.
        IPage stranger = await OpenAsStrangerAsync();
        List<string> strangers = stranger.Listen();
        await stranger.GotoAsync((await link.GetAttributeAsync("href"))!);
        await Expect(stranger.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Frames of lysozyme at 100 K");
        foreach ((string suffix, int width, int height) in new[] { ("-phone", 390, 844), ("", 1280, 900) })
        {
            await stranger.SetViewportSizeAsync(width, height);
            await stranger.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
            await stranger.MustBeAccessibleAsync();
            (await stranger.PictureAsync("landing" + suffix)).MustBeDrawn("landing" + suffix, isDark: false);
            await stranger.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
            await stranger.MustBeAccessibleAsync(onlyColours: true);
            (await stranger.PictureAsync("landing-dark" + suffix)).MustBeDrawn("landing-dark" + suffix, isDark: true);
        }

        IDownload file = await stranger.RunAndWaitForDownloadAsync(
            () => stranger.GetByRole(AriaRole.Link, new() { Name = "raw/frame 1.cbf" }).ClickAsync());
        Assert.Equal("one", await File.ReadAllTextAsync((await file.PathAsync())!, TestContext.Current.CancellationToken));
        Assert.Empty(await stranger.Context.CookiesAsync());

        // Everyone with access to the dataset in the portal finds how to cite it.
        await MustCiteAsync(stranger, id);

        // Withdrawn, the page says why.
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        await dialog.GetByLabel("Reason").FillAsync("The wavelength was wrong.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main).GetByText("The wavelength was wrong.")).ToBeVisibleAsync();
        await stranger.ReloadAsync();
        await Expect(stranger.GetByText("The wavelength was wrong.")).ToBeVisibleAsync();
        await Expect(stranger.GetByRole(AriaRole.Link, new() { Name = "raw/frame 1.cbf" })).ToHaveCountAsync(0);
        await LookAsync(stranger, "landing-withdrawn");
        Assert.Empty(errors);
        Assert.Empty(strangers);
    }

    /// <summary>The page at a desk and on a phone; it must be accessible in both.</summary>
    private static Task LookAsync(IPage page, string name) =>
        page.LookAsync((name, 1280, 900, ColorScheme.Light), (name + "-phone", 390, 844, ColorScheme.Light));

    private static async Task MustCiteAsync(IPage page, string id)
    {
        string landing = page.Url;
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cite" }).ClickAsync();
        ILocator citation = page.GetByRole(AriaRole.Textbox, new() { Name = "Citation" });
        await Expect(citation).ToContainTextAsync("Lovelace, A.");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Address to cite" })).ToContainTextAsync($"/publications/{id}");
        await LookAsync(page, "cite");
        await page.GetByText("BibTeX", new() { Exact = true }).ClickAsync();
        await Expect(citation).ToContainTextAsync("@misc{lovelace");
        await page.GetByText("RIS", new() { Exact = true }).ClickAsync();
        await Expect(citation).ToContainTextAsync("TY  - DATA");
        await page.GetByText("CSL JSON", new() { Exact = true }).ClickAsync();
        await Expect(citation).ToContainTextAsync("date-parts");
        await page.GotoAsync(landing);
    }

    private async Task<string> ClosedAsync()
    {
        string id = await DatasetAsync("lysozyme", ("raw/frame 1.cbf", "one"), ("notes.txt", "two"));
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/close", new { }, Token);
        return id;
    }
}
