using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Viewers;

/// <summary>Looking inside files of each kind, under the policy of the page; all on one site.</summary>
public sealed class ViewerTests(Browser browser, ViewerFiles files) : IClassFixture<ViewerFiles>, IAsyncLifetime
{
    private IBrowserContext? _window;
    private List<string> _errors = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>No test leaves an error or a violation of the policy behind.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_window is not null)
        {
            await _window.CloseAsync();
        }

        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_viewer_begins_in_the_upper_quarter_of_the_window_and_F_gives_it_the_whole_screen()
    {
        const int Height = 900;
        IPage page = await OpenAsync(null, width: 1440, height: Height);
        foreach (string path in (string[])["trees/deep.json", "texts/fit.py", "texts/fit.ipynb", "documents/report.pdf", "tilts/tilt_9.bmp"])
        {
            await page.GotoAsync(Address(path));
            await Expect(page.GetByTestId("full-screen")).ToBeVisibleAsync();
            await page.SettleAsync();

            LocatorBoundingBoxResult bar = (await page.GetByTestId("full-screen").BoundingBoxAsync())!;
            Assert.InRange(bar.Y + bar.Height, 100, Height / 4);
            await page.Keyboard.PressAsync("f");
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Leave full screen" })).ToBeVisibleAsync();
            double top = await page.GetByTestId("full-screen").EvaluateAsync<double>("bar => bar.getBoundingClientRect().top");
            Assert.InRange(top, 0, 20);
        }
    }

    [Fact]
    public async Task Keys_open_the_neighbouring_files_and_a_slider_the_images_of_a_series()
    {
        IPage page = await OpenAsync("tilts/tilt_9.bmp");
        ILocator image = page.GetByRole(AriaRole.Img, new() { NameRegex = new("tilt_") });
        await Expect(page.GetByText("2 of 5", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Previous file, tilt_8.bmp" })).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page).ToHaveURLAsync(new Regex("tilt_10.bmp$"));
        await Expect(image).ToHaveAttributeAsync("alt", "tilt_10.bmp");
        Assert.Equal(320, await image.EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"));

        ILocator slider = page.GetByRole(AriaRole.Slider, new() { Name = "Image of the series" });
        await slider.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(image).ToHaveAttributeAsync("alt", "tilt_12.bmp");
        await Expect(page.GetByText("tilt_12.bmp, 5 of 5")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex("tilt_10.bmp$"));
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("viewer-series");

        await page.GetByRole(AriaRole.Link, new() { Name = "Open this file" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("tilt_12.bmp$"));
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Next file" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task YAML_is_a_tree_and_a_bomb_in_it_stays_small()
    {
        IPage page = await OpenAsync("trees/recipe.yaml");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        ILocator tree = page.GetByRole(AriaRole.Region, new() { Name = "Content as a tree" });
        await Expect(tree.GetByText("1763632800123456789")).ToBeVisibleAsync();
        await tree.GetByText("steps").ClickAsync();
        await tree.GetByText("1: ").ClickAsync();
        await tree.GetByText("with").ClickAsync();
        await Expect(tree.GetByText("\"ramp\"")).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("viewer-tree-dark");

        await page.GotoAsync(Address("trees/bomb.yaml"));
        await tree.GetByText("l39").ClickAsync();
        await Expect(tree.GetByText("[9]").Nth(1)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_notebook_is_shown_as_it_was_saved_and_nothing_in_it_runs()
    {
        IPage page = await OpenAsync("texts/fit.ipynb");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        IFrameLocator notebook = page.FrameLocator("iframe[title='fit.ipynb']");

        await Expect(notebook.GetByRole(AriaRole.Heading, new() { Name = "Fit of the rings" })).ToBeVisibleAsync();
        await Expect(notebook.Locator("math")).ToHaveCountAsync(1);
        await Expect(notebook.Locator(".keyword").First).ToHaveTextAsync("import");
        await Expect(notebook.GetByRole(AriaRole.Cell, new() { Name = "31.2" })).ToBeVisibleAsync();
        await Expect(notebook.GetByText("An output that needs a running notebook is not shown.")).ToBeVisibleAsync();
        ILocator picture = notebook.GetByRole(AriaRole.Img, new() { Name = "Picture made by this cell" });
        Assert.Equal(60, await picture.EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => window.stolen ?? 0"));
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("viewer-notebook-dark");
    }

    [Fact]
    public async Task Code_has_colours_and_markup_in_it_is_text_and_an_endless_line_is_cut_and_wrapped()
    {
        IPage page = await OpenAsync("texts/fit.py");

        await Expect(page.Locator("pre[data-coloured=true] span").First).ToHaveTextAsync("def");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as text" })).ToContainTextAsync("<script>top.stolen = 1</script>");
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("viewer-code");

        await page.GotoAsync(Address("texts/endless.log"));
        await Expect(page.GetByLabel("Wrap long lines")).ToBeCheckedAsync();
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "of 800" })).ToBeVisibleAsync();
        Assert.InRange(await page.Locator("pre").EvaluateAsync<int>("text => text.textContent.length"), 10_000, 140_000);
    }

    [Fact]
    public async Task A_log_opens_at_its_end_and_is_searched_as_a_whole()
    {
        IPage page = await OpenAsync("texts/run.log", width: 390, height: 844);
        ILocator text = page.GetByRole(AriaRole.Region, new() { Name = "Content as text" });
        await Expect(text).ToContainTextAsync("frame 19999 of this long run");
        Assert.True(await text.EvaluateAsync<bool>("region => region.scrollTop + region.clientHeight >= region.scrollHeight - 2"));

        await page.GetByLabel("Find in the whole file").FillAsync("error LOST");
        await page.GetByLabel("Find in the whole file").PressAsync("Enter");
        await Expect(text.Locator("mark")).ToHaveTextAsync("ERROR lost");
        await Expect(text.Locator("mark")).ToBeInViewportAsync();
        await Expect(page).ToHaveURLAsync(new Regex("byte=\\d+"));
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("viewer-log-phone");
        await page.ReloadAsync();
        await Expect(text).ToContainTextAsync("ERROR lost frame 9876");

        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(text).ToContainTextAsync("INFO kept frame 0 of");
    }

    [Fact]
    public async Task A_document_is_drawn_page_by_page_and_its_script_does_not_run()
    {
        IPage page = await OpenAsync(null);
        foreach ((string name, string words) in new[] { ("vast.pdf", "Nobody prints this"), ("report.pdf", "Rings of ceria") })
        {
            await page.GotoAsync(Address("documents/" + name));
            await Expect(page.GetByTestId("pdf-page")).ToHaveAttributeAsync("data-page", "1");
            await Expect(page.GetByTestId("pdf-page")).ToContainTextAsync(words);
            Picture picture = await page.PictureAsync("viewer-" + name);
            await page.MustBeAccessibleAsync();
            Assert.True(picture.Count((0, 0, picture.Width, picture.Height), (0x1a, 0x66, 0x80)) > 500, "The page is not drawn.");
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Expect(page.GetByTestId("pdf-page")).ToContainTextAsync("The second page");
        await Expect(page).ToHaveURLAsync(new Regex("page=2"));
    }

    [Fact]
    public async Task A_document_that_keeps_its_reader_busy_is_ended_and_its_bytes_are_shown()
    {
        IPage page = await OpenAsync("documents/busy.pdf");

        await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Alert).Filter(new()
        {
            HasText = "Could not show this document: Reading it takes longer than 10 seconds.",
        })).ToBeVisibleAsync(new() { Timeout = 90_000 });
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as hex" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_video_is_played_from_the_dataset()
    {
        IPage page = await OpenAsync("documents/film.webm");
        ILocator video = page.Locator("video");
        await page.WaitForFunctionAsync("() => document.querySelector('video')?.videoWidth === 320");

        await video.EvaluateAsync("video => { video.muted = true; return video.play(); }");
        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 0");
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("viewer-video");
    }

    [Fact]
    public async Task A_file_that_does_not_match_its_name_is_reported_and_shown_in_another_form()
    {
        IPage page = await OpenAsync("odd/renamed.cbf");
        await Expect(page.GetByText("dials.image_viewer")).ToBeVisibleAsync();
        await Expect(page.GetByText("Detected: HDF5 file.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as hex" })).ToBeVisibleAsync();
        foreach ((string path, string words, string instead) in new[]
        {
            ("trees/deep.json", "Not shown as a tree: it has more than 1000 levels.", "text"),
            ("trees/wrong.yaml", "Not shown as a tree: ", "text"),
            ("texts/wrong.ipynb", "Not shown as a notebook: it has no cells.", "a tree"),
            ("documents/wrong.pdf", "This is not a PDF document, or it is damaged.", "hex"),
            ("documents/wrong.mp4", "The browser cannot play this video", "hex"),
        })
        {
            await page.GotoAsync(Address(path));

            await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Alert).Filter(new() { HasText = words })).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as " + instead })).ToBeVisibleAsync();
        }
    }

    private string Address(string path) => $"/datasets/{files.Id}/files/{path}";

    /// <summary>A page with a file, or an empty one.</summary>
    private async Task<IPage> OpenAsync(string? path, int width = 1280, int height = 800)
    {
        _window = await files.Site.WindowAsync(browser, "ada", width, height);
        IPage page = await _window.NewPageAsync();
        _errors = page.Listen();
        if (path is not null)
        {
            await page.GotoAsync(Address(path));
        }

        return page;
    }
}
