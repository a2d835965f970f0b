using System.Globalization;
using System.Security.Cryptography;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Uploads on slow and interrupted networks.</summary>
public sealed class NetworkTests(Browser browser) : Journey(browser)
{
    private const int FileBytes = 40 << 20;

    [Fact]
    public async Task An_upload_resumes_when_the_computer_is_back_online()
    {
        string id = await DatasetAsync("volume");
        IPage page = await OpenAsync();
        string file = Path.Combine(Folder, "volume.raw");
        byte[] bytes = RandomNumberGenerator.GetBytes(FileBytes);
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        // The network goes away with the second part.
        var offsets = new List<long>();
        await page.Context.RouteAsync("**/sessions/*/blobs/*", async route =>
        {
            if (route.Request.Method == "PATCH")
            {
                offsets.Add(long.Parse(route.Request.Headers["upload-offset"], CultureInfo.InvariantCulture));
                if (offsets.Count == 2)
                {
                    await page.Context.SetOfflineAsync(true);
                }
            }

            await route.ContinueAsync();
        });
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByTestId("upload-files").SetInputFilesAsync(file);
        await Expect(page.GetByText("The upload resumes automatically.")).ToBeVisibleAsync();
        await Expect(page.GetByText("You are offline.")).ToBeVisibleAsync();
        await page.PictureAsync("upload-offline");
        await page.Context.SetOfflineAsync(false);

        await Expect(page.GetByText("1 file uploaded as version @1")).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await MustHoldAsync(id, bytes);

        // Two parts were in flight: the upload resumes at the offset of the server, and then sends part after part.
        Assert.Equal([0L, 16L << 20], offsets[..2]);
        Assert.InRange(offsets[2], 0, 16L << 20);
        Assert.Equal(offsets[2..].Order(), offsets[2..]);
    }

    [Fact]
    public async Task A_slow_upload_shows_its_rate_and_can_be_cancelled()
    {
        string id = await DatasetAsync("slow");
        IPage page = await OpenAsync();
        string file = Path.Combine(Folder, "slow.raw");
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(6 << 20), TestContext.Current.CancellationToken);
        await page.GotoAsync($"/datasets/{id}");
        ICDPSession tools = await page.Context.NewCDPSessionAsync(page);
        await tools.SendAsync("Network.enable");
        await tools.SendAsync("Network.emulateNetworkConditions", new() { ["offline"] = false, ["latency"] = 300, ["downloadThroughput"] = 50_000, ["uploadThroughput"] = 200_000 });

        await page.GetByTestId("upload-files").SetInputFilesAsync(file);
        ILocator tray = page.GetByRole(AriaRole.Region, new() { Name = "Uploads" });
        await Expect(tray.GetByText("left")).ToContainTextAsync("kB/s");
        await page.PictureAsync("upload-slow");
        await tray.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(tray).ToHaveCountAsync(0);
        await Expect(page.GetByText("This dataset is empty")).ToBeVisibleAsync();
    }
}
