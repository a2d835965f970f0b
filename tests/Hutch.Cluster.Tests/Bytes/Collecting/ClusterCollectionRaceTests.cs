using System.Security.Cryptography;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Tests.Crashes;
using Hutch.Site.Write.Entries;

namespace Hutch.Cluster.Tests.Bytes.Collecting;

/// <summary>The races of the collector where another server does what must not be lost.</summary>
public sealed class ClusterCollectionRaceTests : CollectionRaces
{
    private CollectingServers _servers = null!;

    public override ValueTask DisposeAsync() => _servers.DisposeAsync();

    [Fact]
    public async Task What_another_server_puts_again_just_before_the_log_is_locked_stays()
    {
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] other = RandomNumberGenerator.GetBytes(6000);
        SiteDataset dataset = await _servers[1].CreateAsync("late");
        await PutAndRemoveAsync(dataset, "small", small);
        await PutAndRemoveAsync(dataset, "other", other);
        int calls = 0;
        _servers.Condemning = async () =>
        {
            // Not at the first, which is asked about extents or another pack: whichever it is, both come again.
            byte[] content = calls++ == 0 ? small : other;
            await _servers[1].PutAsync(dataset, "again " + content.Length, content);
        };

        await _servers[0].Site.Collector.CollectAsync(Ct);
        _servers.Condemning = static () => Task.CompletedTask;
        Assert.True(calls > 1);
        await _servers.SweepAsync(0);

        foreach (SimulatedSite site in (SimulatedSite[])[_servers[0], _servers[1]])
        {
            await site.Site.ReadIndex.AwaitAsync(Ct);
            await site.VerifyAllAsync();
        }
    }

    [Fact]
    public async Task An_upload_that_another_server_gave_up_is_condemned_and_deleted()
    {
        SiteDataset dataset = await _servers[1].CreateAsync("given up");
        (await _servers[1].ReceiveAsync(dataset.Id, RandomNumberGenerator.GetBytes((1 << 20) + 5))).Value.Dispose();
        await _servers[1].PutAsync(dataset, "next", [1]);
        Assert.Equal(3, Extents());

        await _servers[0].Site.Collector.CollectAsync(Ct);
        await _servers.SweepAsync(0);

        Assert.Equal(0, Extents());

        int Extents() => _servers.Objects.Keys.Count(static key => key.StartsWith("extents/", StringComparison.Ordinal));
    }

    /// <summary>Two servers of a home: one recalls while the other frees what it takes for evicted.</summary>
    [Theory]
    [InlineData(CollectionStep.FirstMoment)]
    [InlineData(CollectionStep.Waited)]
    [InlineData(CollectionStep.SecondMoment)]
    [InlineData(CollectionStep.Moved)]
    public async Task What_a_recall_at_another_server_finds_after_it_waited_for_the_collection_stays(object step)
    {
        byte[][] files = [RandomNumberGenerator.GetBytes(5000), RandomNumberGenerator.GetBytes((1 << 20) + 5)];
        SiteDataset dataset = await EvictAsync(files);
        Task<List<BlobHash>> found = Task.FromResult(new List<BlobHash>());
        _servers[0].Site.Collector.Reached = async reached =>
        {
            if (reached == (CollectionStep)step)
            {
                Assert.True((await _servers[1].Site.Evictions.RecallAsync(dataset.Id, Ct)).IsOk);
                found = Task.Run(() => FindAsync(files), Ct);
            }
        };

        await _servers[0].Site.Collector.CollectAsync(Ct);
        _servers[0].Site.Collector.Reached = static _ => Task.CompletedTask;
        List<BlobHash> stays = await found;
        await _servers.SweepAsync(0);

        // The second mark knows of a recall that was before the wait, and may know of one that was after it.
        Assert.InRange(stays.Count, (CollectionStep)step == CollectionStep.FirstMoment ? files.Length : 0, files.Length);
        foreach (BlobHash hash in stays)
        {
            Assert.Equal(hash, BlobHash.Compute(await (await _servers[1].Site.Blobs.FindPermanentAsync(hash, Ct))!.ReadAllAsync(8 << 20, Ct)));
        }
    }

    /// <summary>A closed dataset whose bytes other sites hold, with nothing of it in rows.</summary>
    private async Task<SiteDataset> EvictAsync(byte[][] files)
    {
        SimulatedSite site = _servers[1];
        SiteDataset dataset = await site.CreateAsync("evicted");
        foreach (byte[] file in files)
        {
            await site.PutAsync(dataset, $"{file.Length}.bin", file);
        }

        long version = (await site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct)).Value.Snapshot!.Value;
        BlobHash nonce = (await site.Site.Evictions.RequestAsync(dataset.Id, 1, "anna", Ct)).Value.Eviction!.Nonce;
        Assert.True((await site.Site.Evictions.RecordRequestedAsync(dataset.Id, nonce, "archive", Ct)).IsOk);
        var proofs = new Dictionary<string, string> { ["archive"] = "signed" };
        Assert.True((await site.Site.Evictions.EvictAsync(dataset.Id, nonce, proofs, [version], Ct)).IsOk);
        await _servers.PackAsync(1);
        return dataset;
    }

    /// <summary>Which files a recall finds here.</summary>
    private async Task<List<BlobHash>> FindAsync(byte[][] files)
    {
        await _servers[1].Site.Collector.WaitForCollectionAsync(Ct);
        var found = new List<BlobHash>();
        foreach (BlobHash hash in files.Select(static file => BlobHash.Compute(file)))
        {
            if (await _servers[1].Site.Blobs.FindPermanentAsync(hash, Ct) is not null)
            {
                found.Add(hash);
            }
        }

        return found;
    }

    private async Task PutAndRemoveAsync(SiteDataset dataset, string path, byte[] content)
    {
        await _servers[1].PutAsync(dataset, path, content);
        await _servers.PackAsync(1);
        Assert.True((await _servers[1].Site.Entries.RemoveAsync(dataset.Id, DatasetPath.Parse(path).Value, EntryCondition.None, Ct)).IsOk);
    }

    internal override async Task<(SimulatedSite Collecting, SimulatedSite Other)> OpenAsync()
    {
        _servers = await CollectingServers.OpenAsync(Time);
        return (_servers[0], _servers[1]);
    }

    internal override async Task<SimulatedSite> ReopenWithoutRecordsAsync()
    {
        await _servers.CloseAsync(1);
        await _servers.OpenAsync(1);
        return _servers[1];
    }

    internal override Task SealEverythingAsync() => _servers.PackAsync(1);

    internal override Task DeleteCondemnedAsync() => _servers.SweepAsync(0);
}
