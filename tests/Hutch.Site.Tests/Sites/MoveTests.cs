using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

/// <summary>Files and folders stand at other paths, or nowhere, in one change; every snapshot stays.</summary>
public sealed class MoveTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_and_a_folder_go_elsewhere_in_one_snapshot_with_all_that_they_are()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);
        Entry before = (await FindAsync(site, dataset, "run/1"))!;

        SiteSnapshot moved = (await MoveAsync(site, dataset, ("run", "old/run"), ("a", "b"))).Value;

        Assert.Equal(["a.txt", "b", "old/run/1", "old/run/deep/2"], await site.ListAsync(dataset.Id));
        Assert.Equal(before, await FindAsync(site, dataset, "old/run/1"));
        Assert.Equal("one"u8.ToArray(), await site.ReadAsync(dataset.Id, "b"));
        Assert.Equal((2L, "Moved 2 files and folders", "anna"), (moved.Number, moved.Message!, moved.Author));
        Assert.Equal("one"u8.ToArray(), await site.ReadAsync(dataset.Id, "a", SnapshotRef.OfNumber(1)));
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());
    }

    [Fact]
    public async Task Two_can_change_places_and_an_empty_folder_gives_way_to_what_comes_into_it()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);
        Assert.True((await site.Site.Entries.PutAsync(
            dataset.Id, DatasetPath.Parse("empty").Value, Entry.Directory(1), null, EntryCondition.None, Ct)).IsOk);

        Assert.True((await MoveAsync(site, dataset, ("a", "a.txt"), ("a.txt", "a"), ("run/1", "empty/1"))).IsOk);

        Assert.Equal(["a", "a.txt", "empty/1", "run/deep/2"], await site.ListAsync(dataset.Id));
        Assert.Equal("one"u8.ToArray(), await site.ReadAsync(dataset.Id, "a.txt"));
        Assert.Equal("text"u8.ToArray(), await site.ReadAsync(dataset.Id, "a"));
    }

    [Fact]
    public async Task Removed_entries_disappear_from_the_head_only()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);

        SiteSnapshot removed = (await RemoveAsync(site, dataset, "run", "run/1", "a")).Value;

        Assert.Equal(["a.txt"], await site.ListAsync(dataset.Id));
        Assert.Equal("Removed 3 files and folders", removed.Message);
        Assert.Equal("one"u8.ToArray(), await site.ReadAsync(dataset.Id, "run/1", SnapshotRef.OfNumber(1)));
        Assert.True((await RemoveAsync(site, dataset, "a.txt")).IsOk);
        Assert.Empty(await site.ListAsync(dataset.Id));
    }

    [Theory]
    [InlineData("none", "b", "not-found")]
    [InlineData("ru", "b", "not-found")]
    [InlineData("a", "a.txt", "path-conflict")]
    [InlineData("a", "run", "path-conflict")]
    [InlineData("a", "a.txt/b", "path-conflict")]
    [InlineData("a", "a", "path-conflict")]
    [InlineData("run", "run/deeper", "path-conflict")]
    [InlineData("a", ".hutch/a", "invalid-path")]
    public async Task What_cannot_be_moved_is_refused_and_nothing_is_changed(string from, string to, string code)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);
        List<string> before = await site.ListAsync(dataset.Id);

        Result<SiteSnapshot> moved = await MoveAsync(site, dataset, ("run/1", "fine"), (from, to));

        Assert.Equal(code, moved.Error?.Code.Name);
        Assert.Equal(before, await site.ListAsync(dataset.Id));
    }

    [Fact]
    public async Task Moves_that_contradict_each_other_and_paths_that_become_too_long_are_refused()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);

        Assert.Equal(ErrorCode.BadRequest, (await MoveAsync(site, dataset, ("run", "b"), ("run/1", "c"))).Error?.Code);
        Assert.Equal(ErrorCode.PathConflict, (await MoveAsync(site, dataset, ("a", "b"), ("a.txt", "b"))).Error?.Code);
        Assert.Equal(ErrorCode.PathConflict, (await MoveAsync(site, dataset, ("a", "b"), ("a.txt", "b/c"))).Error?.Code);
        Assert.Equal(ErrorCode.InvalidPath, (await MoveAsync(site, dataset, ("run", new string('x', 1020)))).Error?.Code);
        Assert.Equal(["a", "a.txt", "run/1", "run/deep/2"], await site.ListAsync(dataset.Id));
    }

    [Fact]
    public async Task A_closed_dataset_stays_as_it_is()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);
        await site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct);

        Assert.Equal(ErrorCode.DatasetClosed, (await MoveAsync(site, dataset, ("a", "b"))).Error?.Code);
        Assert.Equal(ErrorCode.DatasetClosed, (await RemoveAsync(site, dataset, "a")).Error?.Code);
    }

    [Fact]
    public async Task Concurrent_writes_are_not_lost()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);
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
            Assert.True((await MoveAsync(site, dataset, i % 2 == 0 ? ("a", "b") : ("b", "a"))).IsOk);
        }

        await writer;
        Assert.Equal(50, (await site.ListAsync(dataset.Id)).Count(path => path.StartsWith("meanwhile/", StringComparison.Ordinal)));
    }

    private static async Task<Entry?> FindAsync(TestSite site, SiteDataset dataset, string path) =>
        await site.Site.Heads.FindAsync(
            (await site.Site.Heads.ResolveAsync(dataset.Id, null, Ct)).Value, DatasetPath.Parse(path).Value, Ct);

    private static Task<Result<SiteSnapshot>> MoveAsync(TestSite site, SiteDataset dataset, params (string From, string To)[] moves) =>
        site.Site.HeadMover.MoveAsync(
            dataset.Id, [.. moves.Select(move => new EntryMove(DatasetPath.Parse(move.From).Value, DatasetPath.Parse(move.To).Value))],
            "anna", null, Ct);

    private static Task<Result<SiteSnapshot>> RemoveAsync(TestSite site, SiteDataset dataset, params string[] paths) =>
        site.Site.HeadMover.RemoveAsync(dataset.Id, [.. paths.Select(path => DatasetPath.Parse(path).Value)], "anna", null, Ct);

    private static async Task<SiteDataset> FillAsync(TestSite site)
    {
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await site.PutAsync(dataset.Id, "a", "one");
        await site.PutAsync(dataset.Id, "a.txt", "text");
        await site.PutAsync(dataset.Id, "run/1", "one");
        await site.PutAsync(dataset.Id, "run/deep/2", "one");
        await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        return dataset;
    }
}
