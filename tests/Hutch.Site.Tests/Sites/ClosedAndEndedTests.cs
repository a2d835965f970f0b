using System.IO.Pipelines;
using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Storage;

namespace Hutch.Site.Tests.Sites;

/// <summary>What is closed, in the trash or purged does not change, whatever had begun before.</summary>
public sealed class ClosedAndEndedTests
{
    private const string Closed = "closed";
    private const string Trashed = "trashed";
    private const string Purged = "purged";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Closed, "dataset-closed")]
    [InlineData(Trashed, "in-trash")]
    [InlineData(Purged, "gone")]
    public async Task A_put_whose_bytes_came_before_is_refused_in_its_commit_whatever_it_puts(string how, string code)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await site.PutAsync(dataset.Id, "before", "bytes");
        Entry before = (await site.Site.Heads.FindAsync((await site.Site.Heads.ResolveAsync(dataset.Id, null, Ct)).Value, DatasetPath.Parse("before").Value, Ct))!;
        Lane lane = (await site.Site.Lanes.ForWritingAsync(dataset.Id, Ct)).Value;
        using ReceivedBlob received = (await site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream([1, 2, 3])), 3, lane, Ct)).Value;
        await EndAsync(site, dataset, how);
        long records = site.Site.AppliedSequence;

        (Entry Entry, ReceivedBlob? Body)[] puts =
        [
            (Entry.File(received.Hash, received.Size), received),
            (before, null), // a copy
            (Entry.Link("before"), null),
            (Entry.Directory(), null),
        ];
        foreach ((Entry entry, ReceivedBlob? body) in puts)
        {
            Result<bool> put = await site.Site.Entries.PutAsync(dataset.Id, DatasetPath.Parse("late").Value, entry, body, EntryCondition.None, Ct);
            Assert.Equal(code, put.Error?.Code.Name);
        }

        Assert.Equal(code, (await site.RemoveAsync(dataset.Id, "before")).Error?.Code.Name);
        Assert.Equal(records, site.Site.AppliedSequence);
    }

    [Fact]
    public async Task Puts_that_race_a_close_are_in_the_last_snapshot_or_refused()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await site.PutAsync(dataset.Id, "first", "1");
        Task<Result<bool>>[] puts = [.. Enumerable.Range(0, 40).Select(i => Task.Run(() => site.PutAsync(dataset.Id, $"{i:00}", $"{i}"), Ct))];

        await EndAsync(site, dataset, Closed);
        Result<bool>[] done = await Task.WhenAll(puts);

        Assert.All(done, put => Assert.True(put.IsOk || put.Error.Code == ErrorCode.DatasetClosed, put.Error?.Message));
        string[] expected = [.. done.Select((put, i) => (put, i)).Where(one => one.put.IsOk).Select(one => $"{one.i:00}"), "first"];
        SiteDataset closed = (await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value;
        Assert.Equal(expected, await site.ListAsync(dataset.Id, SnapshotRef.OfNumber((int)closed.Snapshot!.Value)));
        Assert.False(await site.Site.Records.ReadAsync(queries => queries.HasOverlay(closed.Key), Ct));
    }

    [Theory]
    [InlineData(Closed, null)]
    [InlineData(Trashed, "in-trash")]
    [InlineData(Purged, "gone")]
    public async Task Metadata_can_be_set_while_the_dataset_is_there(string how, string? code)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await EndAsync(site, dataset, how);

        Result<long> set = await site.Site.Metadata.SetAsync(dataset.Id, JsonElement.Parse("{\"a\":1}"), null, "anna", Ct);

        Assert.Equal(code, set.Error?.Code.Name);
    }

    [Fact]
    public async Task A_deleted_dataset_stays_in_the_trash_for_thirty_days()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");

        SiteDataset trashed = (await site.Site.Lifecycle.TrashAsync(dataset.Id, "anna", Ct)).Value;

        Assert.Equal(30, Math.Round((trashed.TrashedUntil!.Value - dataset.Created) / TimeSpan.FromDays(1).TotalMilliseconds));
    }

    [Theory]
    [InlineData(100, 0, 59, false)]
    [InlineData(100, 0, 61, true)]
    [InlineData(0, 2, 1, false)]
    [InlineData(0, 1, 1, true)]
    public async Task A_hand_over_counts_what_the_new_owner_already_holds(int quotaBytes, int quotaEntries, int given, bool isRefused)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset held = (await site.Site.Lifecycle.CreateAsync(
            new Hutch.Site.Life.Lifecycle.NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "bob", Slug = "held", By = "bob" }, Ct)).Value;
        await site.PutAsync(held.Id, "file", new byte[40]);
        SiteDataset gift = await site.CreateAsync("gift");
        await site.PutAsync(gift.Id, "file", new byte[given]);
        foreach (SiteDataset dataset in (SiteDataset[])[held, gift])
        {
            await site.Site.HeadCompactor.CompactAsync(dataset.Id, Hutch.Site.Write.Heads.CompactionRequest.Automatic, Ct);
        }

        await site.Site.Quotas.SetAsync(
            new OwnerQuota("bob", quotaBytes > 0 ? quotaBytes : null, quotaEntries > 0 ? quotaEntries : null), "admin", Ct);

        Assert.Equal(isRefused, await site.Site.Quotas.FindRefusalAsync([gift.Id], "bob", Ct) is not null);
    }

    private static async Task EndAsync(TestSite site, SiteDataset dataset, string how)
    {
        Result<SiteDataset> ended = how switch
        {
            Closed => await site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct),
            Trashed => await site.Site.Lifecycle.TrashAsync(dataset.Id, "anna", Ct),
            _ => await site.Site.Lifecycle.PurgeAsync(dataset.Id, "by law", "anna", Ct),
        };
        Assert.True(ended.IsOk, ended.Error?.Message);
    }
}
