using System.Security.Cryptography;
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

        await SetQuotaAsync(admin, "0.1");
        await Expect(admin.GetByText("100 MB")).ToBeVisibleAsync();
        await admin.PictureAsync("admin-quota");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.GetByText("2 files uploaded as version")).ToBeVisibleAsync(new() { Timeout = 180_000 });
    }

    private static async Task SetQuotaAsync(IPage page, string gigabytes)
    {
        await page.GotoAsync("/admin/storage");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the quota of ada" }).ClickAsync();
        await page.GetByLabel("Gigabytes").FillAsync(gigabytes);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }
}
