using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

/// <summary>Those who only read get what was acknowledged, and make next to no snapshots.</summary>
public sealed class ReaderFoldTests
{
    private static readonly CompactionRequest Reader = CompactionRequest.Automatic with { IsForReader = true };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readers_that_arrive_soon_after_a_snapshot_wait_and_share_the_next_one()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("read");
        await site.PutAsync(dataset.Id, "a", "1");
        Assert.Equal(1, (await site.Site.HeadCompactor.CompactAsync(dataset.Id, Reader, Ct)).Value?.Number);
        site.Time.HoldsWaits = true;

        var waiting = new List<Task<Result<SiteSnapshot?>>>();
        foreach (string path in (string[])["b", "c", "d"])
        {
            await site.PutAsync(dataset.Id, path, "1");
            waiting.Add(site.Site.HeadCompactor.CompactAsync(dataset.Id, Reader, Ct));
            while (site.Time.Held < waiting.Count)
            {
                await Task.Yield();
            }
        }

        Assert.Equal(1, await NewestAsync(site, dataset));
        site.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.All(await Task.WhenAll(waiting), folded => Assert.Equal(2, folded.Value?.Number));
        Assert.Equal(["a", "b", "c", "d"], await site.ListAsync(dataset.Id, SnapshotRef.OfNumber(2)));
        Assert.Equal(2, await NewestAsync(site, dataset));
    }

    [Fact]
    public async Task A_waiting_reader_uses_a_snapshot_taken_since_even_if_more_was_written()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("read");
        await site.PutAsync(dataset.Id, "a", "1");
        await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        await site.PutAsync(dataset.Id, "b", "1");
        site.Time.HoldsWaits = true;
        Task<Result<SiteSnapshot?>> waiting = site.Site.HeadCompactor.CompactAsync(dataset.Id, Reader, Ct);
        while (site.Time.Held == 0)
        {
            await Task.Yield();
        }

        await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        await site.PutAsync(dataset.Id, "c", "1");
        site.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(2, (await waiting).Value?.Number);
        Assert.Equal(2, await NewestAsync(site, dataset));
    }

    [Fact]
    public async Task Readers_wait_no_longer_when_the_clock_is_set_back_and_do_not_wait_without_a_change()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("read");
        await site.PutAsync(dataset.Id, "a", "1");
        await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        site.Time.HoldsWaits = true;
        site.Time.Jump(TimeSpan.FromDays(-1));
        Assert.Equal(1, (await site.Site.HeadCompactor.CompactAsync(dataset.Id, Reader, Ct)).Value?.Number);
        await site.PutAsync(dataset.Id, "b", "1");

        Task<Result<SiteSnapshot?>> waiting = site.Site.HeadCompactor.CompactAsync(dataset.Id, Reader, Ct);
        while (site.Time.Held == 0)
        {
            await Task.Yield();
        }

        site.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(2, (await waiting).Value?.Number);
    }

    private static async Task<long?> NewestAsync(TestSite site, SiteDataset dataset) =>
        (await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Snapshot;
}
