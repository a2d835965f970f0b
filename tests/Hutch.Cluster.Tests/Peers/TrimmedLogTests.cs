using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Site.Tests.Engines;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>A collection takes records out of the rows that a checkpoint has: no server ever lacks one.</summary>
public sealed class TrimmedLogTests(PostgresServer server) : IAsyncLifetime
{
    private readonly MemoryObjectStore _objects = new();
    private TestDatabase _database = null!;
    private TestServer _a = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private long Trimmed => _database.Ask<long>("SELECT trimmed_row FROM site_head");

    private long RowsWithRecords => _database.Ask<long>("SELECT count(*) FROM site_log WHERE octet_length(journal) > 0");

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await TestServer.OpenAsync(_database.Place, _objects);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task While_a_server_is_behind_all_records_stay_and_they_go_when_it_has_left()
    {
        await WriteAsync(_a, 10);
        _database.Run(
            "INSERT INTO site_server (id, name, epoch, heartbeat, applied_row, oldest_operation) "
            + "VALUES (gen_random_uuid(), 'behind', nextval('site_epoch'), clock_timestamp() + interval '1 hour', 3, 1000000)");
        long before = RowsWithRecords;

        await _a.PackAsync();
        await _a.Site.Site.Collector.CollectAsync(Ct);
        (long Trimmed, long Rows) held = (Trimmed, RowsWithRecords);
        _database.Run("DELETE FROM site_server WHERE name = 'behind'");
        await CollectAsync(_a);

        Assert.Equal(0, held.Trimmed);
        Assert.True(held.Rows > before, "the checkpoint came on top");
        Assert.True(Trimmed > 3, $"trimmed to row {Trimmed}");
        Assert.True(RowsWithRecords < before, $"{RowsWithRecords} rows of {before} have records");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_server_that_was_away_or_begins_anew_has_what_the_others_have(int seed)
    {
        DatasetId[] datasets = [(await _a.Site.CreateAsync("one")).Id, (await _a.Site.CreateAsync("two")).Id];
        await using TestServer b = await TestServer.OpenAsync(_database.Place, _objects);
        var random = new Random(seed);
        for (int round = 0; round < 3; round++)
        {
            await new SharedLogWriter(round, _a.Site, datasets, seed).RunAsync(8, Ct);
            await b.RestartAsync(async () =>
            {
                await new SharedLogWriter(round + 100, _a.Site, datasets, seed).RunAsync(random.Next(5), Ct);
                if (random.Next(3) > 0)
                {
                    await CollectAsync(_a);
                }

                await new SharedLogWriter(round + 200, _a.Site, datasets, seed).RunAsync(random.Next(5), Ct);
                if (random.Next(3) == 0)
                {
                    Array.ForEach(Directory.GetFiles(b.Site.Folder, "site.db*"), File.Delete);
                }
            });
            await using TestServer late = await TestServer.OpenAsync(_database.Place, _objects);

            await _a.Site.Site.ReadIndex.AwaitAsync(Ct);
            List<string> records = await _a.Site.DumpAsync();
            Assert.Equal(records, await b.Site.DumpAsync());
            Assert.Equal(records, await late.Site.DumpAsync());
        }
    }

    [Fact]
    public async Task A_server_that_has_applied_exactly_the_trimmed_rows_continues_with_its_own_records()
    {
        DatasetId dataset = (await _a.Site.CreateAsync("shared")).Id;
        await using TestServer b = await TestServer.OpenAsync(_database.Place, _objects);
        await WriteAsync(_a, 5);
        await b.Site.Site.ReadIndex.AwaitAsync(Ct);
        await b.RestartAsync(() => CollectAsync(_a));
        Assert.True((await _a.Site.PutAsync(dataset, "last", "of all")).IsOk);

        await b.Site.Site.ReadIndex.AwaitAsync(Ct);

        Assert.Equal("of all", await b.TextAsync(dataset, "last"));
        Assert.Equal(await _a.Site.DumpAsync(), await b.Site.DumpAsync());
    }

    [Fact]
    public async Task What_stops_in_the_middle_has_trimmed_nothing_and_is_done_by_the_next()
    {
        await WriteAsync(_a, 10);
        _database.Run(
            """
            CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stopped here'; END $$;
            CREATE TRIGGER stop BEFORE UPDATE OF trimmed_row ON site_head FOR EACH ROW EXECUTE FUNCTION stop()
            """);
        await _a.PackAsync();
        long before = RowsWithRecords;

        Exception stopped = await Assert.ThrowsAnyAsync<Exception>(() => _a.Site.Site.Collector.CollectAsync(Ct));
        (long Trimmed, long Rows) inBetween = (Trimmed, RowsWithRecords);
        _database.Run("DROP TRIGGER stop ON site_head");
        await CollectAsync(_a);

        Assert.Contains("stopped here", stopped.Message, StringComparison.Ordinal);
        Assert.Equal(0, inBetween.Trimmed);
        Assert.True(inBetween.Rows >= before);
        Assert.True(Trimmed > 0);
        await using TestServer late = await TestServer.OpenAsync(_database.Place, _objects);
        Assert.Equal(await _a.Site.DumpAsync(), await late.Site.DumpAsync());
    }

    private async Task WriteAsync(TestServer server, int files)
    {
        DatasetId dataset = (await server.Site.CreateAsync("d" + Guid.NewGuid().ToString("N"))).Id;
        for (int i = 0; i < files; i++)
        {
            Assert.True((await server.Site.PutAsync(dataset, $"f{i}", $"{i}")).IsOk);
        }
    }

    /// <summary>Collects when all servers have said, with a beat, how far they are.</summary>
    private async Task CollectAsync(TestServer server)
    {
        await server.PackAsync();
        long last = _database.Ask<long>("SELECT last_row FROM site_head");
        while (_database.Ask<long>("SELECT coalesce(min(applied_row), 0) FROM site_server") < last)
        {
            await Task.Delay(20, Ct);
        }

        await server.Site.Site.Collector.CollectAsync(Ct);
    }
}
