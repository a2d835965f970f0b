using System.Text;
using System.Text.RegularExpressions;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Processing.Runs;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Tests.Sites;

namespace Hutch.Processing.Tests.Runs;

/// <summary>Attempts fence results: only the newest one, on the node that claimed it, can end its run.</summary>
public sealed class RunAttemptsTests
{
    private static readonly BlobHash Secret = BlobHash.Compute("secret"u8);

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_waits_is_issued_claimed_and_ended_and_is_the_same_after_a_rebuild()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun run = await StartAsync(site);
        Assert.Equal("queued", run.State);

        Assert.Equal("queued", (await attempts.IssueAsync(new AttemptKey(run.Id, 0), "local", Secret, Ct)).Value.State);
        var claim = Guid.NewGuid();
        SiteRun claimed = (await attempts.ClaimAsync(new AttemptKey(run.Id, 1), claim, "node7", Ct)).Value;
        Assert.Equal(("running", "node7"), (claimed.State, claimed.Attempt!.Node));
        Assert.Equal("done", (await attempts.FinishAsync(End(run, 1, claim), Ct)).Value.State);

        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());
        Assert.Empty(await Attempts(site).FirstWaitingAsync("local", Now, Ct));
        Assert.Empty((await Attempts(site).ChangesAsync(0, Ct)).Runs);
    }

    [Fact]
    public async Task A_second_node_with_the_same_token_is_refused_and_ends_nothing()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun run = await StartAsync(site);
        await attempts.IssueAsync(new AttemptKey(run.Id, 0), "local", Secret, Ct);
        var claim = Guid.NewGuid();
        await attempts.ClaimAsync(new AttemptKey(run.Id, 1), claim, "node7", Ct);

        Assert.True((await attempts.ClaimAsync(new AttemptKey(run.Id, 1), claim, "node7", Ct)).IsOk);
        Assert.Equal(ErrorCode.Conflict, (await attempts.ClaimAsync(new AttemptKey(run.Id, 1), Guid.NewGuid(), "node8", Ct)).Error!.Code);
        Assert.Equal(ErrorCode.Conflict, (await attempts.FinishAsync(End(run, 1, Guid.NewGuid()), Ct)).Error!.Code);
        Assert.Equal("running", (await attempts.FindAsync(run.Id, Ct))!.State);
    }

    [Fact]
    public async Task A_lost_attempt_that_comes_back_ends_nothing_and_a_run_fails_after_the_last_one()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun run = await StartAsync(site, most: 2);
        await attempts.IssueAsync(new AttemptKey(run.Id, 0), "local", Secret, Ct);
        var old = Guid.NewGuid();
        await attempts.ClaimAsync(new AttemptKey(run.Id, 1), old, "node7", Ct);

        Assert.Equal("queued", (await attempts.LoseAsync(new AttemptKey(run.Id, 1), "The node died.", withServer: false, Ct)).Value.State);
        Assert.Equal(ErrorCode.Conflict, (await attempts.FinishAsync(End(run, 1, old), Ct)).Error!.Code);
        await attempts.IssueAsync(new AttemptKey(run.Id, 1), "local", Secret, Ct);
        Assert.Equal(ErrorCode.Conflict, (await attempts.FinishAsync(End(run, 1, old), Ct)).Error!.Code);
        Assert.Equal(ErrorCode.Conflict, (await attempts.LoseAsync(new AttemptKey(run.Id, 1), "Again.", withServer: false, Ct)).Error!.Code);

        SiteRun failed = (await attempts.LoseAsync(new AttemptKey(run.Id, 2), "The node died again.", withServer: false, Ct)).Value;
        Assert.Equal(("failed", "The node died again. This was attempt 2, and the last."), (failed.State, failed.Message));
    }

    [Theory]
    [InlineData(AttemptFailure.ExitCode, 75, "queued")]
    [InlineData(AttemptFailure.ExitCode, 1, "failed")]
    [InlineData(AttemptFailure.TimeLimit, null, "queued")]
    [InlineData(AttemptFailure.MissingFile, null, "failed")]
    [InlineData(null, null, "failed")]
    public async Task A_failure_that_the_policy_covers_gives_another_attempt(AttemptFailure? failure, int? code, string state)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site, retry: Policy);

        SiteRun after = await FailAsync(site, run, 1, failure, code);

        Assert.Equal(state, after.State);
        Assert.Equal(state == "queued", after.Attempt!.NotBefore is not null);
    }

    [Fact]
    public async Task The_delay_before_an_attempt_doubles_up_to_its_limit_and_the_last_attempt_fails_the_run()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun run = await StartAsync(site, most: 4, retry: Policy);

        List<double> delays = [];
        for (int number = 1; number <= 3; number++)
        {
            long begin = site.Time.GetUtcNow().ToUnixTimeMilliseconds();
            SiteRun waiting = await FailAsync(site, run, number, AttemptFailure.ExitCode, 75);
            delays.Add(Math.Round((waiting.Attempt!.NotBefore!.Value - begin) / 1000.0));
        }

        Assert.Equal([60, 120, 150], delays);
        SiteRun failed = await FailAsync(site, run, 4, AttemptFailure.ExitCode, 75);
        Assert.Equal(("failed", "exit code 75 This was attempt 4, and the last."), (failed.State, failed.Message));
        Assert.Equal("queued", (await attempts.RetryAsync(run.Id, "anna", Ct)).Value.State);
        Assert.NotNull((await FailAsync(site, run, 5, AttemptFailure.ExitCode, 75)).Attempt!.NotBefore);
    }

    [Fact]
    public async Task A_run_that_waits_for_a_time_starts_then_or_when_a_person_wants_it_and_keeps_up_no_other_run()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun run = await StartAsync(site, retry: Policy), other = await StartAsync(site);
        DateTimeOffset begin = site.Time.GetUtcNow();
        await FailAsync(site, run, 1, AttemptFailure.TimeLimit, null);

        Assert.Equal([other.Id], (await attempts.FirstWaitingAsync("local", begin.AddSeconds(59), Ct)).Select(static one => one.Run));
        Assert.Equal(
            [other.Id, run.Id], (await attempts.FirstWaitingAsync("local", begin.AddSeconds(70), Ct)).Select(static one => one.Run));
        Assert.Equal(2, await attempts.CountWaitingAsync("anna", Ct));

        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());

        attempts = Attempts(site);
        Assert.True((await attempts.RetryAsync(run.Id, "anna", Ct)).IsOk);
        Assert.Equal([run.Id], (await attempts.FirstWaitingAsync("local", begin, Ct)).Select(static one => one.Run));
        Assert.Equal(ErrorCode.Conflict, (await attempts.RetryAsync(run.Id, "anna", Ct)).Error!.Code);
    }

    /// <summary>C11 and C3: restarts of the server are no attempts of the program, and what dies again and again waits longer each time.</summary>
    [Fact]
    public async Task Ends_with_the_server_do_not_count_and_those_of_a_node_wait_longer_each_time()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun run = await StartAsync(site, most: 3);
        List<double> waits = [];
        for (int number = 1; number <= 19; number++)
        {
            await attempts.IssueAsync(new AttemptKey(run.Id, number - 1), "local", Secret, Ct);
            long begun = site.Time.GetUtcNow().ToUnixTimeMilliseconds();
            SiteRun again = (await attempts.LoseAsync(new AttemptKey(run.Id, number), "It stopped.", withServer: true, Ct)).Value;
            Assert.Equal(("queued", 0), (again.State, again.Attempt!.Spent));
            waits.Add(Math.Round(((again.Attempt.NotBefore ?? begun) - begun) / 1000.0));
        }

        Assert.Equal([0, 0, 0, 10, 20, 40], waits.Take(6));
        await attempts.IssueAsync(new AttemptKey(run.Id, 19), "local", Secret, Ct);
        SiteRun ended = (await attempts.LoseAsync(new AttemptKey(run.Id, 20), "It stopped.", withServer: true, Ct)).Value;
        Assert.Equal(("failed", "It stopped. That has happened 20 times, and it is not tried again."), (ended.State, ended.Message));

        SiteRun full = await FailAsync(site, await StartAsync(site), 1, AttemptFailure.NoSpace, null);
        Assert.Equal(("queued", true), (full.State, full.Attempt!.NotBefore > site.Time.GetUtcNow().ToUnixTimeMilliseconds()));
        Assert.Equal("failed", (await FailAsync(site, await StartAsync(site), 1, AttemptFailure.Memory, null)).State);
        Assert.Equal("failed", (await FailAsync(site, await StartAsync(site), 1, AttemptFailure.DiskLimit, null)).State);
    }

    [Fact]
    public async Task A_policy_without_lost_nodes_fails_a_run_whose_node_died()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site, retry: Policy with { After = [AttemptFailure.TimeLimit] });
        await Attempts(site).IssueAsync(new AttemptKey(run.Id, 0), "local", Secret, Ct);

        SiteRun lost = (await Attempts(site).LoseAsync(new AttemptKey(run.Id, 1), "The node died.", withServer: false, Ct)).Value;

        Assert.Equal(("failed", "The node died."), (lost.State, lost.Message));
    }

    [Fact]
    public async Task A_stopped_run_takes_no_result_and_can_be_tried_again()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun run = await StartAsync(site);
        await attempts.IssueAsync(new AttemptKey(run.Id, 0), "local", Secret, Ct);
        var claim = Guid.NewGuid();
        await attempts.ClaimAsync(new AttemptKey(run.Id, 1), claim, "node7", Ct);

        await Services(site).Registry.StopAsync(run.Id, "Stopped by anna.", null, Ct);
        Assert.Equal(ErrorCode.Conflict, (await attempts.FinishAsync(End(run, 1, claim), Ct)).Error!.Code);
        Assert.Equal("cancelled", (await attempts.FindAsync(run.Id, Ct))!.State);

        SiteRun again = (await attempts.RetryAsync(run.Id, "anna", Ct)).Value;
        Assert.Equal(("queued", null, 1), (again.State, again.Finished, again.Attempt!.Number));
        Assert.Equal(ErrorCode.Conflict, (await attempts.FinishAsync(End(run, 1, claim), Ct)).Error!.Code);
    }

    [Fact]
    public async Task Two_dispatchers_issue_one_attempt()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site);

        Result<SiteRun>[] issued = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => Attempts(site).IssueAsync(new AttemptKey(run.Id, 0), "local", Secret, Ct)));

        Assert.Equal(1, issued.Count(static one => one.IsOk));
    }

    [Fact]
    public async Task The_oldest_waiting_run_of_each_account_program_and_engine_is_found_and_the_next_behind_it()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun[] runs = [await StartAsync(site), await StartAsync(site), await StartAsync(site, user: "bob"), await StartAsync(site, engine: "slurm")];
        SiteRun ended = await StartAsync(site, user: "carl");
        await Services(site).Registry.StopAsync(ended.Id, "Stopped by carl.", null, Ct);

        IReadOnlyList<RunTaskState> first = await attempts.FirstWaitingAsync("local", Now, Ct);
        Assert.Equal([runs[0].Id, runs[2].Id], first.Select(static run => run.Run));
        Assert.Equal(runs[1].Id, (await attempts.NextWaitingAsync(first[0], Ct))!.Run);
        Assert.Null(await attempts.NextWaitingAsync(first[1], Ct));
        Assert.Equal(runs[3].Id, Assert.Single(await attempts.FirstWaitingAsync("slurm", Now, Ct)).Run);
    }

    [Fact]
    public async Task What_has_changed_is_read_and_nothing_else()
    {
        await using TestSite site = await TestSite.OpenAsync();
        RunAttempts attempts = Attempts(site);
        SiteRun[] runs = [await StartAsync(site), await StartAsync(site), await StartAsync(site)];
        foreach (SiteRun run in runs[..2])
        {
            await attempts.IssueAsync(new AttemptKey(run.Id, 0), "local", Secret, Ct);
        }

        TaskChanges first = await attempts.ChangesAsync(0, Ct);
        Assert.Equal([runs[0].Id, runs[1].Id], first.Runs.Select(static one => one.Run.Run));
        Assert.Equal((0, first.Through), await CountAsync(first.Through));

        await attempts.ClaimAsync(new AttemptKey(runs[1].Id, 1), Guid.NewGuid(), "node7", Ct);
        await Services(site).Registry.StopAsync(runs[0].Id, "Stopped by anna.", null, Ct);
        TaskChanges second = await attempts.ChangesAsync(first.Through, Ct);
        Assert.Equal([(runs[1].Id, true), (runs[0].Id, false)], second.Runs.Select(static one => (one.Run.Run, one.IsIssued)));
        Assert.Equal((0, second.Through), await CountAsync(second.Through));

        async Task<(int, long)> CountAsync(long known) => await attempts.ChangesAsync(known, Ct) is var changes ? (changes.Runs.Count, changes.Through) : default;
    }

    [Fact]
    public async Task A_run_that_waits_in_a_checkpoint_of_an_earlier_version_finds_its_engine()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site);
        List<string> rows = await site.DumpAsync();
        string[] older = [.. rows.Select(static row => Regex.Replace(row, ",\"engine\":\"local\",\"changed\":[0-9]+,\"payer\":.*}}", "}}"))];
        Assert.NotEqual(rows, older);
        using (SiteLoad load = site.Site.Records.BeginLoad())
        {
            foreach (string row in older)
            {
                load.Add(Encoding.UTF8.GetBytes(row));
            }

            load.Complete();
        }

        Assert.Equal(run.Id, Assert.Single(await Attempts(site).FirstWaitingAsync("local", Now, Ct)).Run);
    }

    private static AttemptEnd End(SiteRun run, int number, Guid claim) =>
        new(new AttemptKey(run.Id, number), claim, RunOutcome.Done, "exit code 0");

    private static RunServices Services(TestSite site) => new(site.Site, TimeProvider.System);

    private static RunAttempts Attempts(TestSite site) => Services(site).Attempts;

    private static readonly TaskRetry Policy = new([AttemptFailure.ExitCode, AttemptFailure.TimeLimit], 60, 150) { ExitCodes = [75] };

    private static async Task<SiteRun> FailAsync(TestSite site, SiteRun run, int number, AttemptFailure? failure, int? code)
    {
        RunAttempts attempts = Attempts(site);
        var claim = Guid.NewGuid();
        await attempts.IssueAsync(new AttemptKey(run.Id, number - 1), "local", Secret, Ct);
        await attempts.ClaimAsync(new AttemptKey(run.Id, number), claim, "node7", Ct);
        var end = new AttemptEnd(new AttemptKey(run.Id, number), claim, RunOutcome.Failed, "exit code 75")
        {
            Failure = failure,
            ExitCode = code,
        };
        return (await attempts.FinishAsync(end, Ct)).Value;
    }

    private static async Task<SiteRun> StartAsync(
        TestSite site, int most = 3, string user = "anna", string engine = "local", TaskRetry? retry = null)
    {
        SiteDataset input = await site.CreateAsync("scan");
        var limits = new TaskLimits(1, 1 << 30, 60, 16, 1 << 20, 100, Network: false);
        var description = new RunDescription("fit", "1", "fit {input} {output}", null, null, user, null)
        {
            IsExternal = true,
            Task = new RunTask("00", "title: Fit", ["fit", "{input}", "{output}"], engine, limits) { Attempts = most, Retry = retry },
        };
        Result<SiteRun> started = await Services(site).Registry.StartAsync(
            new NewRun
            {
                Id = Guid.NewGuid(),
                Description = description,
                Inputs = [new VersionReference(input.Id, null, null)],
                Output = new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = "fit", By = "anna" },
            },
            Ct);
        return started.Value;
    }
}
