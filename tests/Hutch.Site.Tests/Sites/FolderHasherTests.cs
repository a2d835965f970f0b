using Hutch.Model.Records;
using Hutch.Model.Site;
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

    [Fact]
    public async Task New_files_of_a_facility_are_hashed_between_those_of_an_adopted_folder()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder adopted = await FacilityFolder.CreateAsync(site, "old");
        using FacilityFolder session = await FacilityFolder.CreateAsync(site);
        var location = new FolderLocation(adopted.Path, new AdoptedFolder(adopted.Path, adopted.Path).Identity);
        Assert.True((await site.Site.Folders.SetFolderAsync(adopted.Dataset.Id, location, "agent", ct)).IsOk);
        for (int i = 0; i < 100; i++)
        {
            adopted.Write($"{i}", "1"u8);
        }

        session.Write("first", "1"u8);
        await adopted.RegisterAsync();
        await session.RegisterAsync();
        var hashed = new List<string>();
        site.Site.Committer.Committed += group =>
        {
            lock (hashed)
            {
                hashed.AddRange(group.OfType<JournalRecord.FileRegistered>().Where(file => file.Hashed).Select(file => file.Path.Value));
            }
        };
        int looks = 0;
        var time = new HookedTime(() =>
        {
            if (++looks == 3)
            {
                session.Write("second", "2"u8);
                session.RegisterAsync().GetAwaiter().GetResult();
            }
        });
        var hasher = new FolderHasher(
            site.Site.Committer, site.Site.Records, site.Site.Blobs, site.Site.Folders, new FolderOptions(), time, new LogLines<FolderHasher>());

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task running = hasher.RunAsync(stop.Token);
        while (hashed.Count < 102)
        {
            await Task.Delay(5, ct);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.InRange(hashed.IndexOf("first"), 0, 50);
        Assert.InRange(hashed.IndexOf("second"), 0, 50);
    }

    /// <summary>A clock a minute ahead, which does something whenever the hasher asks if a file is old enough.</summary>
    private sealed class HookedTime(Action hook) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            hook();
            return base.GetUtcNow().AddMinutes(1);
        }
    }
}
