using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Processing.Runs;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Tests.Sites;

namespace Hutch.Processing.Tests.Runs;

public sealed class ProgramStartsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_close_is_reported_and_no_other_commit()
    {
        await using TestSite site = await TestSite.OpenAsync();
        ProgramStarts starts = new RunServices(site.Site, TimeProvider.System).Starts;
        int closes = 0;
        starts.Closed += () => closes++;

        SiteDataset scan = await site.CreateAsync("scan");
        Assert.Equal(0, closes);
        await site.Site.Lifecycle.CloseAsync(scan.Id, "anna", null, Ct);

        Assert.Equal(1, closes);
    }

    [Fact]
    public async Task A_run_that_published_results_waits_for_the_programs_that_follow_it_once()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await RunAsync(site, switchedOn: "anna");
        Assert.Equal([run.Id], await Starts(site).WantingAfterRunsAsync(10, Ct));
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());

        ProgramStarts starts = Starts(site);
        var due = new DueProgram("segment", "after fit", "anna", null, 1);
        await starts.DecideAfterAsync(run.Id, run.Outputs[0], [due], Ct);
        Assert.Empty(await starts.WantingAfterRunsAsync(10, Ct));
        await starts.DropAsync(Assert.Single(await starts.DueAsync(areElsewhere: false, 10, Ct)), "It was refused.", Ct);
        await starts.DecideAfterAsync(run.Id, run.Outputs[0], [due], Ct);
        Assert.Empty(await starts.DueAsync(areElsewhere: false, 10, Ct));
    }

    [Theory]
    [InlineData("bob", true, false)]
    [InlineData("anna", false, false)]
    [InlineData("anna", true, true)]
    public async Task Nothing_follows_a_run_of_another_account_one_without_results_and_a_rerun(string user, bool hasResults, bool isRerun)
    {
        await using TestSite site = await TestSite.OpenAsync();

        await RunAsync(site, user, hasResults, isRerun);

        Assert.Empty(await Starts(site).WantingAfterRunsAsync(10, Ct));
    }

    [Fact]
    public async Task A_restored_site_gives_up_what_would_follow_a_run()
    {
        await using TestSite site = await TestSite.OpenAsync();
        await RunAsync(site, switchedOn: "anna");

        await Starts(site).ForgetAsync(Ct);

        Assert.Empty(await Starts(site).WantingAfterRunsAsync(10, Ct));
        Assert.Empty(await Starts(site).DueAsync(areElsewhere: false, 10, Ct));
    }

    [Fact]
    public async Task The_many_starts_of_one_account_do_not_keep_those_of_others_out_of_the_list()
    {
        await using TestSite site = await TestSite.OpenAsync();
        ProgramStarts starts = Starts(site);
        foreach (string user in (string[])["eve", "eve", "eve", "anna"])
        {
            await starts.DecideAsync(new DatasetId(Guid.NewGuid()), [new DueProgram("fit", "closed", user, null, 1)], isOfClose: false, Ct);
        }

        Assert.Equal(["eve", "anna"], (await starts.DueAsync(areElsewhere: false, 2, Ct)).Select(static due => due.Program.User));
        Assert.Equal(["eve", "anna", "eve", "eve"], (await starts.DueAsync(areElsewhere: false, 10, Ct)).Select(static due => due.Program.User));
    }

    [Fact]
    public async Task A_start_for_another_site_stays_with_the_first_one_chosen_and_ends_with_its_run_there()
    {
        await using TestSite site = await TestSite.OpenAsync();
        var scan = new DatasetId(Guid.NewGuid());
        await Starts(site).DecideAsync(scan, [new DueProgram("fit", "closed", "anna", null, 1)], isOfClose: false, Ct);
        DueStart due = Assert.Single(await Starts(site).DueAsync(areElsewhere: false, 10, Ct));
        await Starts(site).SendAsync(due, "site1", 3, Ct);
        await site.ReopenAsync(withoutDatabase: true);
        DueStart sent = (await Starts(site).SendAsync(due, "site2", 4, Ct)).Value;
        IReadOnlyList<DueStart> here = await Starts(site).DueAsync(areElsewhere: false, 10, Ct);
        var run = new HandedRun(Guid.NewGuid(), scan, new DatasetId(Guid.NewGuid()), "fit", "1", "anna", "site1", "compute", 0);
        await Starts(site).HandOverAsync(run, "closed", Ct);
        await Starts(site).HandOverAsync(run, "closed", Ct);
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);

        Assert.Equal(live, await site.DumpAsync());
        Assert.Equal(("site1", 3), (sent.Site, sent.Snapshot));
        Assert.Empty(here);
        Assert.Empty(await Starts(site).DueAsync(areElsewhere: true, 10, Ct));
        Assert.Equal("compute", Assert.Single(await Starts(site).HandedOfAsync(scan, 10, Ct)).SiteName);
        Assert.Equal(ErrorCode.Unavailable, (await Starts(site).SendAsync(due, "site2", 4, Ct)).Error!.Code);
    }

    [Fact]
    public async Task Switches_of_a_program_are_listed_page_by_page_however_many_one_account_has()
    {
        await using TestSite site = await TestSite.OpenAsync();
        ProgramStarts starts = Starts(site);
        DatasetId[] datasets = [.. Enumerable.Range(0, 3).Select(static _ => new DatasetId(Guid.NewGuid()))];
        foreach (DatasetId dataset in datasets)
        {
            await starts.SwitchAsync(new ProgramSwitch("fit", "anna", dataset, null), isOn: true, Ct);
        }

        await starts.SwitchAsync(new ProgramSwitch("fit", "anna", null, null), isOn: true, Ct);
        await starts.SwitchAsync(new ProgramSwitch("fit", "bob", null, null), isOn: true, Ct);

        var found = new List<ProgramSwitch>();
        for (IReadOnlyList<ProgramSwitch> page = []; found.Count == 0 || page.Count == 2; found.AddRange(page))
        {
            page = await starts.SwitchesOfProgramAsync("fit", found is [.., var last] ? last : null, 2, Ct);
        }

        Assert.Equal(5, found.Distinct().Count());
        Assert.Equal(("anna", null), (found[0].User, found[0].Dataset));
        Assert.Equal("bob", found[^1].User);
    }

    private static ProgramStarts Starts(TestSite site) => new RunServices(site.Site, TimeProvider.System).Starts;

    /// <summary>Executes a run of anna to its end.</summary>
    private static async Task<SiteRun> RunAsync(TestSite site, string switchedOn, bool hasResults = true, bool isRerun = false)
    {
        RunServices services = new(site.Site, TimeProvider.System);
        await services.Starts.SwitchAsync(new ProgramSwitch("segment", switchedOn, null, null), isOn: true, Ct);
        SiteDataset input = await site.CreateAsync("scan");
        var output = new DatasetId(Guid.NewGuid());
        var description = new RunDescription("fit", "1", "fit {input} {output}", null, null, "anna", null)
        {
            IsExternal = true,
            Task = new RunTask("00", "title: Fit", ["fit", "{output}"], "local", new TaskLimits(1, 1 << 30, 60, 16, 1 << 20, 100, false))
            {
                Attempts = 3,
            },
            Repeats = isRerun ? new RepeatedRun(Guid.NewGuid(), input.Id, 1) : null,
        };
        SiteRun run = (await services.Registry.StartAsync(
            new NewRun
            {
                Id = Guid.NewGuid(),
                Description = description,
                Inputs = [new VersionReference(input.Id, null, null)],
                Output = new NewDataset { Id = output, Owner = "anna", Slug = "fit", By = "anna" },
            },
            Ct)).Value;
        if (hasResults)
        {
            await site.PutAsync(output, "volume", "of 3 voxels");
        }

        var claim = Guid.NewGuid();
        await services.Attempts.IssueAsync(new AttemptKey(run.Id, 0), "local", BlobHash.Compute("secret"u8), Ct);
        await services.Attempts.ClaimAsync(new AttemptKey(run.Id, 1), claim, "node7", Ct);
        return (await services.Attempts.FinishAsync(new AttemptEnd(new AttemptKey(run.Id, 1), claim, RunOutcome.Done, null), Ct)).Value;
    }
}
