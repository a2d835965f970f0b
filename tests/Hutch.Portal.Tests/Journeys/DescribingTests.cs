using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Metadata as people read them: by the attributes of the type.</summary>
public sealed class DescribingTests(Browser browser) : Journey(browser)
{
    [Theory]
    [InlineData(1280, 900)]
    [InlineData(390, 844)]
    public async Task Metadata_are_shown_by_the_attributes_of_the_type_with_what_does_not_fit(int width, int height)
    {
        string id = await DatasetAsync("particles");
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{id}", new { type = "cryoem/spa" }, Token);
        await Site.RequestAsync(
            HttpMethod.Put,
            $"datasets/{id}/metadata",
            new { Autoname = "20211227125", magnification = "5 kV", pixel_size = 0.83, sample = "70S ribosome", keywords = new[] { "E. coli", "rnap" }, dose = "40 e/A2" },
            Token);
        IPage page = await OpenAsync(width: width, height: height);
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/metadata");

        ILocator table = page.GetByRole(AriaRole.Table, new() { Name = "Single-particle analysis" });
        await Expect(table.GetByRole(AriaRole.Row)).ToHaveTextAsync(
            ["Sample70S ribosome", "KeywordsE. coli, rnap", "Pixel size0.83 Å", "Total exposure40 e/Å²"]);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Acceleration voltage (0–3000 kV)");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("magnification is a voltage (in kV); a number of at least 0 is expected.");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Also in the document" }).GetByRole(AriaRole.Row)).ToHaveTextAsync(["autoname20211227125"]);
        await page.MustBeAccessibleAsync();
        await page.PictureAsync(width < 500 ? "attributes-phone" : "attributes");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Who_may_only_look_is_not_told_what_does_not_fit()
    {
        string id = await DatasetAsync("particles");
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{id}", new { type = "cryoem/spa" }, Token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/metadata", new { pixel_size = 0.83 }, Token);
        await Site.UserAsync("bob");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:bob", new { right = "view" }, Token);
        IPage page = await OpenAsync("bob");

        await page.GotoAsync($"/datasets/{id}/metadata");

        await Expect(page.GetByText("0.83 Å")).ToBeVisibleAsync();
        await Expect(page.GetByText("is missing")).ToHaveCountAsync(0);
    }
}
