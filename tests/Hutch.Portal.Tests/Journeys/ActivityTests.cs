using System.IO.Pipelines;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Live activity for operators, the event log for owners.</summary>
public sealed class ActivityTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_running_transfer_is_shown_and_events_of_a_dataset_afterwards()
    {
        string id = await DatasetAsync("lysozyme");
        await Site.RequestAsync(HttpMethod.Post, "jobs", new { kind = "checkpoint" });
        IPage admin = await OpenAsync("admin");
        IPage page = await OpenAsync();

        // An upload that stalls halfway.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(new byte[20 << 20], TestContext.Current.CancellationToken);
        Task sending = Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/frames.raw", new StreamContent(pipe.Reader.AsStream()), Token);
        await admin.GotoAsync("/admin/activity");
        ILocator row = admin.GetByRole(AriaRole.Table, new() { Name = "Active transfers" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "ada" });
        await Expect(row).ToContainTextAsync("PUT entries");
        await Expect(admin.GetByRole(AriaRole.Table, new() { Name = "Jobs" })).ToContainTextAsync("Checkpoint");
        await Expect(admin.GetByRole(AriaRole.List, new() { Name = "Recent events" })).ToContainTextAsync("Dataset created");
        await admin.PictureAsync("admin-activity-busy");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(admin).ToHaveURLAsync(Site.Url($"/datasets/{id}/metadata"));

        await pipe.Writer.CompleteAsync();
        await sending;
        await admin.GotoAsync("/admin/activity");
        await Expect(admin.GetByText("No active transfers.")).ToBeVisibleAsync();

        // The owner's page shows new events without a reload.
        await page.GotoAsync($"/datasets/{id}/activity");
        ILocator events = page.GetByRole(AriaRole.List, new() { Name = "Activity" });
        await Expect(events).ToContainTextAsync("Dataset created");
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { message = "First frames" }, Token);
        await Expect(events).ToContainTextAsync("First frames");
        await events.GetByRole(AriaRole.Link, new() { Name = "@1" }).ClickAsync();
        await Expect(page.GetByText("Viewing version @1")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_download_is_shown_while_it_runs()
    {
        string id = await DatasetAsync("lysozyme");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/frames.raw", new ByteArrayContent(new byte[64 << 20]), Token);
        IPage admin = await OpenAsync("admin");
        foreach ((string path, string what) in new[]
        {
            ("entries/frames.raw", "GET entries"), ("archive.tar", "GET archive.tar"), ("archive.zip", "GET archive.zip"),
        })
        {
            using (HttpResponseMessage download = await Site.BeginDownloadAsync($"datasets/{id}/{path}", Token))
            {
                await admin.GotoAsync("/admin/activity");
                ILocator row = admin.GetByRole(AriaRole.Table, new() { Name = "Active transfers" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "ada" });
                await Expect(row).ToContainTextAsync(what);
                await Expect(row).ToContainTextAsync("MB");
            }

            await Expect(admin.GetByText("No active transfers.")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task The_audit_log_starts_with_the_latest_entry_in_words_and_is_filtered()
    {
        string id = await DatasetAsync("lysozyme");
        IPage admin = await OpenAsync("admin");
        ILocator rows = admin.GetByRole(AriaRole.Table, new() { Name = "Audit log" }).Locator("tbody").GetByRole(AriaRole.Row);

        await admin.GotoAsync("/admin/audit");
        await Expect(rows.First).ToContainTextAsync("Logged in");
        await Expect(rows.Filter(new() { HasText = "hutch" })).ToHaveCountAsync(0);
        await admin.GetByLabel("Actions of the server, too").CheckAsync();
        await Expect(rows.Last.GetByRole(AriaRole.Cell).First).ToHaveTextAsync("1");
        await Expect(rows.Last).ToContainTextAsync("hutch");
        await admin.GetByLabel("User").FillAsync("ada");
        await Expect(rows.Filter(new() { HasText = "admin" })).ToHaveCountAsync(0);
        await Expect(rows.First).ToContainTextAsync("Dataset created");
        IDownload file = await admin.RunAndWaitForDownloadAsync(
            () => admin.GetByRole(AriaRole.Button, new() { Name = "Download CSV" }).ClickAsync());
        string[] lines = await File.ReadAllLinesAsync(await file.PathAsync());
        Assert.Contains(lines, line => line.Contains($",\"ada\",\"dataset.create\",\"dataset:{id}\",\"ada/lysozyme\",", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.Skip(1), static line => line.Contains("\"admin\"", StringComparison.Ordinal));
        await rows.First.GetByRole(AriaRole.Button, new() { Name = "ada/lysozyme" }).ClickAsync();
        await Expect(admin).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"user=ada.*target=dataset%3A{id}"));
    }
}
