using Hutch.Cluster.Bytes.Cache;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Objects.Tests.Fakes;
using Hutch.Peers.Postgres;
using Hutch.Site.Tests.Engines;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>A server that joins late loads the newest checkpoint, out of packs too, and replays what came after it.</summary>
public sealed class CheckpointViewTests(PostgresServer server) : IAsyncLifetime
{
    private readonly MemoryObjectStore _objects = new();
    private TestDatabase _database = null!;
    private TestServer _a = null!;
    private TestServer _b = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ClusterOptions Options => new()
    {
        Cache = new CacheOptions { CacheBytes = 0 },
        Packs = new PackOptions { PackBytes = 1 << 16, MergedBytes = 1 << 20, MergeAtPacks = 3 },
    };

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await TestServer.OpenAsync(_database.Place, _objects, Options);
        _b = await TestServer.OpenAsync(_database.Place, _objects, Options);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_view_from_checkpoint_and_log_equals_the_live_one(int seed)
    {
        DatasetId[] datasets = [(await _a.Site.CreateAsync("one")).Id, (await _a.Site.CreateAsync("two")).Id];
        await _b.Site.Site.Fresh.AwaitAsync(Ct);
        var random = new Random(seed);
        for (int round = 0; round < 4; round++)
        {
            SharedLogWriter[] writers =
                [.. Enumerable.Range(0, 2).Select(i => new SharedLogWriter((round * 2) + i, i == 0 ? _a.Site : _b.Site, datasets, seed + round))];
            await Task.WhenAll(writers.Select(writer => Task.Run(() => writer.RunAsync(10, Ct), Ct)));
            if (round == 0 || random.Next(2) == 0)
            {
                Assert.True((await (random.Next(2) == 0 ? _a : _b).Site.Site.Checkpointer.TakeAsync(Ct)).IsOk);
            }

            if (random.Next(2) == 0)
            {
                await (random.Next(2) == 0 ? _a : _b).PackAsync();
            }
        }

        await _a.Site.Site.Fresh.AwaitAsync(Ct);
        await _b.Site.Site.Fresh.AwaitAsync(Ct);

        // What would fail if it were read: everything before the first checkpoint is in it.
        _database.Run("UPDATE site_log SET journal = 'not read' WHERE last_sequence BETWEEN 1 AND 2");
        await using TestServer late = await TestServer.OpenAsync(_database.Place, _objects, Options);

        List<string> records = await _a.Site.DumpAsync();
        Assert.Equal(records, await _b.Site.DumpAsync());
        Assert.Equal(records, await late.Site.DumpAsync());
    }

    [Fact]
    public async Task A_checkpoint_is_loaded_from_the_bucket_when_its_rows_were_packed()
    {
        DatasetId dataset = (await _a.Site.CreateAsync("shared")).Id;
        Assert.True((await _a.Site.PutAsync(dataset, "f", "before")).IsOk);
        Assert.True((await _a.Site.Site.Checkpointer.TakeAsync(Ct)).IsOk);
        await _a.PackAsync();
        Assert.Equal(0, _database.Ask<long>("SELECT count(*) FROM site_log WHERE bodies IS NOT NULL"));
        Assert.True((await _a.Site.PutAsync(dataset, "g", "after")).IsOk);
        _database.Run("UPDATE site_log SET journal = 'not read' WHERE number = 1");

        await using TestServer late = await TestServer.OpenAsync(_database.Place, _objects, Options);

        Assert.Equal("before", await late.TextAsync(dataset, "f"));
        Assert.Equal("after", await late.TextAsync(dataset, "g"));
        Assert.Equal(await _a.Site.DumpAsync(), await late.Site.DumpAsync());
    }
}
