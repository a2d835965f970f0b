using System.Globalization;
using System.Text;
using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Hutch.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Files that are written on while somebody looks at them.</summary>
public sealed class GrowingFileTests(Browser browser) : Journey(browser)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_end_of_a_log_is_followed_and_the_page_is_never_blank()
    {
        string id = await DatasetAsync("run");
        await PutAsync(id, "run.log", Lines(20_000));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/files/run.log");
        await Expect(page.GetByText("line 20000 ", new() { Exact = false })).ToBeVisibleAsync();
        await WatchAsync(page);

        foreach (int lines in (int[])[20_001, 25_000, 40_000])
        {
            await PutAsync(id, "run.log", Lines(lines));

            await Expect(page.GetByText($"line {lines} ", new() { Exact = false })).ToBeVisibleAsync();
        }

        await page.PictureAsync("growing-log");
        await MustNeverHaveBeenBlankAsync(page);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task New_files_in_the_dataset_do_not_disturb_the_view_of_a_file()
    {
        string id = await DatasetAsync("run");
        await PutAsync(id, "run.log", Lines(20_000));
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}/files/run.log");
        await Expect(page.GetByText("line 20000 ", new() { Exact = false })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        ILocator seen = page.Locator("pre").First;
        await Expect(seen).ToContainTextAsync("line 1 ");
        await seen.EvaluateAsync("element => { element.dataset.seen = 'yes'; }");

        // The page reads the dataset again.
        await page.RunAndWaitForResponseAsync(
            () => PutAsync(id, "beside.log", Lines(1)), answer => answer.Url.EndsWith($"/datasets/{id}", StringComparison.Ordinal));

        await Expect(page.Locator("pre[data-seen=yes]")).ToContainTextAsync("line 1 ");
    }

    [Fact]
    public async Task A_file_of_hdf5_that_is_half_written_says_so_and_is_shown_when_it_is_whole()
    {
        await Python.RunAsync(
            """
            import sys, h5py, numpy as np
            for count in (40, 400):
                with h5py.File(f'{sys.argv[1]}/{count}.h5', 'w') as f:
                    f['temperature'] = np.arange(count) / 20
            """,
            Folder);
        byte[] small = await File.ReadAllBytesAsync(Path.Combine(Folder, "40.h5"), Ct);
        byte[] large = await File.ReadAllBytesAsync(Path.Combine(Folder, "400.h5"), Ct);
        string id = await DatasetAsync("run");
        await PutAsync(id, "scan.h5", small);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/files/scan.h5");
        ILocator viewer = page.GetByRole(AriaRole.Region, new() { Name = "Content of the HDF5 file" });
        await viewer.GetByRole(AriaRole.Treeitem, new() { Name = "temperature" }).ClickAsync();
        await Expect(viewer.Locator("canvas")).ToBeVisibleAsync();
        await WatchAsync(page);

        await PutAsync(id, "scan.h5", large[..^100]);
        await Expect(page.GetByText("scan.h5 is incomplete")).ToBeVisibleAsync();
        await PutAsync(id, "scan.h5", large);
        await Expect(viewer.GetByRole(AriaRole.Treeitem, new() { Name = "temperature" })).ToBeVisibleAsync();

        await MustNeverHaveBeenBlankAsync(page);

        // The viewer may read the half-written file before the page learns of the change, and React prints what its boundary shows.
        Assert.All(errors, static error => Assert.Contains("scan.h5 is incomplete", error, StringComparison.Ordinal));
    }

    /// <summary>Looks at each picture that the browser draws whether there is anything on it.</summary>
    private static Task<JsonElement?> WatchAsync(IPage page) => page.EvaluateAsync(
        """
        () => {
          window.blank = 0;
          const look = () => {
            const main = document.querySelector("main");
            if (!main || main.innerText.trim() === "") window.blank++;
            requestAnimationFrame(look);
          };
          look();
        }
        """);

    private static async Task MustNeverHaveBeenBlankAsync(IPage page) => Assert.Equal(0, await page.EvaluateAsync<int>("window.blank"));

    private static byte[] Lines(int count)
    {
        var text = new StringBuilder();
        for (int line = 1; line <= count; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $"line {line} of the run\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private Task<JsonElement> PutAsync(string id, string path, byte[] bytes) =>
        Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", new ByteArrayContent(bytes), Token);
}
