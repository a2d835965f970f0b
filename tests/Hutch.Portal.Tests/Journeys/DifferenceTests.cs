using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Two versions of a file side by side, and what is taken back from an older one.</summary>
public sealed class DifferenceTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task Texts_and_pictures_are_compared_and_a_file_is_taken_back()
    {
        string id = await DatasetAsync("lysozyme", ("notes.txt", "one\ntwo\nthree\n"), ("same.txt", "same"), ("gone.txt", "gone"));
        await PutAsync(id, "rings.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'><rect width='60' height='40' fill='teal'/></svg>");
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { message = "First" }, Token);
        await PutAsync(id, "notes.txt", "one\n2\nthree\nfour\n");
        await PutAsync(id, "rings.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'><rect width='60' height='40' fill='maroon'/></svg>");
        await Site.RequestAsync(HttpMethod.Delete, $"datasets/{id}/entries/gone.txt", token: Token);
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { message = "Second" }, Token);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/versions?from=1&to=2");
        await page.GetByRole(AriaRole.Link, new() { Name = "notes.txt" }).ClickAsync();
        ILocator lines = page.GetByRole(AriaRole.Region, new() { Name = "Lines side by side" });
        await Expect(lines.Locator("del")).ToHaveTextAsync(["two"]);
        await Expect(lines.Locator("ins")).ToHaveTextAsync(["2", "four"]);
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Properties of the file" })).ToContainTextAsync("SHA-256");
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("difference-text");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.PictureAsync("difference-text-dark");
        await page.MustBeAccessibleAsync();
        await page.SetViewportSizeAsync(390, 844);
        await page.PictureAsync("difference-text-phone");
        await page.SetViewportSizeAsync(1280, 800);

        await page.GetByRole(AriaRole.Button, new() { Name = "Revert this file to version 1" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revert" }).ClickAsync();
        await Expect(page.GetByText("Reverted to @1. The latest version is @3.")).ToBeVisibleAsync();
        Assert.Equal("one\ntwo\nthree\n", await ReadAsync(page, id, "notes.txt"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Version 1" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Version 2" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "All differences" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "gone.txt" }).ClickAsync();
        await Expect(page.GetByText("Not in this version")).ToBeVisibleAsync();
        await page.PictureAsync("difference-gone");

        await page.GetByRole(AriaRole.Button, new() { Name = "Back to list" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revert all files to version 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revert" }).ClickAsync();
        await Expect(page.GetByText("The latest version is @4.")).ToBeVisibleAsync();
        Assert.Equal("one\n2\nthree\nfour\n", await ReadAsync(page, id, "notes.txt"));
        Assert.Empty(errors);
    }

    private Task<JsonElement> PutAsync(string id, string path, string text) =>
        Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", new StringContent(text), Token);

    private static Task<string> ReadAsync(IPage page, string id, string path) =>
        page.EvaluateAsync<string>("async url => await (await fetch(url)).text()", $"/api/v1/datasets/{id}/entries/{path}");
}
