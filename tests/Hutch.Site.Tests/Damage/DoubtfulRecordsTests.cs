using System.Security.Cryptography;
using System.Text;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Heads;
using Microsoft.Data.Sqlite;

namespace Hutch.Site.Tests.Damage;

/// <summary>Rows of <c>site.db</c> that are wrong though their pages are as they were written, while the segments are whole.</summary>
public sealed class DoubtfulRecordsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DELETE FROM blobs", true)]
    [InlineData("UPDATE blobs SET hash = '0000' || substr(hash, 5)", true)]
    [InlineData("UPDATE overlay SET entry = replace(entry, '{0}', '0000' || substr('{0}', 5))", false)]
    public async Task Bytes_that_the_records_do_not_lead_to_are_damaged_and_not_gone(string damage, bool isLarge)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(isLarge ? 3 << 20 : 300);
        await site.PutAsync(dataset.Id, "file", content);
        await site.ReopenAsync(() => Run(site.RecordsPath, damage.Replace("{0}", BlobHash.Compute(content).ToString(), StringComparison.Ordinal)));

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => ReadAsync(site, dataset.Id));

        Assert.Equal(ErrorCode.Quarantined, refusal.Error.Code);
        Assert.Single(await site.Site.Warnings.ReadAsync(Ct), warning => warning.Kind == "records-doubtful");
        HutchException stands = await Assert.ThrowsAsync<HutchException>(() => site.Site.Collector.CollectAsync(Ct));
        Assert.Contains("no stored data is removed", stands.Message, StringComparison.Ordinal);
        await RebuildAsync(site);
        Assert.Equal(content, await ReadAsync(site, dataset.Id));
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_damaged_until_the_records_are_made_anew()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        await site.PutAsync(dataset.Id, "file", "some bytes");
        await site.ReopenAsync(() => Run(site.RecordsPath, "UPDATE overlay SET entry = replace(entry, '{', '[')"));

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => ReadAsync(site, dataset.Id));

        Assert.Equal(ErrorCode.Quarantined, refusal.Error.Code);
        Assert.Contains("What site.db says of 'file' is damaged (The entry is", refusal.Message, StringComparison.Ordinal);
        await RebuildAsync(site);
        Assert.Equal("some bytes"u8.ToArray(), await ReadAsync(site, dataset.Id));
    }

    [Fact]
    public async Task Bytes_of_a_dataset_that_has_ended_are_gone_and_nothing_is_doubted()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        await site.PutAsync(dataset.Id, "file", "some bytes");
        BlobHash hash = BlobHash.Compute("some bytes"u8);
        Assert.True((await site.Site.Lifecycle.PurgeAsync(dataset.Id, "by law", "anna", Ct)).IsOk);
        await site.Site.Collector.CollectAsync(Ct);

        Assert.Null(await site.Site.Blobs.FindAsync(dataset.Id, hash, Ct));

        Assert.DoesNotContain(await site.Site.Warnings.ReadAsync(Ct), warning => warning.Kind == "records-doubtful");
    }

    [Fact]
    public async Task A_blob_of_a_dropped_snapshot_is_not_found_and_causes_no_warning()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        for (int i = 0; i < 3; i++)
        {
            await site.PutAsync(dataset.Id, "file", "version " + i);
            await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        }

        await site.PassAsync(TimeSpan.FromDays(365));
        Assert.True(await site.Site.Snapshots.ThinAsync(dataset.Id, Ct) > 0);
        await site.Site.Collector.CollectAsync(Ct);

        Assert.Null(await site.Site.Blobs.FindAsync(dataset.Id, BlobHash.Compute("version 0"u8), Ct));

        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
        await site.Site.Collector.CollectAsync(Ct);
    }

    [Theory]
    [InlineData("expires = 4000000000000")]
    [InlineData("kept = 1")]
    [InlineData("folder = '/data'")]
    [InlineData("ended = 1")]
    [InlineData("id = '00000000-0000-0000-0000-000000000001'")]
    public async Task Bytes_of_a_dataset_need_not_last_when_those_of_one_far_above_it_need_not(string difference)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset top = await site.CreateAsync("top");
        Assert.True((await site.Site.Lifecycle.CloseAsync(top.Id, "anna", null, Ct)).IsOk);
        SiteDataset middle = await site.CreateAsync("middle", new ParentVersion(top.Id, null));
        Assert.True((await site.Site.Lifecycle.CloseAsync(middle.Id, "anna", null, Ct)).IsOk);
        SiteDataset low = await site.CreateAsync("low", new ParentVersion(middle.Id, null));
        Assert.True(await MustLastAsync(site, low.Id));

        await site.ReopenAsync(() => Run(site.RecordsPath, $"UPDATE datasets SET {difference} WHERE slug = 'top'"));

        Assert.False(await MustLastAsync(site, low.Id));
        Assert.False(await MustLastAsync(site, middle.Id));
    }

    [Fact]
    public async Task Nothing_is_removed_for_a_purge_nor_after_a_start_until_the_records_are_made_anew()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await DamagedAsync(site, "some bytes");
        await Assert.ThrowsAsync<HutchException>(() => ReadAsync(site, dataset.Id));
        SiteDataset other = await site.CreateAsync("other");

        await site.ReopenAsync();
        SiteDataset purged = (await site.Site.Lifecycle.PurgeAsync(other.Id, "by law", "anna", Ct)).Value;

        Assert.Contains(dataset.Id.ToString(), Assert.Single(await site.Site.Warnings.ReadAsync(Ct)).Message, StringComparison.Ordinal);
        HutchException stands = await Assert.ThrowsAsync<HutchException>(() => site.Site.Collector.CollectPurgedAsync(purged, Ct));
        Assert.Equal(ErrorCode.Unavailable, stands.Error.Code);
        await RebuildAsync(site);
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
        await site.Site.Collector.CollectPurgedAsync(purged, Ct);
    }

    [Fact]
    public async Task A_push_that_names_bytes_that_the_records_do_not_lead_to_is_asked_to_send_them()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(3 << 20);
        await site.PutAsync(dataset.Id, "file", content);
        SiteSession push = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        Assert.Null(await FaultAsync(site, push, content));
        await site.ReopenAsync(() => Run(site.RecordsPath, "DELETE FROM blobs"));

        HutchError? fault = await FaultAsync(site, push, content);

        Assert.Equal(ErrorCode.BlobNotNameable, fault?.Code);
        Assert.Contains("Upload the file in this push again", fault!.Message, StringComparison.Ordinal);
    }

    /// <summary>What is wrong with a push that puts some content at another path.</summary>
    private static async Task<HutchError?> FaultAsync(TestSite site, SiteSession push, byte[] content)
    {
        TreeView head = (await site.Site.Heads.ResolveAsync(push.Dataset, null, Ct)).Value;
        var change = new TreeChange(DatasetPath.Parse("copy").Value, Entry.File(BlobHash.Compute(content), content.Length));
        return await site.Site.Changes.FindFaultAsync(push, [change], 0, _ => Task.FromResult<IReadOnlyList<TreeView>>([head]), Ct);
    }

    private static ValueTask<bool> MustLastAsync(TestSite site, DatasetId dataset) =>
        site.Site.Records.ReadConsistentAsync(queries => queries.MustLast(dataset), Ct);

    private static async Task<SiteDataset> DamagedAsync(TestSite site, string content)
    {
        SiteDataset dataset = await site.CreateAsync("set");
        await site.PutAsync(dataset.Id, "file", content);
        string hash = BlobHash.Compute(Encoding.UTF8.GetBytes(content)).ToString();
        await site.ReopenAsync(() => Run(site.RecordsPath, $"UPDATE overlay SET entry = replace(entry, '{hash}', '0000' || substr('{hash}', 5))"));
        return dataset;
    }

    private static Task RebuildAsync(TestSite site) => site.ReopenAsync(() =>
    {
        foreach (string suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(site.RecordsPath + suffix);
        }
    });

    private static async Task<byte[]> ReadAsync(TestSite site, DatasetId dataset)
    {
        TreeView view = (await site.Site.Heads.ResolveAsync(dataset, null, Ct)).Value;
        Entry entry = (await site.Site.Heads.FindAsync(view, DatasetPath.Parse("file").Value, Ct))!;
        return await (await site.Site.Blobs.FindAsync(dataset, entry.Hash, Ct))!.ReadAllAsync(int.MaxValue, Ct);
    }

    private static void Run(string database, string statement)
    {
        using var connection = new SqliteConnection($"Data Source=file://{database}?vfs=hutch-page-sums;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
