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
    public async Task The_files_beside_one_are_a_key_away_and_images_of_a_series_a_slider()
    {
        IPage page = await OpenAsync("tilts/tilt_9.bmp");
        ILocator image = page.Locator("main img").First;
        await Expect(page.GetByText("3 of 6")).ToBeVisibleAsync();
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
    public async Task What_cannot_be_shown_says_what_it_is_and_what_opens_it()
    {
        IPage page = await OpenAsync("odd/renamed.cbf");

        await Expect(page.GetByText("dials.image_viewer")).ToBeVisibleAsync();
        await Expect(page.GetByText("By its first bytes, it is an HDF5 file.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as hex" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task YAML_is_a_tree_and_a_bomb_in_it_stays_small()
    {
        IPage page = await OpenAsync("trees/recipe.yaml", dark: true);
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

    [Theory]
    [InlineData("trees/deep.json", "Not valid JSON: it is nested more than 1000 deep", "text")]
    [InlineData("trees/wrong.yaml", "Not shown as a tree: ", "text")]
    public async Task What_is_not_what_its_name_says_is_told_and_shown_in_another_way(string path, string words, string instead)
    {
        IPage page = await OpenAsync(path);

        await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Alert).Filter(new() { HasText = words })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as " + instead })).ToBeVisibleAsync();
    }

    private string Address(string path) => $"/datasets/{files.Id}/files/{path}";

    private async Task<IPage> OpenAsync(string path, bool dark = false, int width = 1280, int height = 800)
    {
        _window = await files.Site.WindowAsync(browser, "ada", width, height, dark ? ColorScheme.Dark : ColorScheme.Light);
        IPage page = await _window.NewPageAsync();
        _errors = page.Listen();
        await page.GotoAsync(Address(path));
        return page;
    }
}
