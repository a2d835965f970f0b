using System.Text;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Hostile names: with markup, from right to left, of the greatest length. They are shown as plain text.</summary>
public sealed class NamesTests(Browser browser) : Journey(browser)
{
    private const int MostPathBytes = 1024;
    private const string Markup = "<img src=x onerror=\"window.stolen = 1\"><script>window.stolen = 2<\u2215script>.txt";
    private const string RightToLeft = "\u05ea\u05de\u05d5\u05e0\u05d4 \u0635\u0648\u0631\u0629 1.txt";
    private const string Turning = "report\u202excod.txt";

    [Fact]
    public async Task Files_with_hostile_names_are_uploaded_listed_and_opened_on_each_screen()
    {
        string id = await DatasetAsync("names");
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{id}", new { title = Markup + RightToLeft + Turning }, Token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/metadata", new Dictionary<string, string> { [Markup] = RightToLeft }, Token);
        string longest = string.Concat(Enumerable.Repeat("\u00e9", (MostPathBytes - 4) / 2)) + ".txt", tooLong = "x" + longest;
        Assert.Equal(MostPathBytes, Encoding.UTF8.GetByteCount(longest));
        string[] names = [Markup, RightToLeft, Turning, longest];
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}");
        await DropAsync(page, [tooLong]);
        await Expect(page.GetByText("Path longer than 1024 bytes")).ToBeVisibleAsync();

        // Closes the alert, which would otherwise fade away during the checks of the page.
        await page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await DropAsync(page, names);
        await Expect(page.GetByText("4 files uploaded as version")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Uploads" }).GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await page.LookAsync(("names-1280", 1280, 800, ColorScheme.Light), ("names-390", 390, 844, ColorScheme.Light));

        foreach (string name in names)
        {
            string shown = name.Replace("\u202e", "\u27e8202E\u27e9", StringComparison.Ordinal);
            await page.GetByRole(AriaRole.Grid, new() { Name = "Files" }).GetByRole(AriaRole.Link, new() { Name = shown, Exact = true }).ClickAsync();
            await Expect(page.GetByText($"in {name.Length} characters")).ToBeVisibleAsync();
            await MustBeAccessibleOnEachScreenAsync(page);
            await page.GetByRole(AriaRole.Navigation, new() { Name = "Path" }).GetByRole(AriaRole.Link, new() { Name = "names" }).ClickAsync();
        }

        // All other pages that show the names.
        foreach (string path in new[] { $"/datasets/{id}/versions", $"/datasets/{id}/metadata", $"/datasets/{id}/activity", $"/datasets/{id}/settings", "/datasets" })
        {
            await page.GotoAsync(path);
            await MustBeAccessibleOnEachScreenAsync(page);
        }

        Assert.Equal(0, await page.EvaluateAsync<int>("() => window.stolen ?? 0"));
        Assert.Empty(errors);
    }

    private static async Task MustBeAccessibleOnEachScreenAsync(IPage page)
    {
        await page.MustBeAccessibleAsync();
        await page.SetViewportSizeAsync(390, 844);
        await page.MustBeAccessibleAsync();
        await page.SetViewportSizeAsync(1280, 800);
    }

    private static async Task DropAsync(IPage page, string[] names)
    {
        IJSHandle dropped = await page.EvaluateHandleAsync(
            "names => { const data = new DataTransfer(); for (const name of names) data.items.add(new File([`in ${name.length} characters`], name, { type: 'text/plain' })); return data; }", names);
        await page.GetByTestId("drop-zone").DispatchEventAsync("drop", new { dataTransfer = dropped });
    }
}
