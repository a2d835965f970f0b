using Hutch.Catalog.Postgres;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Tests.Engines;
using Hutch.Site.Write.Entries;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Two servers of one site, each with records of its own in a folder of its own, over one PostgreSQL.</summary>
public sealed class SharedSiteTests(PostgresServer postgres) : TwoServerTests(postgres)
{
    private protected override PostgresDatabase PlaceOfA => Database.ThroughProxy;

    private protected override PostgresDatabase PlaceOfB => Database.ThroughProxy;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 12)]
    public async Task Servers_that_write_at_once_come_to_the_same_records_and_lose_nothing_acknowledged(int seed, int cutsPercent)
    {
        DatasetId[] datasets = [(await A.Site.CreateAsync("one")).Id, (await A.Site.CreateAsync("two")).Id];
        await CatchUpAsync();
        Database.Proxy.Decide = Cuts(seed, cutsPercent);
        SharedLogWriter[] writers =
            [.. Enumerable.Range(0, 6).Select(i => new SharedLogWriter(i, i % 2 == 0 ? A.Site : B.Site, datasets, seed))];

        await Task.WhenAll(writers.Select(writer => Task.Run(() => writer.RunAsync(25, Ct), Ct)));

        Database.Proxy.Decide = static _ => Cut.None;
        await CatchUpAsync();
        List<string> records = await A.Site.DumpAsync();
        Assert.Equal(records, await B.Site.DumpAsync());
        foreach (SharedLogWriter writer in writers)
        {
            await writer.CheckAsync(A.Site);
            await writer.CheckAsync(B.Site);
        }

        foreach (IGrouping<string, string> won in writers.SelectMany(static writer => writer.Won).GroupBy(static path => path))
        {
            Assert.Single(won);
        }

        await using TestServer late = await TestServer.OpenAsync(Database.Place, Objects);
        Assert.Equal(records, await late.Site.DumpAsync());
    }

    [Fact]
    public async Task A_decision_includes_commits_of_other_servers_even_without_a_notification()
    {
        SiteDataset dataset = await A.Site.CreateAsync("shared");
        await CatchUpAsync();
        Task<Result<bool>> first = A.Site.PutAsync(dataset.Id, "f", "first", new EntryCondition { MustNotExist = true });
        Task<Result<bool>> second = B.Site.PutAsync(dataset.Id, "f", "second", new EntryCondition { MustNotExist = true });

        Result<bool>[] both = [await first, await second];

        Assert.Single(both, static one => one.IsOk);
        Assert.Equal(ErrorCode.PreconditionFailed, Assert.Single(both, static one => !one.IsOk).Error?.Code);
        await CatchUpAsync();
        Assert.Equal(await A.TextAsync(dataset.Id, "f"), await B.TextAsync(dataset.Id, "f"));
    }

    [Fact]
    public async Task A_server_that_was_away_catches_up_when_it_starts()
    {
        SiteDataset dataset = await A.Site.CreateAsync("shared");
        await CatchUpAsync();

        await B.RestartAsync(async () => Assert.True((await A.Site.PutAsync(dataset.Id, "f", "meanwhile")).IsOk));

        Assert.Equal("meanwhile", await B.TextAsync(dataset.Id, "f"));
        Assert.Equal(await A.Site.DumpAsync(), await B.Site.DumpAsync());
    }

    [Fact]
    public async Task A_new_server_begins_with_the_newest_checkpoint()
    {
        SiteDataset dataset = await A.Site.CreateAsync("shared");
        Assert.True((await A.Site.PutAsync(dataset.Id, "f", "before")).IsOk);
        Assert.True((await A.Site.Site.Checkpointer.WriteAsync(Ct)).IsOk);
        Assert.True((await A.Site.PutAsync(dataset.Id, "g", "after")).IsOk);

        // A line that would fail if it were read: everything before the checkpoint is in it.
        Database.Run("UPDATE site_log SET journal = 'not read' WHERE number = 1");
        await using TestServer late = await TestServer.OpenAsync(Database.Place, Objects);

        Assert.Equal("before", await late.TextAsync(dataset.Id, "f"));
        Assert.Equal("after", await late.TextAsync(dataset.Id, "g"));
        Assert.Equal(await A.Site.DumpAsync(), await late.Site.DumpAsync());
    }

    [Fact]
    public async Task Without_PostgreSQL_a_write_is_refused_and_changes_nothing()
    {
        await using TestServer cut = await TestServer.OpenAsync(
            Database.ThroughProxy, Objects, new LogOptions { AnswerWithin = TimeSpan.FromSeconds(1) });
        SiteDataset dataset = await cut.Site.CreateAsync("shared");
        Database.Proxy.Decide = static statement => statement.StartsWith("BEGIN", StringComparison.Ordinal) ? Cut.Before : Cut.None;

        Result<bool> put = await cut.Site.PutAsync(dataset.Id, "f", "content");

        Assert.Equal(ErrorCode.Unavailable, put.Error?.Code);
        Assert.Contains("Nothing was changed", put.Error?.Message, StringComparison.Ordinal);
        Database.Proxy.Decide = static _ => Cut.None;
        Assert.True((await cut.Site.PutAsync(dataset.Id, "f", "content", new EntryCondition { MustNotExist = true })).IsOk);
    }

    [Fact]
    public async Task A_view_with_records_that_PostgreSQL_lost_is_rebuilt_and_its_old_file_is_kept()
    {
        SiteDataset dataset = await A.Site.CreateAsync("shared");
        Assert.True((await A.Site.PutAsync(dataset.Id, "f", "old")).IsOk);
        await CatchUpAsync();
        (long row, long sequence) = (Database.Ask<long>("SELECT last_row FROM site_head"), Database.Ask<long>("SELECT last_sequence FROM site_head"));
        Assert.True((await A.Site.PutAsync(dataset.Id, "f", "lost")).IsOk);
        await CatchUpAsync();
        Database.Run($"DELETE FROM site_log WHERE number > {row}");
        Database.Run(
            $"UPDATE site_head SET last_row = {row}, last_sequence = {sequence}, last_id = (SELECT id FROM site_log WHERE number = {row})");

        Result<bool> put = await A.Site.PutAsync(dataset.Id, "g", "after");
        Assert.Contains("went back in time", put.Error?.Message, StringComparison.Ordinal);
        Assert.Contains(await A.Site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "log-went-back");

        await A.RestartAsync(static () => Task.CompletedTask);

        Assert.Equal("old", await A.TextAsync(dataset.Id, "f"));
        Assert.True(File.Exists(A.Site.RecordsPath + ".went-back"));
        SiteWarning warning = Assert.Single(await A.Site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "log-went-back");
        Assert.Contains("site.db.went-back", warning.Message, StringComparison.Ordinal);
        Assert.True((await A.Site.PutAsync(dataset.Id, "g", "after")).IsOk);
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
        long last = Database.Ask<long>("SELECT last_sequence FROM site_head");
        await A.CaughtUpAsync(last);
        await B.CaughtUpAsync(last);
    }
}
