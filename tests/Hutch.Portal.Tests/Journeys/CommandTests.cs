using System.Formats.Tar;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The commands shown in the portal work when pasted into a shell.</summary>
public sealed class CommandTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task Push_clone_download_and_verify_work_as_pasted()
    {
        string id = await DatasetAsync("lysozyme");
        using var shell = new CommandLine();
        IPage page = await OpenAsync();

        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open with" }).ClickAsync();
        string login = await CommandAsync(page, "Login command"), clone = await CommandAsync(page, "Clone command");
        await page.PictureAsync("clone");
        await page.Keyboard.PressAsync("Escape");
        await shell.PasteAsync($"mkdir 'run 1' && echo one > 'run 1/it'\\''s.txt' && echo two > two.txt && echo $HUTCH_TOKEN | {login}", "mine", Token);
        await shell.PasteAsync(await CommandAsync(page, "Push command"), "mine", Token);

        // The page shows the push without a reload.
        await page.GetByRole(AriaRole.Link, new() { Name = "run 1" }).ClickAsync();

        // Until the folder is drawn, the one above it is there with a button of the same name.
        await Expect(page.GetByRole(AriaRole.Grid, new() { Name = "Files in run 1/" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
        string download = await CommandAsync(page, "Download command"), folder = await CommandAsync(page, "Clone folder command");
        await page.PictureAsync("download");
        IDownload zip = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "ZIP" }).ClickAsync());
        Assert.Equal("lysozyme-1.zip", zip.SuggestedFilename);
        await page.Keyboard.PressAsync("Escape");

        await shell.PasteAsync(clone, "whole", Token);
        await shell.PasteAsync(folder, "part", Token);
        await shell.PasteAsync(download, "archive", Token);
        Assert.Equal("two\n", await ReadAsync("whole/lysozyme/two.txt"));
        Assert.Equal("one\n", await ReadAsync("part/lysozyme/run 1/it's.txt"));
        Assert.NotNull(new FileInfo(shell.PathOf("part/lysozyme/two.txt")).LinkTarget);
        await using FileStream archive = File.OpenRead(shell.PathOf("archive/lysozyme-1.tar"));
        using var tar = new TarReader(archive);
        Assert.Equal("run 1/it's.txt", tar.GetNextEntry()!.Name);
        Assert.Null(tar.GetNextEntry());

        await page.GetByRole(AriaRole.Button, new() { Name = "Dataset actions" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Verify" }).ClickAsync();
        await Expect(page.GetByText("All data is intact")).ToBeVisibleAsync();
        await page.PictureAsync("verify");
        await shell.PasteAsync(await CommandAsync(page, "Verify command"), "mine", Token);

        Task<string> ReadAsync(string path) => File.ReadAllTextAsync(shell.PathOf(path), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_lines_to_open_a_dataset_work_in_the_programs_that_they_name()
    {
        const int Side = 64;
        string id = await DatasetAsync("series");
        await Site.DescribeAsync(id, Token, Side, Side, 2);
        await Site.FrameAsync(id, Token, 1, FrameData.WithSpots(Side, Side, 1));
        await Site.FrameAsync(id, Token, 2, FrameData.WithSpots(Side, Side, 2));
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/close", new { message = "Done" }, Token);
        using var shell = new CommandLine();
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open with" }).ClickAsync();
        ILocator program = page.GetByRole(AriaRole.Combobox, new() { Name = "Open with" });
        await Expect(program.Locator("option")).ToHaveTextAsync(
            ["Command line", "Folder (mount)", "Python", "h5py", "DIALS", "Zarr", "git", "DataLad", "rclone (WebDAV)"]);
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("open-with");
        await shell.PasteAsync($"echo $HUTCH_TOKEN | {await CommandAsync(page, "Login command")} && hutch datalad login", "home", Token);

        await PasteAsync("Folder (mount)", "Mount command", "{0} && test -s series/000001 && hutch unmount series");
        await PasteAsync("git", "git command", "{0} && test -f series/header");

        // git-annex keeps its files without the right to write, which would keep the folder of the test.
        const string Person = "git config --global user.name ada && git config --global user.email ada@example.org\n";
        await PasteAsync(
            "DataLad", "DataLad command", Person + "{0} && datalad -C series get 000001 && test -s series/000001 && chmod -R u+w series/.git");
        await PasteAsync("rclone (WebDAV)", "rclone command", "{0} && cmp -n 9 series/000001 series/000001");

        // The rest of the line imports the file; the tests of hutch export do that with DIALS itself.
        await PasteAsync("DIALS", "DIALS command", "dials.import() {{ test -s \"$1\"; }}\n{0}");
        string package = $"export PYTHONPATH={Path.Combine(Repository.Root, "python", "src")}\n";
        await PasteAsync("Python", "Python code", package + "/usr/bin/python3 - <<'END'\n{0}\nassert ds.frames.shape == (2, 64, 64), ds.frames.shape\nEND");
        await PasteAsync("h5py", "h5py code", package + "/usr/bin/python3 - <<'END'\n{0}\nassert first.shape == (64, 64), first.shape\nEND");
        await PasteAsync("Zarr", "Zarr code", "/usr/bin/python3 - <<'END'\n{0}\nassert frames.shape == (2, 64, 64), frames.shape\nEND");

        async Task PasteAsync(string name, string label, string script)
        {
            await program.SelectOptionAsync(name);
            await shell.PasteAsync(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, script, await CommandAsync(page, label)), name.Split(' ')[0], Token);
        }
    }

    private static Task<string> CommandAsync(IPage page, string label) =>
        page.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true }).InnerTextAsync();
}
