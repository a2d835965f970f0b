using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Uploading files and folders, with interruptions.</summary>
public sealed class UploadTests(Browser browser) : Journey(browser)
{
    private const int Files = 2000;

    [Fact]
    public async Task A_folder_of_2000_files_is_uploaded_to_a_new_dataset()
    {
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        string folder = WriteFolder();

        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create dataset" }).ClickAsync();
        await page.GetByLabel("Title").FillAsync("Grains, crystal 4");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true })).ToHaveValueAsync("grains-crystal-4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create dataset" }).ClickAsync();
        await Expect(page.GetByText("This dataset is empty")).ToBeVisibleAsync();
        await page.PictureAsync("dataset-empty");

        await page.GetByTestId("upload-folder").SetInputFilesAsync(folder);
        await Expect(page.GetByText("2\u202f000 files uploaded as version @1")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = "folder" }).ClickAsync();
        await page.GetByRole(AriaRole.Grid, new() { Name = "Files in folder/" }).PressAsync("End");
        await Expect(page.GetByText("1\u202f001 entries", new() { Exact = true })).ToBeVisibleAsync();
        await page.PictureAsync("dataset-uploaded");
        await MustHoldTheFolderAsync(page);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task An_upload_resumes_after_its_tab_was_closed_and_sends_nothing_twice()
    {
        string id = await DatasetAsync("grains");
        IBrowserContext window = await WindowAsync();
        string folder = WriteFolder();

        // The first batches arrive, the others are held back.
        IPage first = await window.NewPageAsync();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int begun = 0, answered = 0;
        await first.RouteAsync("**/sessions/*/blobs", route => ++begun > 3 ? Task.CompletedTask : route.ContinueAsync());
        first.Response += (_, response) =>
        {
            if (response.Url.EndsWith("/blobs", StringComparison.Ordinal) && ++answered == 3)
            {
                arrived.TrySetResult();
            }
        };
        await first.GotoAsync($"/datasets/{id}");
        await first.GetByTestId("upload-folder").SetInputFilesAsync(folder);
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        await first.CloseAsync();

        IPage second = await window.NewPageAsync();
        int sent = 0;
        second.Request += (_, request) => sent += request.Url.EndsWith("/blobs", StringComparison.Ordinal) ? 1 : 0;
        await second.GotoAsync("/");
        await Expect(second.GetByText("interrupted.")).ToBeVisibleAsync();
        await second.PictureAsync("upload-interrupted");
        await second.GetByTestId("resume-folder").SetInputFilesAsync(folder);
        await Expect(second.GetByText("2\u202f000 files uploaded as version @1")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        Assert.InRange(sent, 1, 7);
        await second.GotoAsync($"/datasets/{id}");
        await MustHoldTheFolderAsync(second);
        await second.ReloadAsync();
        await second.SettleAsync();
        await Expect(second.GetByText("interrupted.")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_large_file_resumes_where_it_was_when_the_network_is_back()
    {
        string id = await DatasetAsync("volume");
        IPage page = await OpenAsync();
        byte[] bytes = RandomNumberGenerator.GetBytes(48 << 20);
        string file = Path.Combine(Folder, "volume.raw");
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        var offsets = new List<long>();
        await page.Context.RouteAsync("**/sessions/*/blobs/*", async route =>
        {
            bool isPatch = route.Request.Method == "PATCH";
            if (isPatch)
            {
                offsets.Add(long.Parse(route.Request.Headers["upload-offset"], CultureInfo.InvariantCulture));
            }

            // The second part is lost once.
            await (isPatch && offsets.Count == 2 ? route.AbortAsync("internetdisconnected") : route.ContinueAsync());
        });
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByTestId("upload-files").SetInputFilesAsync(file);
        await Expect(page.GetByText("1 file uploaded as version @1")).ToBeVisibleAsync(new() { Timeout = 180_000 });

        await MustHoldAsync(id, bytes);
        Assert.Equal([0L, 16L << 20, 16L << 20, 32L << 20], offsets);
    }

    [Fact]
    public async Task A_large_file_resumes_after_its_tab_was_closed_and_is_verified_as_a_whole()
    {
        string same = await DatasetAsync("same"), other = await DatasetAsync("other");
        IBrowserContext window = await WindowAsync();
        byte[] bytes = RandomNumberGenerator.GetBytes(40 << 20);
        string file = Path.Combine(Folder, "volume.raw");
        DateTime time = new(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc);
        await WriteAsync(bytes);

        // Only the first part arrives before the tab is closed; the next visit chooses the file again.
        await InterruptAsync(same);
        List<long> offsets = [];
        IPage page = await GoOnAsync(same);
        await Expect(page.GetByText("1 file uploaded as version @1")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await MustHoldAsync(same, bytes);
        Assert.InRange(offsets[0], 16L << 20, bytes.Length - 1);

        // A file of the same name, size and time that differs in the part sent before.
        await InterruptAsync(other);
        bytes[1]++;
        await WriteAsync(bytes);
        page = await GoOnAsync(other);
        await Expect(page.GetByText("This file differs from the data already uploaded.")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        JsonElement listing = await Site.RequestAsync(HttpMethod.Get, $"datasets/{other}/tree", token: Token);
        Assert.Empty(listing.GetProperty("items").EnumerateArray());

        async Task WriteAsync(byte[] content)
        {
            await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(file, time);
        }

        async Task InterruptAsync(string dataset)
        {
            IPage first = await window.NewPageAsync();
            int begun = 0;
            var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            first.Response += (_, response) =>
            {
                if (response.Request.Method == "PATCH")
                {
                    stored.TrySetResult();
                }
            };
            await first.RouteAsync("**/sessions/*/blobs/*", async route =>
            {
                if (route.Request.Method == "PATCH" && ++begun > 1)
                {
                    // It would take the first with it if it failed while both are under way.
                    await stored.Task;
                    await route.AbortAsync();
                    lost.TrySetResult();
                }
                else
                {
                    await route.ContinueAsync();
                }
            });
            await first.GotoAsync($"/datasets/{dataset}");
            await first.GetByTestId("upload-files").SetInputFilesAsync(file);
            await lost.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
            await first.CloseAsync();
        }

        async Task<IPage> GoOnAsync(string dataset)
        {
            IPage second = await window.NewPageAsync();
            second.Request += (_, request) =>
            {
                if (request.Method == "PATCH")
                {
                    offsets.Add(long.Parse(request.Headers["upload-offset"], CultureInfo.InvariantCulture));
                }
            };
            await second.GotoAsync($"/datasets/{dataset}");
            await second.GetByTestId("resume-files").SetInputFilesAsync(file);
            return second;
        }
    }

    [Fact]
    public async Task The_next_part_of_a_large_file_leaves_before_the_last_one_is_stored()
    {
        string id = await DatasetAsync("volume");
        IPage page = await OpenAsync();
        byte[] bytes = RandomNumberGenerator.GetBytes(40 << 20);
        string file = Path.Combine(Folder, "volume.raw");
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        int underWay = 0, most = 0;
        page.Request += (_, request) => most = Math.Max(most, request.Method == "PATCH" ? ++underWay : 0);
        page.Response += (_, response) => underWay -= response.Request.Method == "PATCH" ? 1 : 0;

        await page.GotoAsync($"/datasets/{id}");
        await page.GetByTestId("upload-files").SetInputFilesAsync(file);
        await Expect(page.GetByText("1 file uploaded as version @1")).ToBeVisibleAsync(new() { Timeout = 180_000 });

        Assert.Equal(2, most);
        await MustHoldAsync(id, bytes);
    }

    [Fact]
    public async Task A_part_that_overtakes_the_one_before_it_is_sent_again_behind_it()
    {
        string id = await DatasetAsync("volume");
        IPage page = await OpenAsync();
        byte[] bytes = RandomNumberGenerator.GetBytes(40 << 20);
        string file = Path.Combine(Folder, "volume.raw");
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        int refused = 0;
        await page.Context.RouteAsync("**/sessions/*/blobs/*", async route =>
        {
            // The server answers the second part as if it stood before the first.
            if (route.Request.Method == "PATCH" && route.Request.Headers["upload-offset"] != "0" && refused++ == 0)
            {
                await route.FulfillAsync(new() { Status = 409, ContentType = "application/problem+json", Body = """{"status":409,"code":"conflict","detail":"The upload is at byte 0."}""" });
            }
            else
            {
                await route.ContinueAsync();
            }
        });

        await page.GotoAsync($"/datasets/{id}");
        await page.GetByTestId("upload-files").SetInputFilesAsync(file);
        await Expect(page.GetByText("1 file uploaded as version @1")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        Assert.True(refused > 0);
        await MustHoldAsync(id, bytes);
    }

    [Fact]
    public async Task A_file_that_changes_during_the_upload_is_reported_and_the_rest_can_be_saved()
    {
        string id = await DatasetAsync("changing");
        IPage page = await OpenAsync();
        string steady = Path.Combine(Folder, "steady.txt");
        string moving = Path.Combine(Folder, "moving.txt");
        await File.WriteAllTextAsync(steady, "steady", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(moving, "before", TestContext.Current.CancellationToken);

        // The file changes between hashing and sending.
        await page.ExposeFunctionAsync("changeTheFile", () => File.WriteAllText(moving, "after, and longer"));
        await page.AddInitScriptAsync(
            """
            const real = window.fetch;
            window.fetch = async (input, init) => {
                if (String(input.url ?? input).endsWith('/negotiate')) await window.changeTheFile();
                return real(input, init);
            };
            """);
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByTestId("upload-files").SetInputFilesAsync([steady, moving]);
        await Expect(page.GetByText("changed on disk during the upload")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Alert).GetByText("moving.txt")).ToBeVisibleAsync();
        await page.PictureAsync("upload-changed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Finish without it" }).ClickAsync();
        await Expect(page.GetByText("1 file uploaded as version @1")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Gridcell, new() { Name = "steady.txt", Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_large_file_that_changes_during_the_upload_is_reported_too()
    {
        string id = await DatasetAsync("changing");
        IPage page = await OpenAsync();
        string file = Path.Combine(Folder, "growing.raw");
        await File.WriteAllBytesAsync(file, new byte[60 << 20], TestContext.Current.CancellationToken);
        page.Response += (_, response) =>
        {
            // As soon as the first part has arrived.
            if (response.Request.Method == "PATCH")
            {
                File.AppendAllText(file, "and more");
            }
        };

        await page.GotoAsync($"/datasets/{id}");
        await page.GetByTestId("upload-files").SetInputFilesAsync(file);
        await Expect(page.GetByText("changed on disk during the upload")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel upload" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Uploads" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Dropped_files_do_not_replace_files_that_others_wrote()
    {
        string id = await DatasetAsync("both", ("theirs.txt", "theirs"));
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}");
        await Expect(page.GetByRole(AriaRole.Gridcell, new() { Name = "theirs.txt", Exact = true })).ToBeVisibleAsync();

        IJSHandle dropped = await page.EvaluateHandleAsync(
            "() => { const data = new DataTransfer(); data.items.add(new File(['mine'], 'mine.txt', { type: 'text/plain' })); return data; }");
        await page.GetByTestId("drop-zone").DispatchEventAsync("drop", new { dataTransfer = dropped });
        await Expect(page.GetByText("1 file uploaded as version")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Gridcell, new() { Name = "mine.txt", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Gridcell, new() { Name = "theirs.txt", Exact = true })).ToBeVisibleAsync();
    }

    private string WriteFolder()
    {
        string folder = Path.Combine(Folder, "folder");
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        for (int i = 0; i < Files; i++)
        {
            File.WriteAllText(Path.Combine(folder, i % 2 == 0 ? $"f{i:0000}.txt" : $"sub/f{i:0000}.txt"), $"file {i}");
        }

        return folder;
    }

    private async Task MustHoldTheFolderAsync(IPage page)
    {
        string id = new Uri(page.Url).Segments[2].TrimEnd('/');
        JsonElement listing = await Site.RequestAsync(HttpMethod.Get, $"datasets/{id}/tree?limit=10000", token: Token);
        Dictionary<string, string> hashes = listing.GetProperty("items").EnumerateArray()
            .ToDictionary(item => item.GetProperty("path").GetString()!, item => item.GetProperty("hash").GetString()!);
        Assert.Equal(Files, hashes.Count);
        for (int i = 0; i < Files; i++)
        {
            string path = i % 2 == 0 ? $"folder/f{i:0000}.txt" : $"folder/sub/f{i:0000}.txt";
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"file {i}"))), hashes[path]);
        }
    }
}
