using System.IO.Compression;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Many files and folders at once: selected, downloaded, moved, renamed, deleted; new folders.</summary>
public sealed class ArrangingTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task Files_and_folders_are_selected_and_moved_renamed_and_deleted()
    {
        string id = await DatasetAsync("lysozyme", ("a.txt", "1"), ("b.txt", "2"), ("c.txt", "3"), ("run/1", "4"), ("z.txt", "5"));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}");

        await page.GetByRole(AriaRole.Button, new() { Name = "New folder" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("old");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create folder" }).ClickAsync();
        await Expect(Check(page, "old")).ToBeVisibleAsync();

        await Check(page, "a.txt").ClickAsync();
        await Check(page, "c.txt").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Check(page, "run").ClickAsync();
        ILocator bar = page.GetByRole(AriaRole.Region, new() { Name = "Selection" });
        await Expect(bar).ToContainTextAsync("4 entries selected");
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("selection");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.PictureAsync("selection-dark");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });

        await bar.GetByRole(AriaRole.Button, new() { Name = "Move" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "old" }).ClickAsync();
        await Expect(dialog.GetByLabel("To folder")).ToHaveValueAsync("old");
        await page.PictureAsync("selection-move");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Move here" }).ClickAsync();
        await Expect(Check(page, "a.txt")).ToHaveCountAsync(0);
        Assert.Equal(["old/a.txt", "old/b.txt", "old/c.txt", "old/run/1", "z.txt"], await PathsAsync(id));

        await Check(page, "z.txt").ClickAsync();
        await bar.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await dialog.GetByLabel("New name").FillAsync("old");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("is there already");
        await dialog.GetByLabel("New name").FillAsync("notes.txt");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(Check(page, "notes.txt")).ToBeVisibleAsync();

        await page.GetByLabel("Select all").ClickAsync();
        await bar.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByText("This dataset is empty")).ToBeVisibleAsync();
        Assert.Empty(await PathsAsync(id));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_reader_downloads_a_selection_as_one_archive_on_a_phone()
    {
        string id = await DatasetAsync("lysozyme", ("a.txt", "1"), ("b.txt", "2"), ("run/1", "4"));
        await Site.UserAsync("bob");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:bob", new { right = "read" }, Token);
        IPage page = await OpenAsync("bob", 390, 844);
        await page.GotoAsync($"/datasets/{id}");

        await page.GetByRole(AriaRole.Grid).FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Space");
        ILocator bar = page.GetByRole(AriaRole.Region, new() { Name = "Selection" });
        await Expect(bar).ToContainTextAsync("2 entries selected");
        await Expect(bar.GetByRole(AriaRole.Button, new() { Name = "Move" })).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "New folder" })).ToHaveCountAsync(0);
        await page.PictureAsync("selection-phone");
        await bar.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Menuitem, new() { Name = "ZIP" }).ClickAsync());

        await using ZipArchive zip = await ZipFile.OpenReadAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(["a.txt", "run/1"], zip.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public async Task A_dataset_in_the_trash_says_so_where_its_files_were_and_is_restored_there()
    {
        string id = await DatasetAsync("lysozyme", ("a.txt", "1"));
        await Site.RequestAsync(HttpMethod.Delete, $"datasets/{id}", token: Token);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "This dataset is in the trash" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Open with" })).ToHaveCountAsync(0);
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("dataset-trashed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "a.txt" })).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    private static ILocator Check(IPage page, string name) => page.GetByRole(AriaRole.Checkbox, new() { Name = "Select " + name, Exact = true });

    private async Task<string[]> PathsAsync(string id) =>
        [.. (await Site.RequestAsync(HttpMethod.Get, $"datasets/{id}/tree", token: Token)).GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("path").GetString()!)];
}
