using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Searching: the page with its filters, and the field that opens anywhere.</summary>
public sealed class SearchTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task Filters_narrow_the_results_and_are_in_the_URL()
    {
        await ScanAsync("short-wave", "lysozyme", 0.9);
        await ScanAsync("long-wave", "lysozyme", 1.5);
        await ScanAsync("other", "thaumatin", 1.2);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        ILocator names = page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link);
        ILocator field = page.GetByRole(AriaRole.Searchbox, new() { Name = "Search datasets" });

        await page.GotoAsync("/search?q=type:mx");
        await Expect(names).ToHaveTextAsync(["ada/other", "ada/long-wave", "ada/short-wave"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "lysozyme 2 datasets" }).ClickAsync();
        await Expect(names).ToHaveTextAsync(["ada/long-wave", "ada/short-wave"]);
        await Expect(field).ToHaveValueAsync("type:mx sample:lysozyme");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Wavelength to, Å" }).FillAsync("1");
        await page.Keyboard.PressAsync("Enter");
        await Expect(names).ToHaveTextAsync(["ada/short-wave"]);
        await Expect(page).ToHaveURLAsync(new Regex("wavelength"));
        await page.GoBackAsync();
        await Expect(names).ToHaveTextAsync(["ada/long-wave", "ada/short-wave"]);
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Order" }).SelectOptionAsync("Wavelength, least first");
        await Expect(names).ToHaveTextAsync(["ada/short-wave", "ada/long-wave"]);
        await field.FillAsync("energy > 12");
        await Expect(page.GetByText("At character 1: Types write 'energy' in different units")).ToBeVisibleAsync();
        await Expect(page.GetByText("This search is not understood")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Sample" })).ToBeVisibleAsync();
        await field.FillAsync("");
        await Expect(names).ToHaveCountAsync(3);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Control_and_K_opens_a_search_that_the_keyboard_alone_uses()
    {
        string id = await ScanAsync("by-keys", "lysozyme", 0.9);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync("/trash");
        await Expect(page.GetByText("The trash is empty")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Control+k");
        ILocator field = page.GetByRole(AriaRole.Combobox, new() { Name = "Search datasets, pages and commands" });
        await Expect(field).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("lyso");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "ada/by-keys" })).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("palette");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex($"/datasets/{id}"));
        await page.Keyboard.PressAsync("Control+k");
        await Expect(field).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("type:mx");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex(@"/search\?q=type(:|%3A)mx"));
        await Expect(page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link)).ToHaveTextAsync(["ada/by-keys"]);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_search_finds_parts_of_names_and_other_forms_and_says_where_it_found_a_word()
    {
        await ScanAsync("tetragonal-crystal", "lysozyme", 0.9);
        await ScanAsync("other", "thaumatin", 1.2);
        IPage page = await OpenAsync();
        ILocator names = page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link);
        ILocator field = page.GetByRole(AriaRole.Searchbox, new() { Name = "Search datasets" });

        await page.GotoAsync("/search?q=crystals");
        await Expect(names).ToHaveTextAsync(["ada/tetragonal-crystal"]);
        await field.FillAsync("agonal");
        await Expect(names).ToHaveTextAsync(["ada/tetragonal-crystal"]);
        await field.FillAsync("thau");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ada/other" })).ToContainTextAsync("Metadata: thaumatin");
    }

    [Fact]
    public async Task The_search_that_opens_anywhere_has_recent_datasets_pages_commands_and_files()
    {
        string id = await DatasetAsync("by-file", ("raw/gainmap.txt", "1"));
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { message = "First" }, Token);
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}/metadata");
        await Expect(page.GetByText("No metadata yet")).ToBeVisibleAsync();
        ILocator field = page.GetByRole(AriaRole.Combobox, new() { Name = "Search datasets, pages and commands" });
        ILocator options = page.GetByRole(AriaRole.Option);

        await page.Keyboard.PressAsync("Control+k");
        await Expect(options.Filter(new() { HasText = "ada/by-file" })).ToBeVisibleAsync();
        await field.FillAsync("dark mode");
        await options.Filter(new() { HasText = "Switch to dark mode" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-mantine-color-scheme", "dark");
        await page.Keyboard.PressAsync("Control+k");
        await field.FillAsync("gainm");
        await options.Filter(new() { HasText = "File name: gainmap" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Grid).GetByText("gainmap.txt")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Find a file by name");
        await page.MustBeAccessibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("t");
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("gain");
        await Expect(page.GetByRole(AriaRole.Grid).GetByText("gainmap.txt")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Keys_go_to_pages_and_from_row_to_row()
    {
        await ScanAsync("first", "lysozyme", 0.9);
        await ScanAsync("second", "lysozyme", 0.9);
        IPage page = await OpenAsync();
        await page.GotoAsync("/live");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Live", Exact = true })).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Datasets", Exact = true })).ToBeVisibleAsync();
        ILocator links = page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link);
        await links.First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(links.Nth(1)).ToBeFocusedAsync();
        Assert.Equal(1, await links.EvaluateAllAsync<int>("all => all.filter(one => one.tabIndex === 0).length"));
        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_page_that_comes_late_leaves_the_keys_to_the_search()
    {
        IPage page = await OpenAsync();
        ILocator field = page.GetByRole(AriaRole.Combobox, new() { Name = "Search datasets, pages and commands" });
        List<string> errors = page.Listen();
        var mayCome = new TaskCompletionSource();
        await page.RouteAsync("**/assets/GroupsPage-*.js", async route =>
        {
            await mayCome.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/trash");
        await Expect(page.GetByText("The trash is empty")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Groups" }).ClickAsync();
        await page.Keyboard.PressAsync("Control+k");
        await Expect(field).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("lyso");
        mayCome.SetResult();
        await Expect(page.Locator("main h1")).ToHaveTextAsync("Groups");
        await page.Keyboard.TypeAsync("zyme");

        await Expect(field).ToHaveValueAsync("lysozyme");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_search_page_is_accessible_on_each_screen_and_phones_show_filters_behind_a_button()
    {
        await ScanAsync("short-wave", "lysozyme", 0.9);
        await ScanAsync("long-wave", "5\" wafer", 1.5);
        IPage page = await OpenAsync();
        ILocator names = page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link);
        ILocator filter = page.GetByRole(AriaRole.Button, new() { Name = "5\" wafer 1 dataset" });

        await page.GotoAsync("/search?q=type:mx+sample:lysozyme");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "lysozyme 1 dataset" })).ToHaveAttributeAsync("aria-pressed", "true");
        await page.LookAsync(("search", 1280, 800, ColorScheme.Light), ("search-dark", 1280, 800, ColorScheme.Dark));

        await page.SetViewportSizeAsync(390, 844);
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Filters" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "lysozyme 1 dataset" })).ToHaveAttributeAsync("aria-pressed", "true");
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("search-phone");

        await page.GotoAsync("/search?q=type:mx");
        await Expect(names).ToHaveCountAsync(2);
        await Expect(filter).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Filters" }).ClickAsync();
        await filter.ClickAsync();
        await Expect(names).ToHaveTextAsync(["ada/long-wave"]);
        await Expect(filter).ToHaveAttributeAsync("aria-pressed", "true");

        // A search that does not arrive is not called one that cannot be read.
        await page.RouteAsync(new Regex("/api/v1/search"), route => route.FulfillAsync(new() { Status = 500, Body = "" }));
        await page.GotoAsync("/search?q=type:mx");
        await Expect(page.GetByText("Could not search")).ToBeVisibleAsync();
        await Expect(page.GetByText("This search is not understood")).ToHaveCountAsync(0);
    }

    private async Task<string> ScanAsync(string name, string sample, double wavelength)
    {
        string id = (await Site.RequestAsync(HttpMethod.Post, "datasets", new { name, type = "mx/rotation" }, Token)).GetProperty("id").GetString()!;
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/metadata", new { sample, wavelength }, Token);
        return id;
    }
}
