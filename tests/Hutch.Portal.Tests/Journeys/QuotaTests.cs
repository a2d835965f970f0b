using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Quotas: what users see when they reach theirs.</summary>
public sealed class QuotaTests(Browser browser) : Journey(browser)
{

    [Fact]
    public async Task An_upload_over_quota_fails_with_the_numbers_and_succeeds_once_there_is_room()
    {
        string id = await DatasetAsync("grains", ("a.txt", "a"));
        await Site.SetPasswordAsync("admin");
        IPage admin = await OpenAsync("admin");
        await SetQuotaAsync(admin, "0.01");

        string large = Path.Combine(Folder, "large.raw"), small = Path.Combine(Folder, "small.raw");
        await File.WriteAllBytesAsync(large, RandomNumberGenerator.GetBytes(12 << 20), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(small, RandomNumberGenerator.GetBytes(1 << 20), TestContext.Current.CancellationToken);
        IPage page = await OpenAsync();
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByTestId("upload-files").SetInputFilesAsync([small, large]);
        ILocator told = page.GetByRole(AriaRole.Alert);
        await Expect(told).ToContainTextAsync("Upload failed");
        await Expect(told).ToContainTextAsync("of a quota of 10.0 MB");
        await Expect(told).ToContainTextAsync("ask an administrator for a larger quota");
        await page.PictureAsync("upload-quota");

        await SetQuotaAsync(admin, "0.1", "500");
        await Expect(admin.GetByText("100 MB")).ToBeVisibleAsync();
        await Expect(admin.GetByRole(AriaRole.Cell, new() { Name = "0 of 500 this month" })).ToBeVisibleAsync();
        await admin.PictureAsync("admin-quota");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.GetByText("2 files uploaded as version")).ToBeVisibleAsync(new() { Timeout = 180_000 });
    }

    [Fact]
    public async Task An_operator_sees_stored_bytes_by_day_and_the_jobs_and_a_person_empties_the_trash()
    {
        await Site.SetPasswordAsync("admin");
        await Site.RequestAsync(HttpMethod.Post, "jobs", new { kind = "checkpoint" }, Site.AdminToken);
        IPage page = await OpenAsync("admin");
        List<string> errors = page.Listen();
        await page.RouteAsync("**/api/v1/admin/storage?*", async route =>
        {
            // A new site has one day: this one has two.
            IAPIResponse answer = await route.FetchAsync();
            JsonNode storage = JsonNode.Parse(await answer.TextAsync())!;
            storage["history"] = new JsonArray(
                [.. new[] { ("2026-11-01", 1_000_000), ("2026-11-02", 5_000_000) }.Select(static day => new JsonObject
                {
                    ["day"] = day.Item1,
                    ["owner"] = "ada",
                    ["bytes"] = day.Item2,
                    ["entries"] = 1,
                })]);
            await route.FulfillAsync(new() { Response = answer, Body = storage.ToJsonString() });
        });

        await page.GotoAsync("/admin/storage");
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Bytes stored by day" })).ToBeVisibleAsync();
        await page.SettleAsync();
        Assert.True(await page.ColoursAsync("[aria-labelledby=history] canvas") > 20, "The curve is blank.");
        await page.MustBeAccessibleAsync();

        await page.GotoAsync("/admin/jobs");
        ILocator main = page.GetByRole(AriaRole.Main);
        await Expect(main).ToContainTextAsync("Frees the space of data that nothing refers to. Takes minutes to hours, by the amount of data.");
        await Expect(main).ToContainTextAsync("Reads all data and verifies it against its checksums. Takes hours on a large site.");
        await Expect(main).ToContainTextAsync(new Regex("speeds up a rebuild. Takes seconds to minutes.Last: (now|just|.*ago)"));

        string scratch = await DatasetAsync("scratch", ("big", new string('x', 200_000)));
        await DatasetAsync("grains", ("a.txt", "a"));
        await Site.RequestAsync(HttpMethod.Delete, $"datasets/{scratch}", null, Token);
        IPage ada = await OpenAsync();
        await FreeAsync(ada);
        Assert.Empty(errors);
    }

    private static async Task FreeAsync(IPage page)
    {
        await page.GotoAsync("/trash");
        await page.GetByRole(AriaRole.Link, new() { Name = "Free space" }).ClickAsync();
        ILocator table = page.GetByRole(AriaRole.Table, new() { Name = "What can be freed" });
        await Expect(table).ToContainTextAsync("It is in the trash.");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select ada/scratch" }).CheckAsync();
        await page.MustBeAccessibleAsync();
        await page.PictureAsync("space-selected");
        await page.GetByRole(AriaRole.Button, new() { Name = "Free 200 kB" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Free 200 kB" })).ToBeDisabledAsync();
        await dialog.GetByLabel("Reason").FillAsync("no longer needed");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Free 200 kB" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status, new() { Name = "The disk gains 200 kB" })).ToContainTextAsync("ada/scratch · Purged");
        await Expect(page.GetByText("Nothing can be freed")).ToBeVisibleAsync();
    }

    private static async Task SetQuotaAsync(IPage page, string gigabytes, string coreHours = "")
    {
        await page.GotoAsync("/admin/storage");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the quota of ada" }).ClickAsync();
        await page.GetByLabel("Gigabytes").FillAsync(gigabytes);
        await page.GetByLabel("Core hours of programs").FillAsync(coreHours);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }
}
