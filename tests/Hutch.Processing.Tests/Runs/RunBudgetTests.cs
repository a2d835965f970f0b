using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Processing.Runs;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Tests.Sites;

namespace Hutch.Processing.Tests.Runs;

/// <summary>Programs take the processor time that their payer has, and no more.</summary>
public sealed class RunBudgetTests
{
    private const int Cores = 4;
    private const int LimitSeconds = 600;

    // What an attempt reserves, in core seconds.
    private const long Most = Cores * LimitSeconds;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_attempt_counts_with_its_cores_from_its_claim_until_it_is_given_up_and_so_after_a_rebuild()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site);
        await IssueAsync(site, run, 0);
        await site.PassAsync(TimeSpan.FromHours(1));
        Guid claim = await ClaimAsync(site, run, 1);
        await site.PassAsync(TimeSpan.FromSeconds(60));
        await Attempts(site).LoseAsync(new AttemptKey(run.Id, 1), "The node died.", withServer: false, Ct);
        await site.PassAsync(TimeSpan.FromHours(1));
        Assert.InRange((await UseAsync(site)).Total, Cores * 60_000, Cores * 70_000);

        await IssueAsync(site, run, 1);
        claim = await ClaimAsync(site, run, 2);
        await site.PassAsync(TimeSpan.FromSeconds(100));
        Assert.Equal(Most * 1000, (await UseAsync(site)).Reserved);
        SiteRun ended = await FinishAsync(site, run, 2, claim);

        ProcessorUse use = await UseAsync(site);
        Assert.InRange(use.Total, Cores * 160_000, Cores * 180_000);
        Assert.Equal((use.Total, use.Total, 0L), (ended.CoreMilliseconds, use.ThisMonth, use.Reserved));
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());
    }

    [Fact]
    public async Task An_attempt_counts_no_more_than_its_limit_and_nothing_without_a_node()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site);
        await IssueAsync(site, run, 0);
        await site.PassAsync(TimeSpan.FromDays(1));
        await Attempts(site).LoseAsync(new AttemptKey(run.Id, 1), "The engine forgot it.", withServer: false, Ct);
        Assert.Equal(0, (await UseAsync(site)).Total);

        await IssueAsync(site, run, 1);
        await ClaimAsync(site, run, 2);
        await site.PassAsync(TimeSpan.FromDays(1));
        await new RunServices(site.Site, site.Time).Registry.StopAsync(run.Id, "Stopped by anna.", null, Ct);
        Assert.Equal(Most * 1000, (await UseAsync(site)).Total);
    }

    [Fact]
    public async Task Of_a_hundred_runs_at_once_engines_get_those_whose_limits_the_budget_covers_together()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun[] runs = [.. await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => StartAsync(site)))];
        await Budgets(site).SetAsync("anna", (7 * Most) + 100, isMonthly: false, "admin", Ct);

        Result<SiteRun>[] issued = await Task.WhenAll(runs.Select(run => IssueAsync(site, run, 0)));

        Assert.Equal(7, issued.Count(static one => one.IsOk));
        HutchError refusal = issued.First(static one => !one.IsOk).Error!;
        Assert.Equal((507, "anna", "core-seconds"), (refusal.Code.Status, refusal.Details!["owner"], refusal.Details["quota"]));
        Assert.Equal(0, (await Budgets(site).TimeLeftAsync(["anna", "bob"], Ct)).Values.Single() / (Most * 1000));

        // What ended early leaves the rest to the next one.
        SiteRun first = issued.First(static one => one.IsOk).Value;
        await FinishAsync(site, first, 1, await ClaimAsync(site, first, 1));
        Assert.True((await Budgets(site).FindAsync("anna", Ct)).Use.Total < 100_000);
        issued = await Task.WhenAll(runs.Select(run => IssueAsync(site, run, 0)));
        Assert.Equal(1, issued.Count(static one => one.IsOk));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_budget_of_a_month_begins_again_in_the_next_one_and_one_of_all_time_does_not(bool isMonthly)
    {
        await using TestSite site = await TestSite.OpenAsync();
        await Budgets(site).SetAsync("anna", Most + 1, isMonthly, "admin", Ct);
        SiteRun run = await StartAsync(site), next = await StartAsync(site);
        await IssueAsync(site, run, 0);
        Guid claim = await ClaimAsync(site, run, 1);
        await site.PassAsync(TimeSpan.FromSeconds(300));
        await FinishAsync(site, run, 1, claim);
        Assert.False((await IssueAsync(site, next, 0)).IsOk);
        Assert.NotNull(await Budgets(site).FindRefusalAsync("anna", next.Description.Task!, mayWait: false, Ct));
        Assert.Null(await Budgets(site).FindRefusalAsync("anna", next.Description.Task!, mayWait: true, Ct));

        await site.PassAsync(TimeSpan.FromDays(31));

        Assert.Equal(isMonthly, (await IssueAsync(site, next, 0)).IsOk);
    }

    [Fact]
    public async Task A_budget_is_that_of_the_payer_and_ends_when_it_is_taken_away()
    {
        await using TestSite site = await TestSite.OpenAsync();
        await Budgets(site).SetAsync("visit-1", 0, isMonthly: false, "admin", Ct);
        SiteRun own = await StartAsync(site), ofVisit = await StartAsync(site, payer: "visit-1");
        IReadOnlyList<RunTaskState> first = await Attempts(site).FirstWaitingAsync("local", DateTimeOffset.UtcNow, Ct);
        Assert.Equal([own.Id, ofVisit.Id], first.Select(static one => one.Run));
        Assert.Equal([("anna", Most * 1000), ("visit-1", Most * 1000)], first.Select(static one => (one.Payer, one.MaxCoreMilliseconds)));

        Assert.True((await IssueAsync(site, own, 0)).IsOk);
        Assert.False((await IssueAsync(site, ofVisit, 0)).IsOk);
        Assert.Contains("'visit-1'", (await Budgets(site).FindDelayAsync(ofVisit.Description.Task!, Ct))!.Message, StringComparison.Ordinal);
        await Budgets(site).SetAsync("visit-1", null, isMonthly: false, "admin", Ct);

        Assert.True((await IssueAsync(site, ofVisit, 0)).IsOk);
        Assert.Equal(["anna", "visit-1"], (await Budgets(site).ListAsync(Ct)).Select(static one => one.Use.Owner));
    }

    private static RunAttempts Attempts(TestSite site) => new RunServices(site.Site, site.Time).Attempts;

    private static RunBudgets Budgets(TestSite site) => new RunServices(site.Site, site.Time).Budgets;

    private static async Task<ProcessorUse> UseAsync(TestSite site) => (await Budgets(site).FindAsync("anna", Ct)).Use;

    private static Task<Result<SiteRun>> IssueAsync(TestSite site, SiteRun run, int before) =>
        Attempts(site).IssueAsync(new AttemptKey(run.Id, before), "local", BlobHash.Compute("secret"u8), Ct);

    private static async Task<Guid> ClaimAsync(TestSite site, SiteRun run, int number)
    {
        var claim = Guid.NewGuid();
        Assert.True((await Attempts(site).ClaimAsync(new AttemptKey(run.Id, number), claim, "node7", Ct)).IsOk);
        return claim;
    }

    private static async Task<SiteRun> FinishAsync(TestSite site, SiteRun run, int number, Guid claim) =>
        (await Attempts(site).FinishAsync(new AttemptEnd(new AttemptKey(run.Id, number), claim, RunOutcome.Done, "exit code 0"), Ct)).Value;

    private static async Task<SiteRun> StartAsync(TestSite site, string payer = "anna")
    {
        SiteDataset input = await site.CreateAsync("scan");
        var limits = new TaskLimits(Cores / 2, 1 << 30, 60, 16, 1 << 20, 100, Network: false);
        var description = new RunDescription("fit", "1", "fit {input} {output}", null, null, "anna", null)
        {
            IsExternal = true,
            Task = new RunTask("00", "title: Fit", ["fit", "{input}", "{output}"], "local", limits)
            {
                Attempts = 3,
                Parallel = 2,
                NodeSeconds = LimitSeconds,
                Payer = payer,
            },
        };
        Result<SiteRun> started = await new RunServices(site.Site, site.Time).Registry.StartAsync(
            new NewRun
            {
                Id = Guid.NewGuid(),
                Description = description,
                Inputs = [new VersionReference(input.Id, null, null)],
                Output = new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = payer, Slug = "fit", By = "anna" },
            },
            Ct);
        return started.Value;
    }
}
