using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

/// <summary>A head becomes what it was in a snapshot; every snapshot stays.</summary>
public sealed class RevertTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reverting_a_whole_dataset_restores_an_old_version_and_loses_nothing()
    {
        await using TestSite site = await TestSite.OpenAsync();
        (SiteDataset dataset, int second) = await FillAsync(site);
        await site.PutAsync(dataset.Id, "over", "not in a snapshot yet");

        SiteSnapshot reverted = (await RevertAsync(site, dataset, 1)).Value;

        Assert.Equal(["a", "gone", "run/1", "run/2"], await site.ListAsync(dataset.Id));
        Assert.Equal("one"u8.ToArray(), await site.ReadAsync(dataset.Id, "a"));
        Assert.Equal((second + 2L, second + 1L, "Reverted to @1", "anna"), (reverted.Number, reverted.Parent!.Value, reverted.Message!, reverted.Author));
        Assert.Equal("not in a snapshot yet"u8.ToArray(), await site.ReadAsync(dataset.Id, "over", SnapshotRef.OfNumber(second + 1)));
        Assert.Equal("two"u8.ToArray(), await site.ReadAsync(dataset.Id, "a", SnapshotRef.OfNumber(second)));
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());
    }

    [Fact]
    public async Task Reverting_some_paths_works_even_where_files_and_directories_replaced_each_other()
    {
        await using TestSite site = await TestSite.OpenAsync();
        (SiteDataset dataset, int second) = await FillAsync(site);

        Assert.True((await RevertAsync(site, dataset, 1, "run", "new", "gone")).IsOk);

        Assert.Equal(["a", "gone", "run/1", "run/2"], await site.ListAsync(dataset.Id));
        Assert.Equal("two"u8.ToArray(), await site.ReadAsync(dataset.Id, "a"));
        Assert.True((await RevertAsync(site, dataset, second, "run")).IsOk);
        Assert.Equal(["a", "gone", "run"], await site.ListAsync(dataset.Id));
        Assert.True((await RevertAsync(site, dataset, 1, "run/1")).Error?.Code == ErrorCode.PathConflict);
    }

    [Fact]
    public async Task What_cannot_be_reverted_is_refused_in_words_and_nothing_is_made()
    {
        await using TestSite site = await TestSite.OpenAsync();
        (SiteDataset dataset, int second) = await FillAsync(site);

        Assert.Equal("Dataset 'anna/lysozyme' has no snapshot @9. `hutch log` lists them.", (await RevertAsync(site, dataset, 9)).Error?.Message);
        Assert.Equal(
            "'ru' is neither in @1 nor in the dataset as it is. Nothing was changed.", (await RevertAsync(site, dataset, 1, "a", "ru")).Error?.Message);
        Assert.Equal(second, (await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.LastNumber);
        await site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct);
        Assert.Equal(ErrorCode.DatasetClosed, (await RevertAsync(site, dataset, 1)).Error?.Code);
        await site.Site.Lifecycle.TrashAsync(dataset.Id, "anna", Ct);
        Assert.Equal(ErrorCode.InTrash, (await RevertAsync(site, dataset, 1)).Error?.Code);
    }

    [Fact]
    public async Task What_comes_back_counts_against_the_quota()
    {
        await using TestSite site = await TestSite.OpenAsync();
        (SiteDataset dataset, _) = await FillAsync(site);
        await site.Site.Quotas.SetAsync(new OwnerQuota("anna", null, 3), "admin", Ct);

        Assert.Equal(ErrorCode.InsufficientStorage, (await RevertAsync(site, dataset, 1)).Error?.Code);
        await site.Site.Quotas.SetAsync(new OwnerQuota("anna", null, 4), "admin", Ct);
        Assert.True((await RevertAsync(site, dataset, 1)).IsOk);
    }

    [Fact]
    public async Task Concurrent_writes_are_not_lost()
    {
        await using TestSite site = await TestSite.OpenAsync();
        (SiteDataset dataset, int second) = await FillAsync(site);
        Task writer = Task.Run(
            async () =>
            {
                for (int i = 0; i < 50; i++)
                {
                    Assert.True((await site.PutAsync(dataset.Id, $"meanwhile/{i}", $"{i}")).IsOk);
                }
            },
            Ct);

        for (int i = 0; i < 5; i++)
        {
            Assert.True((await RevertAsync(site, dataset, i % 2 == 0 ? 1 : second, "a")).IsOk);
        }

        await writer;
        Assert.Equal(50, (await site.ListAsync(dataset.Id)).Count(path => path.StartsWith("meanwhile/", StringComparison.Ordinal)));
    }

    private static Task<Result<SiteSnapshot>> RevertAsync(TestSite site, SiteDataset dataset, int number, params string[] paths) =>
        site.Site.HeadReverter.RevertAsync(
            dataset.Id, SnapshotRef.OfNumber(number), [.. paths.Select(path => DatasetPath.Parse(path).Value)], "anna", null, Ct);

    private static async Task<(SiteDataset Dataset, int Second)> FillAsync(TestSite site)
    {
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await site.PutAsync(dataset.Id, "a", "one");
        await site.PutAsync(dataset.Id, "gone", "one");
        await site.PutAsync(dataset.Id, "run/1", "one");
        await site.PutAsync(dataset.Id, "run/2", "one");
        await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        await site.PutAsync(dataset.Id, "a", "two");
        await site.PutAsync(dataset.Id, "new", "two");
        foreach (string path in (string[])["gone", "run/1", "run/2"])
        {
            Assert.True((await site.RemoveAsync(dataset.Id, path)).IsOk);
        }

        Assert.True((await site.PutAsync(dataset.Id, "run", "a file now")).IsOk);
        return (dataset, (int)(await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct)).Value!.Number);
    }
}
