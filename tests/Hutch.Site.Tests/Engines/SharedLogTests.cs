using System.Text;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Entries;
using Hutch.Storage;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Engines;

/// <summary>Two servers, each with records of its own, over one log in memory.</summary>
public sealed class SharedLogTests : IAsyncLifetime
{
    private readonly MemoryLog _log = new(new ShiftedTime());
    private Server _a = null!;
    private Server _b = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _a = await Server.OpenAsync(_log);
        _b = await Server.OpenAsync(_log);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _log.Dispose();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 12)]
    [InlineData(4, 12)]
    [InlineData(5, 35)]
    public async Task Servers_that_write_at_once_come_to_the_same_records_and_lose_nothing_acknowledged(int seed, int failuresPercent)
    {
        DatasetId[] datasets = [(await _a.Site.CreateAsync("one")).Id, (await _a.Site.CreateAsync("two")).Id];
        await CatchUpAsync();
        _a.Fail = Failures(seed, failuresPercent);
        _b.Fail = Failures(-seed, failuresPercent);
        SharedLogWriter[] writers = [.. Enumerable.Range(0, 6).Select(i => new SharedLogWriter(i, i % 2 == 0 ? _a.Site : _b.Site, datasets, seed))];

        await Task.WhenAll(writers.Select(writer => Task.Run(() => writer.RunAsync(25, Ct), Ct)));

        (_a.Fail, _b.Fail) = (null, null);
        await CatchUpAsync();
        Assert.Equal(await _a.Site.DumpAsync(), await _b.Site.DumpAsync());
        foreach (SharedLogWriter writer in writers)
        {
            await writer.CheckAsync(_a.Site);
            await writer.CheckAsync(_b.Site);
        }

        foreach (IGrouping<string, string> won in writers.SelectMany(static writer => writer.Won).GroupBy(static path => path))
        {
            Assert.Single(won);
        }
    }

    [Fact]
    public async Task A_head_in_memory_follows_what_another_server_commits()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "old")).IsOk);
        await CatchUpAsync();
        Assert.Equal("old", await TextAsync(_b, dataset.Id, "f"));

        Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "new")).IsOk);
        await CatchUpAsync();

        Assert.Equal("new", await TextAsync(_b, dataset.Id, "f"));
    }

    [Fact]
    public async Task A_decision_includes_commits_of_other_servers_even_without_a_notification()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        await CatchUpAsync();
        _b.Fail = static step => step == LogStep.Read ? new IOException("This server does not follow.") : null;
        Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "first")).IsOk);

        Result<bool> second = await _b.Site.PutAsync(dataset.Id, "f", "second", new EntryCondition { MustNotExist = true });

        Assert.Equal(ErrorCode.PreconditionFailed, second.Error?.Code);
        Assert.Equal("first", await TextAsync(_b, dataset.Id, "f"));
    }

    [Fact]
    public async Task Requests_that_arrive_while_the_log_lock_is_awaited_join_the_same_group()
    {
        int turns = 0;
        Task<Result<Done>>? second = null;
        _a.Fail = step =>
        {
            if (step == LogStep.Turn && ++turns == 1)
            {
                second = _a.Site.Site.Committer.CatchUpAsync(Ct);
            }

            return null;
        };

        Assert.True((await _a.Site.Site.Committer.CatchUpAsync(Ct)).IsOk);

        Assert.True((await second!).IsOk);
        Assert.Equal(1, turns);
    }

    [Theory]
    [InlineData(LogStep.BeforeAppend)]
    [InlineData(LogStep.AfterAppend)]
    public async Task A_lost_answer_is_looked_up_before_anybody_is_answered(object lostAt)
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        bool isLost = false;
        _a.Fail = step =>
        {
            if (isLost || !step.Equals(lostAt))
            {
                return null;
            }

            isLost = true;
            return new TimeoutException("The answer was lost.");
        };

        Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "content")).IsOk);

        Assert.True(isLost);
        await CatchUpAsync();
        Assert.Equal("content", await TextAsync(_b, dataset.Id, "f"));
        Assert.Equal(1, await PutsInLogAsync("\"p\":\"f\""));
    }

    [Fact]
    public async Task A_lost_answer_that_cannot_be_looked_up_is_unknown_and_what_was_committed_comes_with_the_next_turn()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        await CatchUpAsync();
        bool isLost = false;
        _a.Fail = step =>
        {
            isLost |= step == LogStep.AfterAppend;
            return isLost ? new TimeoutException("Nobody answers any more.") : null;
        };

        Result<bool> put = await _a.Site.PutAsync(dataset.Id, "f", "content");
        Assert.Equal(ErrorCode.OutcomeUnknown, put.Error?.Code);

        _a.Fail = null;
        Result<bool> again = await _a.Site.PutAsync(dataset.Id, "f", "other", new EntryCondition { MustNotExist = true });
        Assert.Equal(ErrorCode.PreconditionFailed, again.Error?.Code);
        Assert.Equal("content", await TextAsync(_a, dataset.Id, "f"));
    }

    [Fact]
    public async Task A_refused_append_changes_nothing()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        await CatchUpAsync();
        long before = _log.Last;
        List<string> records = await _a.Site.DumpAsync();
        _a.Fail = static step => step == LogStep.BeforeAppend ? new StorageRefusedException("This server was replaced.") : null;

        Result<bool> put = await _a.Site.PutAsync(dataset.Id, "f", "content");

        Assert.Equal(ErrorCode.Unavailable, put.Error?.Code);
        Assert.Contains("This server was replaced. Nothing was changed.", put.Error?.Message, StringComparison.Ordinal);
        Assert.Equal(before, _log.Last);
        Assert.Equal(records, await _a.Site.DumpAsync());
        _a.Fail = null;
        Assert.True((await _a.Site.PutAsync(dataset.Id, "f", "content")).IsOk);
    }

    [Fact]
    public async Task A_log_that_cannot_be_reached_takes_nothing_and_says_that_nothing_was_changed()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        _a.Fail = static step => step == LogStep.Turn ? new IOException("No route.") : null;

        Result<bool> put = await _a.Site.PutAsync(dataset.Id, "f", "content");

        Assert.Equal(ErrorCode.Unavailable, put.Error?.Code);
        Assert.Contains("Nothing was changed", put.Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_joins_later_comes_to_the_same_records()
    {
        SiteDataset dataset = await _a.Site.CreateAsync("shared");
        await _b.CaughtUpAsync();
        Assert.True((await _b.Site.PutAsync(dataset.Id, "f", "content")).IsOk);
        await CatchUpAsync();

        await using Server late = await Server.OpenAsync(_log);

        Assert.Equal(await _a.Site.DumpAsync(), await late.Site.DumpAsync());
        Assert.Equal("content", await TextAsync(late, dataset.Id, "f"));
    }

    private static async Task<string> TextAsync(Server server, DatasetId dataset, string path) =>
        Encoding.UTF8.GetString((await server.Site.ReadAsync(dataset, path))!);

    private static Func<LogStep, Exception?> Failures(int seed, int percent)
    {
        var random = new Random(seed);
        return step =>
        {
            lock (random)
            {
                return random.Next(100) >= percent ? null : step switch
                {
                    LogStep.Turn => new IOException("Nobody took the call."),
                    LogStep.BeforeAppend when random.Next(2) == 0 => new StorageRefusedException("The log took nothing."),
                    LogStep.BeforeAppend or LogStep.AfterAppend => new TimeoutException("The answer was lost."),
                    _ => null,
                };
            }
        };
    }

    private async Task CatchUpAsync()
    {
        await _a.CaughtUpAsync();
        await _b.CaughtUpAsync();
    }

    private async Task<int> PutsInLogAsync(string text)
    {
        int found = 0;
        await foreach (JournalGroup group in _log.Connect().ReadAsync(0, Ct))
        {
            found += Encoding.UTF8.GetString(group.Lines.Span).Split(text).Length - 1;
        }

        return found;
    }

    /// <summary>One server.</summary>
    private sealed class Server : IAsyncDisposable
    {
        public TestSite Site { get; private set; } = null!;

        public Func<LogStep, Exception?>? Fail { get; set; }

        public static async Task<Server> OpenAsync(MemoryLog log)
        {
            var server = new Server();
            server.Site = await TestSite.OpenAsync(new SiteOptions { Engine = new MemoryEngine(log, step => server.Fail?.Invoke(step)) });
            return server;
        }

        /// <summary>Waits until the server shows what is in the log.</summary>
        public ValueTask CaughtUpAsync() => Site.Site.ReadIndex.AwaitAsync(Ct);

        public ValueTask DisposeAsync() => Site.DisposeAsync();
    }
}
