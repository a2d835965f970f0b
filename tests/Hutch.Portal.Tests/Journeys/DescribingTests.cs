using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Metadata as people read them: by the attributes of the type.</summary>
public sealed class DescribingTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task Metadata_are_shown_by_the_attributes_of_the_type_with_what_does_not_fit()
    {
        string id = await DatasetAsync("particles");
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{id}", new { type = "cryoem/spa" }, Token);
        await Site.RequestAsync(
            HttpMethod.Put,
            $"datasets/{id}/metadata",
            new { Autoname = "20211227125", magnification = "5 kV", pixel_size = 0.83, sample = "70S ribosome", keywords = new[] { "E. coli", "rnap" }, dose = "40 e/A2" },
            Token);
        IPage page = await OpenAsync(height: 900);
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/metadata");

        ILocator table = page.GetByRole(AriaRole.Table, new() { Name = "Single-particle analysis" });
        await Expect(table.GetByRole(AriaRole.Row)).ToHaveTextAsync(
            ["Sample70S ribosome", "KeywordsE. coli, rnap", "Pixel size0.83 Å", "Total exposure40 e/Å²"]);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Acceleration voltage (0–3000 kV)");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("magnification is a voltage (in kV); a number of at least 0 is expected.");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Also in the document" }).GetByRole(AriaRole.Row)).ToHaveTextAsync(["autoname20211227125"]);
        await page.LookAsync(("attributes", 1280, 900, ColorScheme.Light), ("attributes-phone", 390, 844, ColorScheme.Light));
        Assert.Empty(errors);

        // A user with only the right view sees no hints about missing or wrong attributes.
        await Site.UserAsync("bob");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:bob", new { right = "view" }, Token);
        IPage bob = await OpenAsync("bob");
        await bob.GotoAsync($"/datasets/{id}/metadata");
        await Expect(bob.GetByText("0.83 Å")).ToBeVisibleAsync();
        await Expect(bob.GetByText("is missing")).ToHaveCountAsync(0);
        await Expect(bob.GetByText("Acceleration voltage (0–3000 kV)")).ToHaveCountAsync(0);
    }
}
