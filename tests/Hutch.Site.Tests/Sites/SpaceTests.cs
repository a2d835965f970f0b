using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Replication.Space;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

/// <summary>What a collection frees is known before: shared bytes, versions and other datasets do not count.</summary>
public sealed class SpaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_free_space_grows_by_the_measured_bytes()
    {
        await using TestSite site = await TestSite.OpenAsync();
        var random = new Random(7);
        byte[][] contents = [.. Enumerable.Range(0, 40).Select(_ => Bytes(random.Next(1_000, 300_000), random))];
        byte[] large = Bytes(6_000_000, random);
        SiteDataset stays = await site.CreateAsync("stays");
        SiteDataset[] leaving = [await site.CreateAsync("one"), await site.CreateAsync("two"), await site.CreateAsync("three")];
        for (int i = 0; i < contents.Length; i++)
        {
            foreach (SiteDataset dataset in leaving.Append(stays).Where(_ => random.Next(4) == 0))
            {
                await site.PutAsync(dataset.Id, $"file-{i}", contents[i]);
            }
        }

        await site.PutAsync(leaving[0].Id, "large", large);
        await site.PutAsync(leaving[1].Id, "large", large);
        await site.PutAsync(leaving[2].Id, "version", Bytes(500_000, random));
        Assert.True((await site.Site.Lifecycle.CloseAsync(leaving[2].Id, "anna", null, Ct)).IsOk);
        await site.Site.Segments.SealAsync(Ct);
        await site.Site.Collector.CollectAsync(Ct);
        foreach (SiteDataset dataset in leaving)
        {
            Assert.True((await site.Site.Lifecycle.TrashAsync(dataset.Id, "anna", Ct)).IsOk);
        }

        SpaceMeasure measured = await MeasureAsync(site.Site.Space, null, [], [.. leaving.Select(one => new LeavingData(one.Id))]);
        await site.PassAsync(TimeSpan.FromDays(31));
        Assert.Equal(3, await site.Site.Lifecycle.EndWhatIsOverAsync(Ct));
        await site.Site.Segments.SealAsync(Ct);
        long before = site.Site.Files.Stored.Bytes;
        await site.Site.Collector.CollectAsync(Ct);

        long promised = measured.Bytes.Values.Sum() + measured.Together;
        Assert.InRange(before - site.Site.Files.Stored.Bytes, promised * 0.99, promised * 1.01);
        Assert.InRange(measured.Together, large.Length, promised);
    }

    /// <summary>Bytes that a dataset of another user has, too, look the same as bytes that no user has.</summary>
    [Fact]
    public async Task Datasets_that_do_not_count_change_no_figure()
    {
        await using TestSite site = await TestSite.OpenAsync();
        byte[] content = Bytes(200_000, new Random(1));
        SiteDataset own = await site.CreateAsync("own");
        await site.PutAsync(own.Id, "file", content);
        Assert.True((await site.Site.Lifecycle.TrashAsync(own.Id, "anna", Ct)).IsOk);
        long before = await MeasureOneAsync(own.Id);

        SiteDataset other = await site.CreateAsync("other");
        await site.PutAsync(other.Id, "file", content);

        Assert.Equal((200_000, 200_000), (before, await MeasureOneAsync(own.Id)));
        Assert.Equal(0, (await MeasureAsync(site.Site.Space, null, [], new LeavingData(own.Id))).Bytes[own.Id]);
        Assert.Equal(0, (await MeasureAsync(site.Site.Space, new HashSet<DatasetId> { own.Id }, [BlobHash.Compute(content)], new LeavingData(own.Id))).Bytes[own.Id]);

        async Task<long> MeasureOneAsync(DatasetId dataset) =>
            (await MeasureAsync(site.Site.Space, new HashSet<DatasetId> { dataset }, [], new LeavingData(dataset))).Bytes[dataset];
    }

    [Fact]
    public async Task A_dataset_beyond_the_limit_is_left_out_and_its_bytes_count_as_needed()
    {
        await using TestSite site = await TestSite.OpenAsync();
        var random = new Random(1);
        byte[] both = Bytes(100_000, random);
        SiteDataset small = await site.CreateAsync("small");
        SiteDataset big = await site.CreateAsync("big");
        await site.PutAsync(small.Id, "both", both);
        await site.PutAsync(small.Id, "alone", Bytes(50_000, random));
        await site.PutAsync(big.Id, "both", both);
        await site.PutAsync(big.Id, "second", Bytes(70_000, random));
        await site.PutAsync(big.Id, "third", Bytes(70_000, random));
        Assert.True((await site.Site.Lifecycle.TrashAsync(small.Id, "anna", Ct)).IsOk);
        Assert.True((await site.Site.Lifecycle.TrashAsync(big.Id, "anna", Ct)).IsOk);
        using var meter = new SpaceMeter(site.Site.Records, site.Site.Blobs, site.Site.Heads.Tree) { Limit = 3 };

        SpaceMeasure measured = await MeasureAsync(meter, null, [], new LeavingData(small.Id), new LeavingData(big.Id));

        Assert.Equal((50_000, 0), (Assert.Single(measured.Bytes).Value, measured.Together));
    }

    /// <summary>A version that stays keeps its bytes, also if it has the same tree as one that goes.</summary>
    [Fact]
    public async Task Automatic_versions_before_the_newest_give_back_what_only_they_have()
    {
        await using TestSite site = await TestSite.OpenAsync();
        var random = new Random(3);
        SiteDataset dataset = await site.CreateAsync("data");
        await PutVersionAsync(4_000_000, CompactionRequest.Automatic);
        await PutVersionAsync(3_000_000, new CompactionRequest(SnapshotReason.Manual, "anna", null));
        await PutVersionAsync(2_000_000, CompactionRequest.Automatic);
        await PutVersionAsync(1_000_000, CompactionRequest.Automatic);
        Assert.True((await site.Site.HeadCompactor.CompactAsync(dataset.Id, new CompactionRequest(SnapshotReason.Manual, "anna", null), Ct)).IsOk);
        await PutVersionAsync(500_000, CompactionRequest.Automatic);
        await site.Site.Segments.SealAsync(Ct);
        await site.Site.Collector.CollectAsync(Ct);

        SupersededVersions old = await site.Site.Records.ReadConsistentAsync(
            queries => site.Site.Snapshots.FindSuperseded(queries, queries.Dataset(dataset.Id)!), Ct);
        IReadOnlyList<SpaceMeasure> measured = await site.Site.Space.MeasureAsync(
            [[new LeavingData(dataset.Id, old.Ending)], [new LeavingData(dataset.Id, [.. old.Ending, .. old.Lasting])]], null, [], Ct);
        await site.PassAsync(old.Until - site.Time.GetUtcNow() + TimeSpan.FromMinutes(1));
        Assert.Equal(3, await site.Site.Snapshots.ThinAsync(dataset.Id, Ct));
        long before = site.Site.Files.Stored.Bytes;
        await site.Site.Collector.CollectAsync(Ct);

        Assert.Equal([1, 3, 4], old.Ending.Order());
        Assert.Equal([2, 5], old.Lasting.Order());
        Assert.InRange(measured[0].Bytes[dataset.Id], 6_000_000, 6_010_000);
        Assert.InRange(measured[1].Bytes[dataset.Id], 10_000_000, 10_020_000);
        Assert.InRange(before - site.Site.Files.Stored.Bytes, measured[0].Bytes[dataset.Id] * 0.99, measured[0].Bytes[dataset.Id] * 1.01);

        async Task PutVersionAsync(int bytes, CompactionRequest request)
        {
            await site.PutAsync(dataset.Id, "file", Bytes(bytes, random));
            Assert.True((await site.Site.HeadCompactor.CompactAsync(dataset.Id, request, Ct)).IsOk);
        }
    }

    private static async Task<SpaceMeasure> MeasureAsync(
        SpaceMeter meter, IReadOnlySet<DatasetId>? among, IReadOnlyList<BlobHash> retained, params LeavingData[] leaving) =>
        Assert.Single(await meter.MeasureAsync([leaving], among, retained, Ct));

    private static byte[] Bytes(int count, Random random)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
