using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Finding datasets and files, and their order.</summary>
public sealed class FindingTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task The_list_searches_metadata_and_begins_with_the_newest()
    {
        string first = await DatasetAsync("b-first");
        await DatasetAsync("c-second");
        await DatasetAsync("a-third");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{first}/metadata", new { sample = new { name = "Thaumatin" } }, Token);
        IPage page = await OpenAsync();
        ILocator names = page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link);

        await page.GotoAsync("/datasets");
        await Expect(names).ToHaveTextAsync(["ada/a-third", "ada/c-second", "ada/b-first"]);
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Order" }).SelectOptionAsync("By name");
        await Expect(names).ToHaveTextAsync(["ada/a-third", "ada/b-first", "ada/c-second"]);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("thaum");
        await Expect(names).ToHaveTextAsync(["ada/b-first"]);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("econ");
        await Expect(names).ToHaveTextAsync(["ada/c-second"]);

        // Back shows the list as it was.
        await names.First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "ada/c-second" })).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(names).ToHaveTextAsync(["ada/c-second"]);
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToHaveValueAsync("econ");
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Order" })).ToHaveValueAsync("name");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("none of this");
        await Expect(page.GetByText("No match")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Back_shows_a_long_list_where_it_was()
    {
        for (int i = 0; i < 40; i++)
        {
            await DatasetAsync($"set-{i:00}");
        }

        IPage page = await OpenAsync();
        await page.GotoAsync("/datasets");
        ILocator oldest = page.GetByRole(AriaRole.Link, new() { Name = "ada/set-00" });
        await oldest.ScrollIntoViewIfNeededAsync();
        double place = await page.EvaluateAsync<double>("() => window.scrollY");
        Assert.True(place > 500, $"The list is scrolled to {place}.");
        await oldest.ClickAsync();
        await Expect(page.GetByText("This dataset is empty")).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<double>("() => window.scrollY"));

        await page.GoBackAsync();

        await Expect(oldest).ToBeInViewportAsync();
        Assert.Equal(place, await page.EvaluateAsync<double>("() => window.scrollY"), 2.0);
    }

    [Fact]
    public async Task The_filter_of_files_finds_any_part_of_a_name_whatever_its_capitals()
    {
        string id = await DatasetAsync(
            "filtered", ("Scan_01_MASTER.h5", "1"), ("scan_02_master.h5", "2"), ("scan_02_data.h5", "3"), ("masters/a.txt", "4"));
        IPage page = await OpenAsync();
        ILocator names = page.GetByRole(AriaRole.Grid).GetByRole(AriaRole.Link);

        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("Master");
        await Expect(names).ToHaveTextAsync(["masters", "Scan_01_MASTER.h5", "scan_02_master.h5"]);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("02_");
        await Expect(names).ToHaveTextAsync(["scan_02_data.h5", "scan_02_master.h5"]);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("nothing");
        await Expect(page.GetByText("No match")).ToBeVisibleAsync();

        // Files in other folders are one click away.
        await page.GetByRole(AriaRole.Searchbox).FillAsync("A.TXT");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search the whole dataset" }).ClickAsync();
        await Expect(names).ToHaveTextAsync(["masters/a.txt"]);
        await names.First.ClickAsync();
        await Expect(page).ToHaveURLAsync(Site.Url($"/datasets/{id}/files/masters/a.txt"));
    }

    [Fact]
    public async Task Numbers_in_names_are_ordered_as_numbers_beyond_the_first_page_too()
    {
        const int Files = 1_200;
        string id = await ManyEntries.PushAsync(Site, Token, "numbered", Files - 1, static i => $"frame{i + 1}.cbf");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/frame{Files}.cbf", new StringContent("the same"), Token);
        IPage page = await OpenAsync();
        ILocator names = page.GetByRole(AriaRole.Grid).GetByRole(AriaRole.Link);

        await page.GotoAsync($"/datasets/{id}");
        await Expect(names.Nth(1)).ToHaveTextAsync("frame2.cbf");
        await Expect(names.Nth(9)).ToHaveTextAsync("frame10.cbf");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/frame700.cbf", new StringContent("longer than it was"), Token);
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Size" }).ClickAsync();
        await Expect(names.First).ToHaveTextAsync("frame700.cbf");
        await page.GetByRole(AriaRole.Button, new() { Name = "Modified" }).ClickAsync();
        await Expect(names.First).ToHaveTextAsync("frame700.cbf");
        await Expect(names.Nth(1)).ToHaveTextAsync($"frame{Files}.cbf");
    }

    [Fact]
    public async Task Rows_of_a_difference_open_the_file_in_the_version_that_has_it()
    {
        string id = await DatasetAsync("changing", ("stays.txt", "before"), ("goes.txt", "gone later"));
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { }, Token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/stays.txt", new StringContent("after"), Token);
        await Site.RequestAsync(HttpMethod.Delete, $"datasets/{id}/entries/goes.txt", null, Token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/new/a%23b.txt", new StringContent("came"), Token);
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { }, Token);
        IPage page = await OpenAsync();

        foreach ((string path, string text, string version) in new[] { ("goes.txt", "gone later", "@1"), ("new/a#b.txt", "came", "@2"), ("stays.txt", "after", "@2") })
        {
            await page.GotoAsync($"/datasets/{id}/versions?from=1&to=2");
            await page.GetByRole(AriaRole.List, new() { Name = "Differences" }).GetByRole(AriaRole.Link, new() { Name = path }).ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = $"Open version {version[1..]}" }).ClickAsync();
            await Expect(page.GetByText($"Viewing version {version}")).ToBeVisibleAsync();
            await Expect(page.GetByText(text, new() { Exact = true })).ToBeVisibleAsync();
        }
    }
}
