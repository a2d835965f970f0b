using System.Diagnostics;
using System.Text.Json;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;
using Hutch.Model.Site;
using Hutch.Objects.Tests.Fakes;
using Hutch.Peers.Postgres;
using Hutch.Site.Heads;
using Hutch.Site.Leases;
using Hutch.Site.Maintenance;
using Hutch.Site.Tests.Sites;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>What goes on by itself at a site of two servers: at one of them, and all know of it.</summary>
public sealed class SharedJobTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly FoldOptions Soon = new() { QuietSeconds = 0, LookSeconds = 1 };

    private readonly MemoryObjectStore _objects = new();
    private TestDatabase _database = null!;
    private TestServer _a = null!;
    private TestServer _b = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await TestServer.OpenAsync(_database.Place, _objects, fold: Soon);
        _b = await TestServer.OpenAsync(_database.Place, _objects, fold: Soon);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_job_of_a_kind_runs_once_and_every_server_shows_how_it_stands()
    {
        var task = new GatedTask();
        Jobs(_a).Add(task);
        Jobs(_b).Add(task);

        MaintenanceJob started = (await Jobs(_a).StartAsync("gated", [], Ct)).Value;
        Assert.Equal(ErrorCode.Conflict, (await Jobs(_b).StartAsync("gated", [], Ct)).Error!.Code);
        Assert.Equal(ErrorCode.Conflict, (await Jobs(_a).StartAsync("gated", [], Ct)).Error!.Code);
        await UntilAsync(async () => (await FindAsync(_b, started.Id)) is { State: "running", Progress: 0.5, Server.Length: > 0 });
        task.Gate.SetResult();
        await Jobs(_a).WaitAsync(started.Id, Ct);

        MaintenanceJob ended = await FindAsync(_b, started.Id);
        Assert.Equal(("done", "It is through.", 1.0), (ended.State, ended.Message, ended.Progress));
        Assert.Equal(7, ended.Report!.Value.GetInt32());
        Assert.True((await Jobs(_b).StartAsync("gated", [], Ct)).IsOk);
    }

    [Fact]
    public async Task A_job_whose_server_is_gone_has_failed_and_the_next_server_may_do_it()
    {
        _database.Run(
            $"""
            INSERT INTO site_job (id, kind, server, server_epoch, server_name, started, state, progress)
            VALUES ('{Guid.NewGuid()}', 'checkpoint', '{Guid.NewGuid()}', 1, 'pc2', clock_timestamp(), 'running', 0.5)
            """);

        MaintenanceJob job = Assert.Single((await Jobs(_a).ListAsync(Ct)).Value);

        Assert.Equal("failed", job.State);
        Assert.NotNull(job.Finished);
        Assert.Equal("The server 'pc2', which ran this, is gone. What was done is kept. Start it again.", job.Message);
        Assert.True((await Jobs(_b).StartAsync("checkpoint", [], Ct)).IsOk);
    }

    [Fact]
    public async Task A_job_that_loses_its_lease_stops_and_says_so()
    {
        var task = new GatedTask();
        Jobs(_a).Add(task);
        MaintenanceJob started = (await Jobs(_a).StartAsync("gated", [], Ct)).Value;

        _database.Run("DELETE FROM site_lease");
        await Jobs(_a).WaitAsync(started.Id, Ct);

        MaintenanceJob ended = await FindAsync(_b, started.Id);
        Assert.Equal("failed", ended.State);
        Assert.StartsWith("The server could not say in time", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_jobs_stays_short_and_keeps_the_newest_of_each_kind()
    {
        _database.Run(
            """
            INSERT INTO site_job (id, kind, server, server_epoch, server_name, started, finished, state, progress)
            SELECT gen_random_uuid(), CASE number WHEN 200 THEN 'scrub' ELSE 'gc' END, gen_random_uuid(), 1, 'pc2',
                clock_timestamp() - number * interval '1 hour', clock_timestamp(), 'done', 1
            FROM generate_series(1, 200) AS number
            """);

        MaintenanceJob job = (await Jobs(_a).StartAsync("checkpoint", [], Ct)).Value;
        await Jobs(_a).WaitAsync(job.Id, Ct);

        IReadOnlyList<MaintenanceJob> left = (await Jobs(_a).ListAsync(Ct)).Value;
        Assert.Equal(IJobList.MostEnded + 1, left.Count);
        Assert.Equal(job.Id, left[0].Id);
        Assert.Equal("scrub", left[^1].Kind);
    }

    [Fact]
    public async Task Heads_are_folded_at_one_server_wherever_they_were_changed_and_at_the_other_one_when_it_leaves()
    {
        DatasetId early = (await _a.Site.CreateAsync("early")).Id;
        _ = (await _a.Site.PutAsync(early, "f", "at a")).Value;
        using var stopA = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var stopB = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task atA = FoldAsync(_a, stopA.Token);
        await FoldedAsync(early);
        Task atB = FoldAsync(_b, stopB.Token);
        DatasetId changed = (await _b.Site.CreateAsync("changed")).Id;
        _ = (await _b.Site.PutAsync(changed, "f", "at b")).Value;
        await FoldedAsync(changed);

        await stopA.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => atA);
        DatasetId late = (await _a.Site.CreateAsync("late")).Id;
        _ = (await _a.Site.PutAsync(late, "f", "at a, after it stopped folding")).Value;

        await FoldedAsync(late);
        await stopB.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => atB);
    }

    [Fact]
    public async Task Two_servers_that_fold_a_head_at_once_make_one_snapshot()
    {
        DatasetId dataset = (await _a.Site.CreateAsync("folded")).Id;
        _ = (await _a.Site.PutAsync(dataset, "f", "text")).Value;
        await _b.CaughtUpAsync(_a.Site.Site.AppliedSequence);

        Result<SiteSnapshot?>[] both = await Task.WhenAll(
            _a.Site.Site.HeadFolder.FoldAsync(dataset, FoldRequest.Automatic, Ct),
            _b.Site.Site.HeadFolder.FoldAsync(dataset, FoldRequest.Automatic, Ct));

        Assert.All(both, static one => Assert.Equal(1, one.Value!.Number));
    }

    [Fact]
    public async Task A_file_in_a_folder_that_no_running_server_watches_and_this_one_does_not_reach_is_refused()
    {
        using FacilityFolder folder = await FacilityFolder.CreateAsync(_a.Site);
        folder.Write("movie.tif", "frames"u8);
        await folder.RegisterAsync();
        await _b.CaughtUpAsync(_a.Site.Site.AppliedSequence);
        Assert.Equal("frames", await _b.TextAsync(folder.Dataset.Id, "movie.tif"));
        Directory.Move(folder.Path, folder.Path + "-unmounted");

        HutchException without = await Assert.ThrowsAsync<HutchException>(() => _b.TextAsync(folder.Dataset.Id, "movie.tif"));
        Directory.Move(folder.Path + "-unmounted", folder.Path);
        Assert.Equal(
            "'movie.tif' is in a folder of the facility that this server does not reach, and no server that watches it runs now. Ask again later.",
            without.Message);
    }

    [Fact]
    public async Task Two_servers_that_note_a_day_at_once_note_it_once()
    {
        DatasetId dataset = (await _a.Site.CreateAsync("noted")).Id;
        _ = (await _a.Site.PutAsync(dataset, "f", "text")).Value;
        _ = (await _a.Site.Site.HeadFolder.FoldAsync(dataset, FoldRequest.Automatic, Ct)).Value;
        await _b.CaughtUpAsync(_a.Site.Site.AppliedSequence);

        bool[] noted = await Task.WhenAll(_a.Site.Site.Quotas.NoteDayAsync(Ct), _b.Site.Site.Quotas.NoteDayAsync(Ct));

        Assert.Single(noted, static one => one);
    }

    private static MaintenanceJobs Jobs(TestServer of) => of.Site.Site.Jobs;

    private static async Task<MaintenanceJob> FindAsync(TestServer at, Guid id) =>
        (await Jobs(at).ListAsync(Ct)).Value.Single(job => job.Id == id);

    private static Task FoldAsync(TestServer at, CancellationToken ct) => new LeasedWork(
        at.Site.Site.Engine.Leases, "folding", (_, token) => at.Site.Site.FoldScheduler.RunAsync(token), TimeProvider.System).RunAsync(ct);

    private Task FoldedAsync(DatasetId dataset) => UntilAsync(
        async () => (await _b.Site.Site.Records.ReadAsync(queries => queries.Dataset(dataset), Ct))?.Snapshot == 1);

    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        var waited = Stopwatch.StartNew();
        while (!await isTrue())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), "It did not come true.");
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>A task that is half done until the test lets it go on.</summary>
    private sealed class GatedTask : IMaintenanceTask
    {
        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskDeclaration Declaration { get; } = new() { Kind = "gated", Description = "Wait." };

        public async Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken)
        {
            progress(0.5);
            await Gate.Task.WaitAsync(cancellationToken);
            return new JobOutcome("It is through.", JsonElement.Parse("7"));
        }
    }
}
