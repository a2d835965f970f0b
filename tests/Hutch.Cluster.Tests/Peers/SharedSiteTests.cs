using Hutch.Cluster.Journal;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Objects.Tests.Fakes;
using Hutch.Peers.Postgres;
using Hutch.Site.Entries;
using Hutch.Site.Maintenance;
using Hutch.Site.Tests.Engines;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Two servers of one site, each with records of its own in a folder of its own, over one PostgreSQL.</summary>
public sealed class SharedSiteTests(PostgresServer server) : IAsyncLifetime
{
    private readonly MemoryObjectStore _objects = new();
    private TestDatabase _database = null!;
    private TestServer _a = null!;
    private TestServer _b = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await TestServer.OpenAsync(_database.ThroughProxy, _objects);
        _b = await TestServer.OpenAsync(_database.ThroughProxy, _objects);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 12)]
    public async Task Servers_that_write_at_once_come_to_the_same_records_and_lose_nothing_acknowledged(int seed, int cutsPercent)
    {
        DatasetId[] datasets = [(await _a.Site.CreateAsync("one")).Id, (await _a.Site.CreateAsync("two")).Id];
        await CatchUpAsync();
        _database.Proxy.Decide = Cuts(seed, cutsPercent);
        SharedLogWriter[] writers =
            [.. Enumerable.Range(0, 6).Select(i => new SharedLogWriter(i, i % 2 == 0 ? _a.Site : _b.Site, datasets, seed))];

        await Task.WhenAll(writers.Select(writer => Task.Run(() => writer.RunAsync(25, Ct), Ct)));

        _database.Proxy.Decide = static _ => Cut.None;
        await CatchUpAsync();
        List<string> records = await _a.Site.DumpAsync();
        Assert.Equal(records, await _b.Site.DumpAsync());
        foreach (SharedLogWriter writer in writers)
        {
            await writer.CheckAsync(_a.Site);
            await writer.CheckAsync(_b.Site);
        }

        foreach (IGrouping<string, string> won in writers.SelectMany(static writer => writer.Won).GroupBy(static path => path))
        {
            Assert.Single(won);
        }

        await using TestServer late = await TestServer.OpenAsync(_database.Place, _objects);
        Assert.Equal(records, await late.Site.DumpAsync());
    }

    [Fact]
    public async Task A_decision_knows_what_others_committed_though_nobody_told_of_it()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        await CatchUpAsync();
        Task<Result<bool>> first = _a.Site.PutAsync(dataset.Id, "f", "first", new EntryCondition { MustNotExist = true });
        Task<Result<bool>> second = _b.Site.PutAsync(dataset.Id, "f", "second", new EntryCondition { MustNotExist = true });

        Result<bool>[] both = [await first, await second];

        Assert.Single(both, static one => one.IsOk);
        Assert.Equal(ErrorCode.PreconditionFailed, Assert.Single(both, static one => !one.IsOk).Error?.Code);
        await CatchUpAsync();
        Assert.Equal(await _a.TextAsync(dataset.Id, "f"), await _b.TextAsync(dataset.Id, "f"));
    }

    [Fact]
    public async Task A_server_that_was_away_catches_up_when_it_starts()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        await CatchUpAsync();

        await _b.RestartAsync(async () => Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "meanwhile")).IsOk));

        Assert.Equal("meanwhile", await _b.TextAsync(dataset.Id, "f"));
        Assert.Equal(await _a.Site.DumpAsync(), await _b.Site.DumpAsync());
    }

    [Fact]
    public async Task A_new_server_begins_with_the_newest_checkpoint()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "before")).IsOk);
        Assert.True((await _a.Site.Site.Checkpointer.TakeAsync(Ct)).IsOk);
        Assert.True((await _a.Site.PutAsync(dataset.Id, "g", "after")).IsOk);

        // A line that would fail if it were read: everything before the checkpoint is in it.
        _database.Run("UPDATE site_log SET journal = 'not read' WHERE number = 1");
        await using TestServer late = await TestServer.OpenAsync(_database.Place, _objects);

        Assert.Equal("before", await late.TextAsync(dataset.Id, "f"));
        Assert.Equal("after", await late.TextAsync(dataset.Id, "g"));
        Assert.Equal(await _a.Site.DumpAsync(), await late.Site.DumpAsync());
    }

    [Fact]
    public async Task Without_PostgreSQL_a_write_is_refused_and_changes_nothing()
    {
        await using TestServer cut = await TestServer.OpenAsync(
            _database.ThroughProxy, _objects, new LogOptions { AnswerWithin = TimeSpan.FromSeconds(1) });
        SiteDataset dataset = await cut.Site.CreateAsync("shared");
        _database.Proxy.Decide = static statement => statement.StartsWith("BEGIN", StringComparison.Ordinal) ? Cut.Before : Cut.None;

        Result<bool> put = await cut.Site.PutAsync(dataset.Id, "f", "content");

        Assert.Equal(ErrorCode.Unavailable, put.Error?.Code);
        Assert.Contains("Nothing was changed", put.Error?.Message, StringComparison.Ordinal);
        _database.Proxy.Decide = static _ => Cut.None;
        Assert.True((await cut.Site.PutAsync(dataset.Id, "f", "content", new EntryCondition { MustNotExist = true })).IsOk);
    }

    [Fact]
    public async Task A_view_that_PostgreSQL_has_lost_is_made_anew_and_kept_beside()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "old")).IsOk);
        await CatchUpAsync();
        (long row, long sequence) = (_database.Ask<long>("SELECT last_row FROM site_head"), _database.Ask<long>("SELECT last_sequence FROM site_head"));
        Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "lost")).IsOk);
        await CatchUpAsync();
        _database.Run($"DELETE FROM site_log WHERE number > {row}");
        _database.Run(
            $"UPDATE site_head SET last_row = {row}, last_sequence = {sequence}, last_id = (SELECT id FROM site_log WHERE number = {row})");

        Result<bool> put = await _a.Site.PutAsync(dataset.Id, "g", "after");
        Assert.Contains("went back in time", put.Error?.Message, StringComparison.Ordinal);
        Assert.Contains(await _a.Site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "log-went-back");

        await _a.RestartAsync(static () => Task.CompletedTask);

        Assert.Equal("old", await _a.TextAsync(dataset.Id, "f"));
        Assert.True(File.Exists(_a.Site.RecordsPath + ".went-back"));
        SiteWarning warning = Assert.Single(await _a.Site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "log-went-back");
        Assert.Contains("site.db.went-back", warning.Message, StringComparison.Ordinal);
        Assert.True((await _a.Site.PutAsync(dataset.Id, "g", "after")).IsOk);
    }

    private static Func<string, Cut> Cuts(int seed, int percent)
    {
        var random = new Random(seed);
        return statement =>
        {
            lock (random)
            {
                // Most of them where it matters most.
                int chance = statement == "COMMIT" ? 3 * percent : percent / 3;
                return random.Next(100) >= chance ? Cut.None : (Cut)random.Next(1, 4);
            }
        };
    }

    private async Task CatchUpAsync()
    {
        long last = _database.Ask<long>("SELECT last_sequence FROM site_head");
        await _a.CaughtUpAsync(last);
        await _b.CaughtUpAsync(last);
    }
}
