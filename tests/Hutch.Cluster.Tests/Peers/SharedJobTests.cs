using System.Diagnostics;
using System.Text.Json;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Heads;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>What goes on by itself at a site of two servers: at one of them, and all know of it.</summary>
public sealed class SharedJobTests(PostgresServer postgres) : TwoServerTests(postgres)
{
    private static readonly CompactionOptions Soon = new() { QuietSeconds = 0, LookSeconds = 1 };

    private protected override CompactionOptions Fold => Soon;

    [Fact]
    public async Task A_job_of_a_kind_runs_once_and_every_server_shows_how_it_stands()
    {
        var task = new GatedTask();
        Jobs(A).Add(task);
        Jobs(B).Add(task);

        MaintenanceJob started = (await Jobs(A).StartAsync("gated", [], Ct)).Value;
        Assert.Equal(ErrorCode.Conflict, (await Jobs(B).StartAsync("gated", [], Ct)).Error!.Code);
        Assert.Equal(ErrorCode.Conflict, (await Jobs(A).StartAsync("gated", [], Ct)).Error!.Code);
        await UntilAsync(async () => (await FindAsync(B, started.Id)) is { State: "running", Progress: 0.5, Server.Length: > 0 });
        task.Gate.SetResult();
        await Jobs(A).WaitAsync(started.Id, Ct);

        MaintenanceJob ended = await FindAsync(B, started.Id);
        Assert.Equal(("done", "It is through.", 1.0), (ended.State, ended.Message, ended.Progress));
        Assert.Equal(7, ended.Report!.Value.GetInt32());
        Assert.True((await Jobs(B).StartAsync("gated", [], Ct)).IsOk);
    }

    [Fact]
    public async Task A_job_whose_server_is_gone_has_failed_and_the_next_server_may_do_it()
    {
        Database.Run(
            $"""
            INSERT INTO site_job (id, kind, server, server_epoch, server_name, started, state, progress)
            VALUES ('{Guid.NewGuid()}', 'checkpoint', '{Guid.NewGuid()}', 1, 'pc2', clock_timestamp(), 'running', 0.5)
            """);

        MaintenanceJob job = Assert.Single((await Jobs(A).ListAsync(Ct)).Value);

        Assert.Equal("failed", job.State);
        Assert.NotNull(job.Finished);
        Assert.Equal("The server 'pc2', which ran this, is gone. What was done is kept. Start it again.", job.Message);
        Assert.True((await Jobs(B).StartAsync("checkpoint", [], Ct)).IsOk);
    }

    [Fact]
    public async Task A_job_that_loses_its_lease_stops_and_says_so()
    {
        var task = new GatedTask();
        Jobs(A).Add(task);
        MaintenanceJob started = (await Jobs(A).StartAsync("gated", [], Ct)).Value;

        Database.Run("DELETE FROM site_lease");
        await Jobs(A).WaitAsync(started.Id, Ct);

        MaintenanceJob ended = await FindAsync(B, started.Id);
        Assert.Equal("failed", ended.State);
        Assert.StartsWith("The server could not say in time", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_jobs_stays_short_and_keeps_the_newest_of_each_kind()
    {
        Database.Run(
            """
            INSERT INTO site_job (id, kind, server, server_epoch, server_name, started, finished, state, progress)
            SELECT gen_random_uuid(), CASE number WHEN 200 THEN 'scrub' ELSE 'gc' END, gen_random_uuid(), 1, 'pc2',
                clock_timestamp() - number * interval '1 hour', clock_timestamp(), 'done', 1
            FROM generate_series(1, 200) AS number
            """);

        MaintenanceJob job = (await Jobs(A).StartAsync("checkpoint", [], Ct)).Value;
        await Jobs(A).WaitAsync(job.Id, Ct);

        IReadOnlyList<MaintenanceJob> left = (await Jobs(A).ListAsync(Ct)).Value;
        Assert.Equal(IJobList.MostEnded + 1, left.Count);
        Assert.Equal(job.Id, left[0].Id);
        Assert.Equal("scrub", left[^1].Kind);
    }

    [Fact]
    public async Task Heads_are_compacted_at_one_server_wherever_they_were_changed_and_at_the_other_one_when_it_leaves()
    {
        DatasetId early = (await A.Site.CreateAsync("early")).Id;
        _ = (await A.Site.PutAsync(early, "f", "at a")).Value;
        using var stopA = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var stopB = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task atA = FoldAsync(A, stopA.Token);
        await FoldedAsync(early);
        Task atB = FoldAsync(B, stopB.Token);
        DatasetId changed = (await B.Site.CreateAsync("changed")).Id;
        _ = (await B.Site.PutAsync(changed, "f", "at b")).Value;
        await FoldedAsync(changed);

        await stopA.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => atA);
        DatasetId late = (await A.Site.CreateAsync("late")).Id;
        _ = (await A.Site.PutAsync(late, "f", "at a, after it stopped folding")).Value;

        await FoldedAsync(late);
        await stopB.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => atB);
    }

    [Fact]
    public async Task Two_servers_that_compact_a_head_at_once_make_one_snapshot()
    {
        DatasetId dataset = (await A.Site.CreateAsync("folded")).Id;
        _ = (await A.Site.PutAsync(dataset, "f", "text")).Value;
        await B.CaughtUpAsync(A.Site.Site.AppliedSequence);

        Result<SiteSnapshot?>[] both = await Task.WhenAll(
            A.Site.Site.HeadCompactor.CompactAsync(dataset, CompactionRequest.Automatic, Ct),
            B.Site.Site.HeadCompactor.CompactAsync(dataset, CompactionRequest.Automatic, Ct));

        Assert.All(both, static one => Assert.Equal(1, one.Value!.Number));
    }

    [Fact]
    public async Task A_file_in_a_folder_that_no_running_server_watches_and_this_one_does_not_reach_is_refused()
    {
        using FacilityFolder folder = await FacilityFolder.CreateAsync(A.Site);
        folder.Write("movie.tif", "frames"u8);
        await folder.RegisterAsync();
        await B.CaughtUpAsync(A.Site.Site.AppliedSequence);
        Assert.Equal("frames", await B.TextAsync(folder.Dataset.Id, "movie.tif"));
        Directory.Move(folder.Path, folder.Path + "-unmounted");

        HutchException without = await Assert.ThrowsAsync<HutchException>(() => B.TextAsync(folder.Dataset.Id, "movie.tif"));
        Directory.Move(folder.Path + "-unmounted", folder.Path);
        Assert.Equal(
            "'movie.tif' is in a folder of the facility that this server does not reach, and no server that watches it runs now. Ask again later.",
            without.Message);
    }

    [Fact]
    public async Task Two_servers_that_note_a_day_at_once_note_it_once()
    {
        DatasetId dataset = (await A.Site.CreateAsync("noted")).Id;
        _ = (await A.Site.PutAsync(dataset, "f", "text")).Value;
        _ = (await A.Site.Site.HeadCompactor.CompactAsync(dataset, CompactionRequest.Automatic, Ct)).Value;
        await B.CaughtUpAsync(A.Site.Site.AppliedSequence);

        bool[] noted = await Task.WhenAll(A.Site.Site.Quotas.NoteDayAsync(Ct), B.Site.Site.Quotas.NoteDayAsync(Ct));

        Assert.Single(noted, static one => one);
    }

    private static MaintenanceJobs Jobs(TestServer of) => of.Site.Site.Jobs;

    private static async Task<MaintenanceJob> FindAsync(TestServer at, Guid id) =>
        (await Jobs(at).ListAsync(Ct)).Value.Single(job => job.Id == id);

    private static Task FoldAsync(TestServer at, CancellationToken ct) => new LeasedTask(
        at.Site.Site.Engine.Leases, "folding", (_, token) => at.Site.Site.CompactionScheduler.RunAsync(token), TimeProvider.System).RunAsync(ct);

    private Task FoldedAsync(DatasetId dataset) => UntilAsync(
        async () => (await B.Site.Site.Records.ReadAsync(queries => queries.Dataset(dataset), Ct))?.Snapshot == 1);

    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        var waited = Stopwatch.StartNew();
        while (!await isTrue())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(5), "It did not come true.");
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
