using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Pushes;

namespace Hutch.Site.Tests.Quotas;

public sealed class QuotaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_too_much_is_refused_with_the_numbers_and_leaves_nothing()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        SiteDataset dataset = await site.CreateAsync("data");
        await site.PutAsync(dataset.Id, "a", new byte[600]);

        HutchError refusal = (await site.PutAsync(dataset.Id, "b", new byte[500])).Error!;
        Result<bool> fits = await site.PutAsync(dataset.Id, "c", new byte[400]);

        Assert.Equal(ErrorCode.InsufficientStorage, refusal.Code);
        Assert.Equal("'anna' has used 600 of a quota of 1000 bytes; this needs 500 more. Delete data you do not need, or ask an administrator for a larger quota.", refusal.Message);
        Assert.Equal(("1000", "600", "500"), (refusal.Details!["limit"], refusal.Details["used"], refusal.Details["needed"]));
        Assert.True(fits.IsOk);
        Assert.Equal(["a", "c"], await site.ListAsync(dataset.Id));
    }

    [Fact]
    public async Task Writes_that_come_at_once_cannot_exceed_together_what_each_alone_would_not()
    {
        await using TestSite site = await OpenAsync(entries: 10);
        SiteDataset dataset = await site.CreateAsync("data");

        Result<bool>[] put = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => site.PutAsync(dataset.Id, $"f{i}", "x"), Ct)));

        Assert.Equal(10, put.Count(result => result.IsOk));
        Assert.Equal(10, (await site.ListAsync(dataset.Id)).Count);
        Assert.All(put.Where(result => !result.IsOk), result => Assert.Equal("entries", result.Error!.Details!["quota"]));
    }

    [Fact]
    public async Task A_file_that_is_replaced_again_and_again_counts_once_also_after_a_restart()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        SiteDataset dataset = await site.CreateAsync("data");
        for (int i = 0; i < 5; i++)
        {
            Assert.True((await site.PutAsync(dataset.Id, "a", RandomNumberGenerator.GetBytes(900))).IsOk);
            await site.Site.HeadCompactor.CompactAsync(dataset.Id, Write.Heads.CompactionRequest.Automatic, Ct);
            Assert.True((await site.PutAsync(dataset.Id, "a", RandomNumberGenerator.GetBytes(950))).IsOk);
            await site.ReopenAsync();
        }

        Assert.Equal(ErrorCode.InsufficientStorage, (await site.PutAsync(dataset.Id, "b", new byte[100])).Error?.Code);
    }

    [Fact]
    public async Task Automatic_versions_give_way_to_the_quota_with_the_next_one()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        SiteDataset dataset = await site.CreateAsync("data");
        for (int i = 0; i < 20; i++)
        {
            Assert.True((await site.PutAsync(dataset.Id, "a", RandomNumberGenerator.GetBytes(300))).IsOk);
            await site.Site.HeadCompactor.CompactAsync(dataset.Id, Write.Heads.CompactionRequest.Automatic, Ct);
        }

        IReadOnlyList<SiteSnapshot> left = await site.Site.Snapshots.ListAsync(
            (await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value, long.MaxValue, 100, Ct);
        Assert.Equal([20, 19, 18], left.Select(static one => one.Number));
    }

    [Fact]
    public async Task What_a_version_that_was_asked_for_keeps_counts_and_what_it_shares_with_the_head_counts_once()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        SiteDataset dataset = await site.CreateAsync("data");
        await site.PutAsync(dataset.Id, "same", new byte[100]);
        await site.PutAsync(dataset.Id, "a", RandomNumberGenerator.GetBytes(400));
        await TakeAsync(site, dataset);
        await site.PutAsync(dataset.Id, "a", RandomNumberGenerator.GetBytes(400));
        await TakeAsync(site, dataset);
        await site.ReopenAsync();

        OwnerUsage used = (await site.Site.Quotas.FindAsync("anna", Ct)).Usage;
        HutchError? replaced = (await site.PutAsync(dataset.Id, "a", RandomNumberGenerator.GetBytes(200))).Error;
        Result<bool> again = await site.PutAsync(dataset.Id, "same", new byte[100]);
        Result<bool> fits = await site.PutAsync(dataset.Id, "a", RandomNumberGenerator.GetBytes(100));

        Assert.Equal(900, used.Bytes);
        Assert.Equal(ErrorCode.InsufficientStorage, replaced?.Code);
        Assert.True(again.IsOk);
        Assert.True(fits.IsOk);
    }

    [Fact]
    public async Task Each_version_of_the_metadata_counts()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        SiteDataset dataset = await site.CreateAsync("data");
        using JsonDocument document = JsonDocument.Parse($$"""{"note":"{{new string('x', 380)}}"}""");

        Result<long>[] set = [await SetAsync(), await SetAsync(), await SetAsync()];

        Assert.Equal([true, true, false], set.Select(static one => one.IsOk));
        Assert.Equal(ErrorCode.InsufficientStorage, set[2].Error?.Code);
        Assert.False((await site.PutAsync(dataset.Id, "a", new byte[300])).IsOk);
        Task<Result<long>> SetAsync() => site.Site.Metadata.SetAsync(dataset.Id, document.RootElement, null, "anna", Ct);
    }

    private static Task<Result<SiteSnapshot?>> TakeAsync(TestSite site, SiteDataset dataset) => site.Site.HeadCompactor.CompactAsync(
        dataset.Id, new Write.Heads.CompactionRequest(Model.Records.SnapshotReason.Manual, "anna", null), Ct);

    [Fact]
    public async Task What_is_deleted_makes_room()
    {
        await using TestSite site = await OpenAsync(bytes: 1000, entries: 1);
        SiteDataset dataset = await site.CreateAsync("data");
        await site.PutAsync(dataset.Id, "a", new byte[900]);
        Assert.False((await site.PutAsync(dataset.Id, "b", new byte[10])).IsOk);

        await site.RemoveAsync(dataset.Id, "a");

        Assert.True((await site.PutAsync(dataset.Id, "b", new byte[900])).IsOk);
    }

    [Fact]
    public async Task A_quota_below_what_is_there_takes_nothing_away_and_lets_nothing_be_added()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        SiteDataset dataset = await site.CreateAsync("data");
        await site.PutAsync(dataset.Id, "a", new byte[900]);

        await site.Site.Quotas.SetAsync(new OwnerQuota("anna", 500, null), "admin", Ct);

        Assert.Equal(900, (await site.ReadAsync(dataset.Id, "a"))!.Length);
        Assert.False((await site.PutAsync(dataset.Id, "b", new byte[1])).IsOk);
        Assert.True((await site.PutAsync(dataset.Id, "a", new byte[600])).IsOk);
        await site.Site.Quotas.SetAsync(new OwnerQuota("anna", null, null), "admin", Ct);
        Assert.True((await site.PutAsync(dataset.Id, "b", new byte[5000])).IsOk);
    }

    [Fact]
    public async Task A_site_in_which_nothing_is_has_no_usage_and_no_history()
    {
        await using TestSite site = await TestSite.OpenAsync();

        Assert.Empty(await site.Site.Quotas.ListAsync(Ct));
        Assert.False(await site.Site.Quotas.NoteDayAsync(Ct));
        Assert.Equal((null, new OwnerUsage("anna", 0, 0, 0)), await site.Site.Quotas.FindAsync("anna", Ct));
    }

    [Fact]
    public async Task Others_are_not_touched()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        DatasetId other = (await site.Site.Lifecycle.CreateAsync(
            new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "bob", Slug = "his", By = "bob" }, Ct)).Value.Id;

        Assert.True((await site.PutAsync(other, "a", new byte[5000])).IsOk);
    }

    [Fact]
    public async Task A_push_is_counted_whole()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        SiteDataset dataset = await site.CreateAsync("data");
        SiteSession session = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        byte[] content = RandomNumberGenerator.GetBytes(400);
        using (Write.Blobs.ReceivedBlob blob = (await site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, Hutch.Storage.Lane.Main, Ct)).Value)
        {
            _ = (await site.Site.Pushes.AddAsync(session.Id, [blob], Ct)).Value;
        }

        var entry = Entry.File(BlobHash.Compute(content), content.Length);
        TreeChange[] three = [.. new[] { "a", "b", "c" }.Select(name => new TreeChange(DatasetPath.Parse(name).Value, entry))];
        Result<SiteSnapshot> tooMuch = await site.Site.PushCommits.CommitAsync(session, three, null, Ct);
        Result<SiteSnapshot> fits = await site.Site.PushCommits.CommitAsync(session, three[..2], null, Ct);

        Assert.Equal("1200", tooMuch.Error?.Details?["needed"]);
        Assert.True(fits.IsOk, fits.Error?.Message);
    }

    [Fact]
    public async Task Two_pushes_cannot_both_begin_to_upload_what_only_one_has_room_for()
    {
        await using TestSite site = await OpenAsync(bytes: 20 << 20);
        SiteDataset dataset = await site.CreateAsync("data");
        SiteSession one = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        SiteSession two = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;

        Result<UploadState> first = await UploadPartAsync(site, one, 1);
        Result<UploadState> second = await UploadPartAsync(site, two, 2);
        await site.Site.Pushes.AbortAsync(one.Id, "anna", Ct);
        Result<UploadState> after = await UploadPartAsync(site, two, 2);

        Assert.True(first.IsOk, first.Error?.Message);
        Assert.Equal(ErrorCode.InsufficientStorage, second.Error?.Code);
        Assert.True(after.IsOk, after.Error?.Message);
    }

    [Fact]
    public async Task A_derived_copy_counts_for_its_owner()
    {
        await using TestSite site = await OpenAsync(bytes: 1000);
        SiteDataset dataset = await site.CreateAsync("data");
        await site.PutAsync(dataset.Id, "a", new byte[600]);
        SiteDataset closed = (await site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct)).Value;

        Result<SiteDataset> copy = await site.Site.Lifecycle.CreateAsync(
            new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = "copy", By = "anna", Parents = [new ParentVersion(closed.Id, null)], Copy = true }, Ct);

        Assert.Equal(ErrorCode.InsufficientStorage, copy.Error?.Code);
    }

    [Fact]
    public async Task Quotas_and_history_follow_from_the_journal()
    {
        await using TestSite site = await OpenAsync(bytes: 100_000, entries: 7);
        SiteDataset dataset = await site.CreateAsync("data");
        await site.PutAsync(dataset.Id, "a", new byte[600]);
        await site.PutAsync(dataset.Id, "b", new byte[50]);

        bool first = await site.Site.Quotas.NoteDayAsync(Ct);
        bool again = await site.Site.Quotas.NoteDayAsync(Ct);
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        List<string> rebuilt = await site.DumpAsync();
        (OwnerQuota? quota, OwnerUsage usage) = await site.Site.Quotas.FindAsync("anna", Ct);

        Assert.True(first);
        Assert.False(again);
        Assert.Equal(live, rebuilt);
        Assert.Equal(new OwnerQuota("anna", 100_000, 7), quota);
        Assert.Equal(new OwnerUsage("anna", 650, 2, 1), usage);
        DayUsage day = Assert.Single(await site.Site.Quotas.HistoryAsync(1, Ct));
        Assert.Equal(("anna", 650, 2), (day.Owner, day.Bytes, day.Entries));
    }

    private static async Task<TestSite> OpenAsync(long? bytes = null, long? entries = null)
    {
        TestSite site = await TestSite.OpenAsync();
        _ = (await site.Site.Quotas.SetAsync(new OwnerQuota("anna", bytes, entries), "admin", Ct)).Value;
        return site;
    }

    /// <summary>The first part of a file of 12 MiB; then the connection is cut.</summary>
    private static Task<Result<UploadState>> UploadPartAsync(TestSite site, SiteSession session, byte seed)
    {
        byte[] content = new byte[12 << 20];
        new Random(seed).NextBytes(content);
        var key = UploadKey.OfHash(BlobHash.Compute(content));
        return site.Site.ResumableUploads.ContinueAsync(session, key, content.Length, 0, PipeReader.Create(new MemoryStream(content, 0, 5 << 20)), null, Ct);
    }
}
