using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>READMEs, and what is said of files that cannot be shown.</summary>
public sealed class ReadmeTests(Browser browser) : Journey(browser)
{
    private const string Text =
        """
        # Strain

        The lattice strain is $\varepsilon = \frac{d - d_0}{d_0}$, measured[^how] at 293 K for $5.

        $$
        q = \frac{4\pi \sin\theta}{\lambda}
        $$

        [^how]: With a powder ring, see `rings/`.

        """;

    [Fact]
    public async Task A_readme_is_shown_in_full_height_with_formulas_and_footnotes_on_each_screen()
    {
        string id = await DatasetAsync("strain", ("README.md", Text + string.Concat(Enumerable.Range(0, 80).Select(i => $"Paragraph {i} of the readme.\n\n")) + "The end."));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}");
        await MustBeWholeAsync(page, "readme");
        await page.SetViewportSizeAsync(390, 844);
        await page.ReloadAsync();
        await MustBeWholeAsync(page, "readme-phone");
        Assert.Empty(errors);
    }

    private static async Task MustBeWholeAsync(IPage page, string name)
    {
        ILocator frame = page.Locator("iframe[title='README.md']");
        IFrameLocator readme = page.FrameLocator("iframe[title='README.md']");
        await Expect(readme.GetByText("The end.")).ToBeVisibleAsync();
        Assert.Equal(2, await readme.Locator("math").CountAsync());
        await Expect(readme.Locator("math mfrac").First).ToBeVisibleAsync();
        await Expect(readme.GetByText("for $5.")).ToBeVisibleAsync();

        // Nothing of it scrolls inside of its frame.
        await page.WaitForFunctionAsync(
            "() => { const frame = document.querySelector(\"iframe[title='README.md']\"); const root = frame.contentDocument.documentElement; return root.scrollHeight <= frame.clientHeight && frame.clientHeight < root.getBoundingClientRect().height + 2; }");
        Assert.True((await frame.BoundingBoxAsync())!.Height > 2500);
        await page.MustBeAccessibleAsync();
        await page.PictureAsync(name);
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.querySelector(\"iframe[title='README.md']\").sandbox.contains('allow-scripts') ? 1 : 0"));

        // To the footnote and back, within the frame.
        ILocator note = readme.GetByText("With a powder ring");
        await readme.GetByRole(AriaRole.Link, new() { Name = "1", Exact = true }).ClickAsync();
        await Expect(note).ToBeInViewportAsync();
        await Expect(readme.GetByRole(AriaRole.Heading, new() { Name = "Strain" })).ToBeAttachedAsync();
    }

    [Fact]
    public async Task The_page_states_that_a_kind_of_file_has_no_preview()
    {
        string id = await DatasetAsync("kinds", ("scan.cbf", "###CBF \0\0"), ("notes.txt", "text"));
        IPage page = await OpenAsync();

        await page.GotoAsync($"/datasets/{id}/files/scan.cbf");
        await Expect(page.GetByText("The portal has no preview of CBF frames.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Content as hex" })).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("preview-none");
        await page.GotoAsync($"/datasets/{id}/files/notes.txt");
        await Expect(page.GetByText("text", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("no preview")).ToHaveCountAsync(0);
    }
}
