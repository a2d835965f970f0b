using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Hutch.Model;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Finding and viewing datasets and files, by mouse, keyboard and touch.</summary>
public sealed class BrowsingTests(Browser browser) : Journey(browser)
{
    private const string Elsewhere = "elsewhere.example";

    [Fact]
    public async Task A_directory_that_stands_for_another_dataset_leads_there()
    {
        string inner = await DatasetAsync("inner", ("x.txt", "inside"));
        string id = await DatasetAsync(
            "outer", (".gitmodules", $"[submodule \"in\"]\n\tpath = sub/in\n\turl = ./in\n\tdatalad-id = {inner}\n"));
        foreach (string path in new[] { "sub/in", "sub/plain" })
        {
            await Site.RequestAsync(
                HttpMethod.Put, $"datasets/{id}/entries/{path}",
                new ByteArrayContent([]) { Headers = { ContentType = new(HutchMediaTypes.Directory) } }, Token);
        }

        // A version names the datasets inside it.
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { }, Token);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/sub/");
        await Expect(page.GetByText("a dataset of its own")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "in", Exact = true }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "x.txt" })).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Changes_made_elsewhere_appear_without_a_reload_and_a_dialog_of_the_files_stays_open_when_the_dataset_is_closed()
    {
        string id = await DatasetAsync("first", ("a.txt", "a"));
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}");
        await Expect(page.GetByText("a.txt")).ToBeVisibleAsync();
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/b.txt", new StringContent("b"), Token);
        await Expect(page.GetByText("b.txt")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
        ILocator command = page.GetByRole(AriaRole.Textbox, new() { Name = "Download command" });
        await Expect(command).ToBeVisibleAsync();

        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/close", new { message = "Done" }, Token);

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Upload" })).ToHaveCountAsync(0);
        await Expect(command).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_folder_that_is_a_store_of_zarr_says_how_it_is_opened()
    {
        const string Chunk = "\u0001\u0000";
        string id = await DatasetAsync(
            "store", ("old.zarr/.zarray", "{}"), ("old.zarr/0.0", Chunk), ("new.zarr/zarr.json", "{}"), ("new.zarr/c/0/0", Chunk));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        foreach ((string folder, string about) in new[] { ("old.zarr", ".zarray"), ("new.zarr", "zarr.json") })
        {
            await page.GotoAsync($"/datasets/{id}/files/{folder}/");

            await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "zarr.open reads a clone, a mount, or the store by S3" })).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = about })).ToBeVisibleAsync();
            await page.MustBeAccessibleAsync();
        }

        Assert.Empty(errors);
    }

    /// <summary>Markup in files of each kind runs nothing, and asks no other machine for anything: that would tell who reads what.</summary>
    [Fact]
    public async Task Search_finds_a_dataset_and_its_files_are_shown_without_running_scripts_and_without_requests_elsewhere()
    {
        for (int i = 0; i < 5; i++)
        {
            await DatasetAsync($"other-{i}");
        }

        string id = await DatasetAsync(
            "lysozyme",
            ("README.md", $"# Hello\n\n![rings](rings.svg) ![spy](https://{Elsewhere}/readme.png)\n\n<script>top.stolen = 1</script>{Spies("readme")}"),
            ("page.html", "<h1>There</h1><script>top.stolen = 1</script><img src=x onerror='top.stolen = 1'>" + Spies("page")),
            ("table.csv", $"a,b\n1,\"x, y\"\n\"{Spies("cell")}\",2\n"),
            ("fit.ipynb", JsonSerializer.Serialize(new
            {
                nbformat = 4,
                metadata = new { },
                cells = new object[]
                {
                    new { cell_type = "markdown", source = $"# Fit\n![spy](https://{Elsewhere}/cell.png) {Spies("note")}" },
                    new
                    {
                        cell_type = "code", source = "", outputs = new[]
                        {
                            new { output_type = "display_data", data = new Dictionary<string, string> { ["text/html"] = "<p>31.2</p>" + Spies("output") } },
                        },
                    },
                },
            })));
        await Site.RequestAsync(
            HttpMethod.Put,
            $"datasets/{id}/entries/rings.svg",
            new StringContent("<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'><script>top.stolen = 1</script><style>@import 'https://" + Elsewhere + "/svg.css';</style><image href='https://" + Elsewhere + "/svg.png' width='9' height='9'/><rect width='60' height='40' fill='teal'/></svg>", Encoding.UTF8, "image/svg+xml"),
            Token);
        await Site.RequestAsync(
            HttpMethod.Put, $"datasets/{id}/entries/dot.png", new ByteArrayContent(Convert.FromBase64String(Dot)) { Headers = { ContentType = new("image/png") } }, Token);
        IPage page = await OpenAsync();
        var elsewhere = new ConcurrentQueue<string>();
        await page.Context.RouteAsync($"**://{Elsewhere}/**", route =>
        {
            elsewhere.Enqueue(route.Request.Url);
            return route.AbortAsync();
        });

        await page.GotoAsync("/datasets");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("lysoz");
        await Expect(page.GetByText("1 dataset")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "ada/lysozyme" }).ClickAsync();

        IFrameLocator readme = page.FrameLocator("iframe[title='README.md']");
        await Expect(readme.GetByRole(AriaRole.Heading, new() { Name = "Hello" })).ToBeVisibleAsync();
        Assert.Equal(60, await readme.GetByRole(AriaRole.Img, new() { Name = "rings" }).EvaluateAsync<int>("image => image.complete ? image.naturalWidth : image.decode().then(() => image.naturalWidth)"));

        await page.GetByRole(AriaRole.Link, new() { Name = "page.html" }).ClickAsync();
        IFrameLocator framed = page.FrameLocator("iframe[title='page.html']");
        await Expect(framed.GetByRole(AriaRole.Heading, new() { Name = "There" })).ToBeVisibleAsync();
        await page.GotoAsync($"/datasets/{id}/files/table.csv");
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "x, y" })).ToBeVisibleAsync();
        await page.GotoAsync($"/datasets/{id}/files/fit.ipynb");
        await Expect(page.FrameLocator("iframe[title='fit.ipynb']").GetByText("31.2")).ToBeVisibleAsync();
        await page.GotoAsync($"/datasets/{id}/files/rings.svg");
        await Expect(page.FrameLocator("iframe[title='rings.svg']").Locator("rect")).ToBeVisibleAsync();
        await page.GotoAsync($"/datasets/{id}/files/dot.png");
        Assert.Equal(2, await page.GetByRole(AriaRole.Img, new() { Name = "dot.png" }).EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => window.stolen ?? 0"));
        Assert.Empty(elsewhere);

        // A request there would have been seen.
        await Assert.ThrowsAsync<PlaywrightException>(() => page.GotoAsync($"https://{Elsewhere}/"));
        Assert.Single(elsewhere);
    }

    /// <summary>Markup that a browser would follow to another machine.</summary>
    private static string Spies(string place) =>
        $"<img src='https://{Elsewhere}/{place}.png'><link rel=stylesheet href='https://{Elsewhere}/{place}.css'>"
        + $"<style>@import 'https://{Elsewhere}/{place}-import.css'; body {{ background: url(https://{Elsewhere}/{place}-style.png) }}</style>"
        + $"<iframe src='https://{Elsewhere}/{place}.html'></iframe><object data='https://{Elsewhere}/{place}.bin'></object>"
        + $"<video poster='https://{Elsewhere}/{place}-poster.png' src='https://{Elsewhere}/{place}.webm' autoplay></video>"
        + $"<meta http-equiv=refresh content='0;url=https://{Elsewhere}/{place}-refresh'>";

    [Fact]
    public async Task The_best_viewer_shows_a_file_and_tabs_offer_the_others()
    {
        string id = await DatasetAsync(
            "kinds",
            ("run.json", "{\"started_ns\":1763632800123456789,\"detector\":{\"name\":\"EIGER2\"}}"),
            ("broken.json", "{\"started\": "),
            ("frame", "\0\u0001" + string.Concat(Enumerable.Repeat("0123456789abcdef", 600))));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/run.json");
        ILocator tree = page.GetByRole(AriaRole.Region, new() { Name = "Content as a tree" });
        await Expect(tree.GetByText("1763632800123456789")).ToBeVisibleAsync();
        await Expect(tree.GetByText("EIGER2")).ToHaveCountAsync(0);
        await tree.GetByText("detector").ClickAsync();
        await Expect(tree.GetByText("EIGER2")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Radiogroup, new() { Name = "View as" }).GetByText("Text").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as text" })).ToContainTextAsync("\"detector\":{");

        // Not what the name says, and not text.
        await page.GotoAsync($"/datasets/{id}/files/broken.json");
        await Expect(page.GetByText("Not valid JSON")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as text" })).ToContainTextAsync("started");
        await page.GotoAsync($"/datasets/{id}/files/frame");
        ILocator hex = page.GetByRole(AriaRole.Region, new() { Name = "Content as hex" });
        await Expect(hex).ToContainTextAsync("00000000  00 01 30 31");
        await page.GetByLabel("Go to offset").FillAsync("0x2000");
        await page.GetByLabel("Go to offset").PressAsync("Enter");
        await Expect(hex).ToContainTextAsync("00002000  65 66 30 31");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Next" })).ToBeDisabledAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_sandboxed_document_has_no_origin_and_no_network()
    {
        string id = await DatasetAsync(
            "hostile",
            ("page.html", "<script>document.title = 'ran'; fetch('/api/v1/me').then(r => r.text()).then(t => { document.title = t; });</script><form action='/api/v1/logout' method='post'><button>leave</button></form>"));
        IPage page = await OpenAsync();

        // Even when opened directly, without the frame.
        IResponse? response = await page.GotoAsync($"/api/v1/datasets/{id}/entries/page.html?view=sandbox");
        Assert.StartsWith("sandbox; default-src 'none'", response!.Headers["content-security-policy"], StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "leave" }).ClickAsync();
        Assert.Equal("", await page.TitleAsync());
        await page.GotoAsync("/datasets");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Datasets", Exact = true })).ToBeVisibleAsync();

        IDownload download = await page.RunAndWaitForDownloadAsync(async () =>
        {
            await page.GotoAsync($"/datasets/{id}/files/page.html");
            await page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync();
        });
        Assert.Equal("page.html", download.SuggestedFilename);
    }

    [Fact]
    public async Task Five_thousand_entries_work_by_keyboard_and_only_visible_rows_are_rendered()
    {
        const int Entries = 5_000;
        string id = await ManyEntries.PushAsync(Site, Token, "many", Entries);
        IPage page = await OpenAsync();

        await page.GotoAsync($"/datasets/{id}");
        ILocator grid = page.GetByRole(AriaRole.Grid, new() { Name = "Files" });
        await Expect(grid.GetByText("frame-0000000.cbf")).ToBeVisibleAsync();
        await grid.FocusAsync();
        await page.Keyboard.PressAsync("PageDown");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToBeVisibleAsync();
        await page.GoBackAsync();

        ILocator status = page.GetByText("5\u202f000 entries", new() { Exact = true });
        while (!await status.IsVisibleAsync())
        {
            await grid.PressAsync("End");
        }

        await grid.PressAsync("End");
        await Expect(grid.GetByText($"frame-{Entries - 1:0000000}.cbf")).ToBeVisibleAsync();
        Assert.InRange(await grid.GetByRole(AriaRole.Row).CountAsync(), 5, 60);
        await page.PictureAsync("dataset-many");
        await grid.PressAsync("Home");
        await Expect(grid.GetByText("frame-0000000.cbf")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Searchbox).FillAsync("frame-00049");
        await Expect(page.GetByText("100 entries", new() { Exact = true })).ToBeVisibleAsync();

        // Back shows the list as it was: its filter, its place and its row.
        await grid.PressAsync("End");
        await grid.GetByText("frame-0004999.cbf").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page.GetByText("100 entries", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToHaveValueAsync("frame-00049");
        await Expect(grid.GetByText("frame-0004999.cbf")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task A_million_entries_open_at_once_and_any_can_be_found()
    {
        const int Entries = 1_000_000;
        string id = await ManyEntries.PushAsync(Site, Token, "million", Entries);
        IPage page = await OpenAsync();

        await page.GotoAsync($"/datasets/{id}");
        ILocator grid = page.GetByRole(AriaRole.Grid, new() { Name = "Files" });
        await Expect(grid.GetByText("frame-0000000.cbf")).ToBeVisibleAsync();
        await Expect(page.GetByText("1\u202f000\u202f000 entries")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("frame-099999");
        await Expect(page.GetByText("10 entries", new() { Exact = true })).ToBeVisibleAsync();
        await grid.GetByRole(AriaRole.Link, new() { Name = "frame-0999999.cbf" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToHaveAttributeAsync("download", "frame-0999999.cbf");
        Assert.InRange(await page.EvaluateAsync<double>("() => performance.memory.usedJSHeapSize"), 1, 100_000_000);
    }

    [Fact]
    public async Task Creating_a_dataset_works_by_keyboard_alone()
    {
        IPage page = await OpenAsStrangerAsync();

        await page.GotoAsync("/");
        await page.GetByText("Nothing is public here").WaitForAsync();
        await TabToAsync(page, "a[href^='/login']");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("input[name=username]").WaitForAsync();
        await TabToAsync(page, "input[name=username]");
        await page.Keyboard.TypeAsync("ada");
        await TabToAsync(page, "input[name=password]");
        await page.Keyboard.TypeAsync(PortalSite.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Upload in the browser")).ToBeVisibleAsync();
        await TabToAsync(page, "a[href$='/new']");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "New dataset" })).ToBeVisibleAsync();
        await TabToAsync(page, "input[placeholder^='Lysozyme']");
        await page.Keyboard.TypeAsync("By keys alone");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("This dataset is empty")).ToBeVisibleAsync();
        await TabToAsync(page, "a[href$='/access']");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Users and groups" })).ToBeVisibleAsync();
        await TabToAsync(page, "button[aria-label='Dataset actions']");
        await page.Keyboard.PressAsync("Enter");
        ILocator delete = page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" });
        await Expect(delete).ToBeVisibleAsync();
        while (!await delete.EvaluateAsync<bool>("item => item === document.activeElement"))
        {
            await page.Keyboard.PressAsync("ArrowDown");
        }

        await page.Keyboard.PressAsync("Enter");
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Delete this dataset?" });
        await Expect(dialog).ToBeVisibleAsync();
        // It is seen a moment before it listens to keys.
        for (int presses = 0; presses < 500 && await dialog.IsVisibleAsync(); presses++)
        {
            await page.Keyboard.PressAsync("Escape");
        }

        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_menu_works_on_a_phone()
    {
        IPage page = await OpenAsync("ada", 390, 844);

        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open menu" }).ClickAsync();
        await page.PictureAsync("menu-phone");
        await page.GetByRole(AriaRole.Link, new() { Name = "Tokens" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Tokens", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Open menu" })).ToBeVisibleAsync();
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (int i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
            {
                return;
            }
        }

        Assert.Fail($"The key Tab does not lead to {selector}.");
    }

    private const string Dot = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFElEQVR4nGNkYPjPwMDAxMDAwAAABxEBA3rm4WoAAAAASUVORK5CYII=";
}
