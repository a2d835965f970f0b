using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Pages;

/// <summary>Every page: no accessibility violation, no script error, no overflow, the accepted layout; a screenshot is saved.</summary>
public sealed class PageTests(Browser browser, Showcase showcase) : IClassFixture<Showcase>
{
    /// <summary>Name of the screenshot, path, and a text that shows that the page is loaded.</summary>
    private (string Name, string Path, string There)[] Pages =>
    [
        ("home", "/", "New data"),
        ("datasets", "/datasets", "Lysozyme at room temperature"),
        ("help", "/help", "Logging in"),
        ("search", "/search", "Visibility"),
        ("live-uploads", "/live", "All is well"),
        ("shared", "/shared", "ada/from-ada"),
        ("trash", "/trash", "admin/thrown-away"),
        ("space", "/space", "admin/thrown-away"),
        ("new-dataset", "/new", "Used in commands"),
        ("derive", $"/new?from={showcase.Closed}", "permanent link"),
        ("dataset", $"/datasets/{showcase.Lysozyme}", "results.csv"),
        ("folder-hostile", $"/datasets/{showcase.Lysozyme}/files/notes/", "onerror"),
        ("preview-table", $"/datasets/{showcase.Lysozyme}/files/results.csv", "n_spots"),
        ("preview-lines", $"/datasets/{showcase.Lysozyme}/files/events.jsonl", "beam lost"),
        ("preview-text", $"/datasets/{showcase.Lysozyme}/files/notes.txt", "more"),
        ("preview-html", $"/datasets/{showcase.Lysozyme}/files/notes/report.html", "modified"),
        ("preview-json", $"/datasets/{showcase.Lysozyme}/files/notes/header.json", "wavelength"),
        ("preview-hex", $"/datasets/{showcase.Lysozyme}/files/notes/dump.raw", "7f 52 41 57"),
        ("version", $"/datasets/{showcase.Lysozyme}?at=1", "Viewing version"),
        ("metadata", $"/datasets/{showcase.Lysozyme}/metadata", "293.5"),
        ("metadata-empty", $"/datasets/{showcase.Empty}/metadata", "No metadata yet"),
        ("versions", $"/datasets/{showcase.Lysozyme}/versions", "First frames"),
        ("difference", $"/datasets/{showcase.Lysozyme}/versions?from=1&to=2", "1 added"),
        ("compare", $"/compare?left={showcase.Lysozyme}&right={showcase.Closed}&show=files", "results.csv"),
        ("lineage", $"/datasets/{showcase.Closed}/lineage", "admin/insulin-refined"),
        ("lineage-empty", $"/datasets/{showcase.Empty}/lineage", "No lineage yet"),
        ("analysis-empty", $"/datasets/{showcase.Empty}/analysis", "No frames to analyse"),
        ("activity", $"/datasets/{showcase.Lysozyme}/activity", "ada can read the data"),
        ("access", $"/datasets/{showcase.Lysozyme}/access", "carol@example.org"),
        ("publication", $"/datasets/{showcase.Closed}/publication", "Abstract"),
        ("settings", $"/datasets/{showcase.Lysozyme}/settings", "Transfer ownership"),
        ("tokens", "/tokens", "admin"),
        ("profile", "/profile", "Sessions"),
        ("groups", "/groups", "crystals"),
        ("admin-activity", "/admin/activity", "people using the site"),
        ("facility-none", "/admin/facility", "This server watches no folders"),
        ("admin-users", "/admin/users", "Ada"),
        ("admin-storage", "/admin/storage", "On disk"),
        ("admin-jobs", "/admin/jobs", "Scrub"),
        ("admin-servers", "/admin/servers", "The whole site is in its data folder"),
        ("admin-sites", "/admin/sites", "No other site"),
        ("admin-audit", "/admin/audit", "Target"),
        ("not-found", "/there/is/no/such/page", "Page not found"),
    ];

    [Fact]
    public async Task All_pages_light_and_dark_and_on_a_phone()
    {
        await using IBrowserContext window = await showcase.Site.WindowAsync(browser, "admin");
        IPage page = await window.NewPageAsync();
        List<string> errors = page.Listen();
        var baselines = new Baselines();
        List<string> wrong = await LookAtAllAsync(page, baselines, "");

        // The home page shows what this browser opened before.
        await page.EvaluateAsync("() => localStorage.clear()");
        wrong.AddRange(await LookAtAllAsync(page, baselines, "-phone", 390, 844));
        baselines.Save();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Key_elements_are_drawn_in_their_colours()
    {
        await using IBrowserContext window = await showcase.Site.WindowAsync(browser, "admin");
        IPage page = await window.NewPageAsync();

        // The primary button, an image in a README, a sandboxed page, and the edges of the lineage graph.
        await page.GotoAsync("/datasets");
        await MustBePaintedAsync(page.GetByRole(AriaRole.Link, new() { Name = "New dataset" }), (0x06, 0x6a, 0x7c), 2000);
        await page.SetViewportSizeAsync(1280, 1600);
        await page.GotoAsync($"/datasets/{showcase.Lysozyme}");
        await MustBePaintedAsync(page.Locator("iframe[title='README.md']"), (0xe6, 0xf5, 0xf7), 5000);
        await page.GotoAsync($"/datasets/{showcase.Lysozyme}/files/notes/report.html");
        await MustBePaintedAsync(page.Locator("iframe[title='report.html']"), (0, 0, 0), 200);
        await page.GotoAsync($"/datasets/{showcase.Closed}/lineage");
        await MustBePaintedAsync(page.Locator(".react-flow"), (0xb1, 0xb1, 0xb7), 50);

        async Task MustBePaintedAsync(ILocator part, (byte, byte, byte) colour, int least)
        {
            await Expect(part).ToBeVisibleAsync();
            Picture picture = await page.PictureAsync("painted");
            LocatorBoundingBoxResult box = (await part.BoundingBoxAsync())!;
            int found = picture.Count((box.X, box.Y, box.Width, box.Height), colour);
            Assert.True(found >= least, $"{page.Url}: {found} pixels of {part} have the colour {colour}.");
        }
    }

    [Fact]
    public async Task A_printed_page_has_its_content_without_navigation_and_buttons()
    {
        await using IBrowserContext window = await showcase.Site.WindowAsync(browser, "admin");
        IPage page = await window.NewPageAsync();
        await page.GotoAsync($"/datasets/{showcase.Lysozyme}");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "results.csv" })).ToBeVisibleAsync();

        ILocator[] tools =
        [
            page.GetByRole(AriaRole.Banner), page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }),
            page.GetByRole(AriaRole.Button, new() { Name = "Open with" }),
        ];
        foreach (ILocator tool in tools)
        {
            await Expect(tool).ToBeVisibleAsync();
        }

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "results.csv" })).ToBeVisibleAsync();
        foreach (ILocator tool in tools)
        {
            await Expect(tool).ToBeHiddenAsync();
        }
    }

    [Fact]
    public async Task Pages_without_a_login_are_accessible_too()
    {
        await using IBrowserContext window = await showcase.Site.AnonymousAsync(browser);
        IPage page = await window.NewPageAsync();
        foreach (string path in new[] { "/", "/login", "/s#", "/invite#" })
        {
            await page.GotoAsync("about:blank");
            await page.GotoAsync(path);
            await page.MustBeAccessibleAsync();
            await page.PictureAsync(path == "/" ? "anonymous" : "anonymous-" + path.Trim('/').TrimEnd('#'));
        }
    }

    /// <summary>Opens each page in the light scheme, and changes to the dark one while it is open.</summary>
    private async Task<List<string>> LookAtAllAsync(IPage page, Baselines baselines, string suffix, int width = 1280, int height = 800)
    {
        ColorScheme[] schemes = [ColorScheme.Light, ColorScheme.Dark];
        var wrong = new List<string>();
        await page.SetViewportSizeAsync(width, height);
        foreach ((string name, string path, string there) in Pages)
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = schemes[0] });
            await (page.Url == "about:blank" ? page.GotoAsync(path) : page.GoInsideAsync(path));
            await Expect(page.Locator("#root").GetByText(there).First).ToBeAttachedAsync();
            foreach (ColorScheme scheme in schemes)
            {
                await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                string full = name + suffix + (scheme == ColorScheme.Dark ? "-dark" : "");
                Picture picture = await page.PictureAsync(full);
                wrong.AddRange(baselines.Compare(full, picture) is { } difference ? [difference] : Array.Empty<string>());
                try
                {
                    // An uploaded page has colours of its own, and fills a phone.
                    picture.MustBeDrawn(full, scheme == ColorScheme.Dark && full != "preview-html-phone-dark");
                    await page.MustBeAccessibleAsync(onlyColours: scheme != schemes[0]);
                }
                catch (Xunit.Sdk.TrueException e)
                {
                    wrong.Add(e.Message);
                }
            }
        }

        return wrong;
    }
}
