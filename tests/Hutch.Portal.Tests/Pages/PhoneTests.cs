using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Pages;

/// <summary>What must be in view on a phone without scrolling sideways.</summary>
public sealed class PhoneTests(Browser browser, Showcase showcase) : IClassFixture<Showcase>
{
    private const int Width = 390, Height = 844;

    [Fact]
    public async Task Every_action_of_a_table_is_in_view_without_a_sideways_scroll()
    {
        await using IBrowserContext window = await showcase.Site.WindowAsync(browser, "admin", Width, Height);
        IPage page = await window.NewPageAsync();
        foreach ((string path, string there) in new[]
        {
            ($"/datasets/{showcase.Lysozyme}/versions", "First frames"), ("/tokens", "admin"), ("/admin/users", "Ada"), ("/admin/storage", "admin"),
            ("/groups", "crystals"), ("/profile", "Sessions"), ($"/datasets/{showcase.Lysozyme}/access", "carol@example.org"), ("/admin/jobs", "Scrub"),
        })
        {
            await page.GotoAsync(path);
            await Expect(page.GetByRole(AriaRole.Main).GetByText(there).First).ToBeVisibleAsync();
            string[] hidden = await page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll('main button, main a, main input, main select')]
                    .filter(each => each.checkVisibility() && !each.closest('nav, [role=tablist]'))
                    .map(each => ({ name: each.getAttribute('aria-label') ?? each.innerText, box: each.getBoundingClientRect() }))
                    .filter(({ box }) => box.width > 0 && (box.left < 0 || box.right > window.innerWidth))
                    .map(({ name, box }) => `${name} at ${Math.round(box.left)} to ${Math.round(box.right)}`)
                """);
            Assert.True(hidden.Length == 0, $"{path}: {string.Join(", ", hidden)}");
        }
    }

    [Fact]
    public async Task The_lineage_is_a_list_that_can_be_read()
    {
        await using IBrowserContext window = await showcase.Site.WindowAsync(browser, "admin", Width, Height);
        IPage page = await window.NewPageAsync();

        await page.GotoAsync($"/datasets/{showcase.Closed}/lineage");
        ILocator items = page.GetByRole(AriaRole.List, new() { Name = "Lineage" }).GetByRole(AriaRole.Listitem);
        await Expect(items).ToHaveCountAsync(4);
        await Expect(items.First).ToContainTextAsync("this dataset");
        await Expect(items.Filter(new() { HasText = "from admin/insulin-solved" })).ToContainTextAsync("admin/insulin-refined");
        foreach (ILocator item in await items.AllAsync())
        {
            LocatorBoundingBoxResult box = (await item.BoundingBoxAsync())!;
            Assert.True(box.X >= 0 && box.X + box.Width <= Width, $"{box.X} to {box.X + box.Width}");
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "admin/insulin-refined" }).ClickAsync();
        await Expect(items.Filter(new() { HasText = "this dataset" })).ToContainTextAsync("admin/insulin-refined");
    }

    [Fact]
    public async Task Menus_dialogs_and_popovers_are_accessible()
    {
        await using IBrowserContext window = await showcase.Site.WindowAsync(browser, "admin", Width, Height);
        IPage page = await window.NewPageAsync();
        string data = $"/datasets/{showcase.Lysozyme}";
        foreach ((string path, string button) in new[]
        {
            (data, "Open with"), (data, "Share"), (data, "Dataset actions"), (data, "Download"), (data, "Upload"), (data + "/versions", "Create version"),
            (data + "/versions", "Tag version 2"), ("/tokens", "New token"), ("/admin/users", "New user"), ("/", "Your account"), ("/groups", "New group"),
        })
        {
            await page.GotoAsync(path);
            await page.GetByRole(AriaRole.Button, new() { Name = button }).First.ClickAsync();
            await page.Locator("[role=dialog], [role=menu]").First.WaitForAsync();
            await page.MustBeAccessibleAsync();
        }
    }
}
