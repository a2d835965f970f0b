using Hutch.Site.Write.Folders;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Sites;

/// <summary>When the hasher of the facility's folders works.</summary>
public sealed class FolderHasherTests
{
    [Fact]
    public async Task What_cannot_be_hashed_is_tried_less_and_less_often_and_at_once_when_something_changes()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("vanished", "1"u8);
        await folder.RegisterAsync();
        folder.Delete("vanished");
        var time = new SkippingTime(DateTimeOffset.UtcNow.AddMinutes(1));
        var hasher = new FolderHasher(
            site.Site.Committer, site.Site.Records, site.Site.Blobs, site.Site.Folders, new FolderOptions(), time, new LogLines<FolderHasher>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task running = hasher.RunAsync(stop.Token);

        while (time.Waits.Count < 14)
        {
            await Task.Delay(5, ct);
        }

        int[] waits = [.. time.Waits.Select(static wait => (int)wait.TotalSeconds)];
        folder.Write("new", "2"u8);
        folder.Write("vanished", "1"u8);
        await folder.RegisterAsync();
        while (await site.Site.FolderRecords.CountToHashAsync(folder.Dataset, ct) > 0)
        {
            await Task.Delay(10, ct);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal([1, 1, 1, 1, 3, 1, 7, 1, 15, 1, 31, 1, 59, 1], waits[..14]);
    }
}
