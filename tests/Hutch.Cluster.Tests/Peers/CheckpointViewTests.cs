using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Site.Tests.Engines;
using Hutch.Storage.Caching;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>A server that joins late loads the newest checkpoint, out of packs too, and replays what came after it.</summary>
public sealed class CheckpointViewTests(PostgresServer postgres) : TwoServerTests(postgres)
{
    private protected override ClusterOptions Options => new()
    {
        Cache = new CacheOptions { CacheBytes = 0 },
        Packs = new PackOptions { PackBytes = 1 << 16, MergedBytes = 1 << 20, MergeAtPacks = 3 },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_view_from_checkpoint_and_log_equals_the_live_one(int seed)
    {
        DatasetId[] datasets = [(await A.Site.CreateAsync("one")).Id, (await A.Site.CreateAsync("two")).Id];
        await B.Site.Site.ReadIndex.AwaitAsync(Ct);
        var random = new Random(seed);
        for (int round = 0; round < 4; round++)
        {
            SharedLogWriter[] writers =
                [.. Enumerable.Range(0, 2).Select(i => new SharedLogWriter((round * 2) + i, i == 0 ? A.Site : B.Site, datasets, seed + round))];
            await Task.WhenAll(writers.Select(writer => Task.Run(() => writer.RunAsync(10, Ct), Ct)));
            if (round == 0 || random.Next(2) == 0)
            {
                Assert.True((await (random.Next(2) == 0 ? A : B).Site.Site.Checkpointer.WriteAsync(Ct)).IsOk);
            }

            if (random.Next(2) == 0)
            {
                await (random.Next(2) == 0 ? A : B).PackAsync();
            }
        }

        await A.Site.Site.ReadIndex.AwaitAsync(Ct);
        await B.Site.Site.ReadIndex.AwaitAsync(Ct);

        // What would fail if it were read: everything before the first checkpoint is in it.
        Database.Run("UPDATE site_log SET journal = 'not read' WHERE last_sequence BETWEEN 1 AND 2");
        await using TestServer late = await TestServer.OpenAsync(Database.Place, Objects, Options);

        List<string> records = await A.Site.DumpAsync();
        Assert.Equal(records, await B.Site.DumpAsync());
        Assert.Equal(records, await late.Site.DumpAsync());
    }

    [Fact]
    public async Task A_checkpoint_is_loaded_from_the_bucket_when_its_rows_were_packed()
    {
        DatasetId dataset = (await A.Site.CreateAsync("shared")).Id;
        Assert.True((await A.Site.PutAsync(dataset, "f", "before")).IsOk);
        Assert.True((await A.Site.Site.Checkpointer.WriteAsync(Ct)).IsOk);
        await A.PackAsync();
        Assert.Equal(0, Database.Ask<long>("SELECT count(*) FROM site_log WHERE bodies IS NOT NULL"));
        Assert.True((await A.Site.PutAsync(dataset, "g", "after")).IsOk);
        Database.Run("UPDATE site_log SET journal = 'not read' WHERE number = 1");

        await using TestServer late = await TestServer.OpenAsync(Database.Place, Objects, Options);

        Assert.Equal("before", await late.TextAsync(dataset, "f"));
        Assert.Equal("after", await late.TextAsync(dataset, "g"));
        Assert.Equal(await A.Site.DumpAsync(), await late.Site.DumpAsync());
    }
}
