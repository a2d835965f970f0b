using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Catalog.Search;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;
using Hutch.Storage;

namespace Hutch.Site.Tests.Sites;

/// <summary>What collections and purges take and leave, whatever engine keeps the site.</summary>
public sealed class PurgeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_living_stay_readable_and_the_dead_are_gone()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset kept = await site.CreateAsync("kept");
        SiteDataset purged = await site.CreateAsync("purged");
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] large = RandomNumberGenerator.GetBytes(9 << 20);
        byte[] secret = RandomNumberGenerator.GetBytes(6000);
        byte[] largeSecret = RandomNumberGenerator.GetBytes(5 << 20);
        await site.PutAsync(kept.Id, "small", small);
        await site.PutAsync(kept.Id, "large", large);
        await site.PutAsync(purged.Id, "shared", small);
        await site.PutAsync(purged.Id, "patient-name", secret);
        await site.PutAsync(purged.Id, "largeSecret", largeSecret);
        await site.Site.HeadCompactor.CompactAsync(kept.Id, CompactionRequest.Automatic, Ct);
        await site.Site.HeadCompactor.CompactAsync(purged.Id, CompactionRequest.Automatic, Ct);

        await site.Site.Lifecycle.PurgeAsync(purged.Id, "withdrawn consent", "anna", Ct);
        CollectionReport report = await site.Site.Collector.CollectPurgedAsync(purged, Ct);

        Assert.True(report.Retired > 0);
        Assert.Equal(small, await site.ReadAsync(kept.Id, "small"));
        Assert.Equal(large, await site.ReadAsync(kept.Id, "large"));
        Assert.Null(await site.Site.Blobs.FindAsync(BlobHash.Compute(secret), Ct));
        Assert.Null(await site.Site.Blobs.FindAsync(BlobHash.Compute(largeSecret), Ct));
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(small, await site.ReadAsync(kept.Id, "small"));
        Assert.Equal(large, await site.ReadAsync(kept.Id, "large"));
    }

    [Fact]
    public async Task Purged_bytes_have_ended_and_are_not_lost_also_after_a_kill_and_in_records_that_were_made_anew()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset purged = await site.CreateAsync("purged");
        byte[] secret = RandomNumberGenerator.GetBytes(6000);
        byte[] largeSecret = RandomNumberGenerator.GetBytes(5 << 20);
        await site.PutAsync(purged.Id, "patient-name", secret);
        await site.PutAsync(purged.Id, "largeSecret", largeSecret);
        await site.Site.Lifecycle.PurgeAsync(purged.Id, "withdrawn consent", "anna", Ct);
        await site.Site.Collector.CollectPurgedAsync(purged, Ct);

        await site.ReopenAsync(withoutDatabase: true);

        Assert.Null(await site.Site.Blobs.FindAsync(purged.Id, BlobHash.Compute(secret), Ct));
        Assert.Null(await site.Site.Blobs.FindAsync(purged.Id, BlobHash.Compute(largeSecret), Ct));
    }

    [Fact]
    public async Task The_content_of_keys_goes_with_the_dataset_and_stays_where_another_holds_it()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset kept = await site.CreateAsync("kept");
        SiteDataset purged = await site.CreateAsync("purged");
        byte[] shared = RandomNumberGenerator.GetBytes(5000);
        byte[] secret = RandomNumberGenerator.GetBytes(6000);
        byte[] largeSecret = RandomNumberGenerator.GetBytes(5 << 20);
        await HoldAsync(site, kept.Id, shared);
        foreach (byte[] content in (byte[][])[shared, secret, largeSecret])
        {
            await HoldAsync(site, purged.Id, content);
        }

        await site.Site.Collector.CollectAsync(Ct);
        BlobContent? before = await site.Site.Blobs.FindAsync(BlobHash.Compute(secret), Ct);
        await site.Site.Lifecycle.PurgeAsync(purged.Id, "withdrawn consent", "anna", Ct);
        await site.Site.Collector.CollectPurgedAsync(purged, Ct);

        Assert.NotNull(before);
        Assert.Null(await site.Site.Blobs.FindAsync(BlobHash.Compute(secret), Ct));
        Assert.Null(await site.Site.Blobs.FindAsync(BlobHash.Compute(largeSecret), Ct));
        await site.ReopenAsync(withoutDatabase: true);
        Assert.NotNull(await site.Site.Blobs.FindAsync(BlobHash.Compute(shared), Ct));
        Assert.False(await site.Site.Records.ReadAsync(queries => queries.HasKeys(purged.Key), Ct));
        Assert.True(await site.Site.Records.ReadAsync(queries => queries.HasKeys(kept.Key), Ct));
    }

    [Fact]
    public async Task A_purge_leaves_neither_bytes_nor_names_in_any_file()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset purged = await site.CreateAsync("purged");
        await site.PutAsync(purged.Id, "patient-mueller-1970", "the secret of patient mueller");
        await site.Site.HeadCompactor.CompactAsync(purged.Id, CompactionRequest.Automatic, Ct);
        await site.Site.Words.UpdateAsync(
            index =>
            {
                index.Put(new SearchDocument(purged.Key, purged.Id, "ada/patient", "patient mueller", [SearchAudience.Public]));
                return Task.FromResult(Done.Value);
            },
            Ct);

        await site.Site.Lifecycle.PurgeAsync(purged.Id, "withdrawn consent", "anna", Ct);
        await site.Site.Collector.CollectPurgedAsync(purged, Ct);
        await site.ReopenAsync();

        foreach (string file in Directory.EnumerateFiles(site.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.False(File.ReadAllBytes(file).AsSpan().IndexOf("mueller"u8) >= 0, file);
        }
    }

    [Fact]
    public async Task Writers_that_rely_on_dead_bytes_during_a_collection_lose_nothing()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("busy");
        byte[][] contents = [.. Enumerable.Range(0, 40).Select(i => RandomNumberGenerator.GetBytes(i % 8 == 0 ? 2 << 20 : 3000))];
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < contents.Length; i++)
            {
                await site.PutAsync(dataset.Id, $"f{i}", contents[i]);
            }

            for (int i = 0; i < contents.Length; i++)
            {
                await site.RemoveAsync(dataset.Id, $"f{i}");
            }

            // All of it is dead now; while the collector runs, everything is put again and finds itself stored already.
            Task<CollectionReport> collecting = Task.Run(() => site.Site.Collector.CollectAsync(Ct), Ct);
            await Parallel.ForAsync(0, contents.Length, Ct, async (i, _) => await site.PutAsync(dataset.Id, $"g{i}", contents[i]));
            await collecting;
            await site.Site.Collector.CollectAsync(Ct);

            for (int i = 0; i < contents.Length; i++)
            {
                Assert.Equal(contents[i], await site.ReadAsync(dataset.Id, $"g{i}"));
                await site.RemoveAsync(dataset.Id, $"g{i}");
            }
        }
    }

    /// <summary>Brings the content of a key of git-annex, which no tree names.</summary>
    private static async Task HoldAsync(TestSite site, DatasetId id, byte[] content)
    {
        using ReceivedBlob received =
            (await site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, Lane.Main, Ct)).Value;
        var key = new StoredKey($"SHA256-s{content.Length}--{received.Hash}", received.Hash, content.Length);
        _ = (await site.Site.Repositories.StoreKeysAsync(id, [key], received, "anna", Ct)).Value;
    }
}
