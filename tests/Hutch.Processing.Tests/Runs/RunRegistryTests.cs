using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Histories;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Processing.Runs;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Heads;

namespace Hutch.Processing.Tests.Runs;

public sealed class RunRegistryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_kept_with_everything_that_was_said_of_it_also_after_a_rebuild()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset input = await site.CreateAsync("lysozyme");
        SiteRun started = await StartAsync(site, input);
        await Runs(site).AddResultsAsync(started.Id, started.Outputs[0], Rows(1, 3), Ct);
        var read = new VersionReference(input.Id, 7, BlobHash.Compute("root"u8));

        await Runs(site).FinishAsync(started.Id, RunOutcome.Done, "all good", [read], null, Ct);
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        SiteRun run = (await Runs(site).GetAsync(started.Id, Ct)).Value;

        Assert.Equal(live, await site.DumpAsync());
        Assert.Equal(("done", "all good", 3L, 0L), (run.Outcome, run.Message, run.Frames, run.Failures));
        Assert.Equal([read], run.Inputs);
        Assert.Equal(("hutch/per-image-analysis", "anna", "tok1"), (run.Description.Program, run.Description.User, run.Description.Token));
        Assert.Equal("dispersion", run.Description.Parameters!.Value.GetProperty("algorithm").GetString());
        Assert.Equal(RunEnvironment.Capture()["runtime"], run.Description.Environment!["runtime"]);
    }

    [Fact]
    public async Task A_run_that_came_with_a_copy_replaces_what_was_known_of_it_and_is_there_after_a_rebuild()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset output = await site.CreateAsync("copied");
        SiteRun before = await StartAsync(site, output);
        var running = new SiteRun(
            Guid.NewGuid(), before.Description, 1000, null, null, null, [new VersionReference(output.Id, null, null)], [output.Id]);
        SiteRun ended = running with
        {
            Finished = 2000,
            Outcome = "done",
            Message = "exit 0",
            Inputs = [new VersionReference(output.Id, 3, BlobHash.Compute("root"u8))],
            Frames = 4,
            Failures = 1,
            Skipped = new SkippedFrames(2, [new FrameRange(5, 6)]),
        };

        foreach (SiteRun one in new[] { running, ended })
        {
            Assert.True((await site.Site.Committer.CommitAsync<Done>(
                context =>
                {
                    context.Emit(RunFact.From(one).ToRecord(output.Id));
                    return Done.Value;
                },
                [],
                Ct)).IsOk);
        }

        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        SiteRun found = (await Runs(site).GetAsync(running.Id, Ct)).Value;

        Assert.Equal(live, await site.DumpAsync());
        Assert.True(RunFact.From(found).IsSame(RunFact.From(ended)));
        Assert.True(found.Sequence > before.Sequence);
    }

    [Fact]
    public async Task The_same_frame_again_changes_nothing()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset input = await site.CreateAsync("lysozyme");
        SiteRun run = await StartAsync(site, input);

        Result<int> first = await Runs(site).AddResultsAsync(run.Id, run.Outputs[0], Rows(1, 10), Ct);
        Result<int> again = await Runs(site).AddResultsAsync(run.Id, run.Outputs[0], [.. Rows(5, 12), .. Rows(12, 12)], Ct);

        Assert.Equal((10, 2), (first.Value, again.Value));
        var frames = new FrameSet();
        await Runs(site).AddResultFramesAsync(run.Id, frames, Ct);
        Assert.Equal([new FrameRange(1, 12)], frames.Ranges);
    }

    [Fact]
    public async Task Starting_the_same_run_again_makes_nothing_twice()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset input = await site.CreateAsync("lysozyme");
        NewRun wanted = New(input);

        SiteRun first = (await Runs(site).StartAsync(wanted, Ct)).Value;
        SiteRun again = (await Runs(site).StartAsync(wanted, Ct)).Value;

        Assert.Equal(first.Sequence, again.Sequence);
        Assert.Single(await Runs(site).ListAsync(new RunFilter(input.Id), null, 10, Ct));
    }

    [Fact]
    public async Task One_account_cannot_take_all_places_of_runs_in_progress()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset output = await site.CreateAsync("lysozyme");
        NewRun wanted = New(output) with { Output = null, Outputs = [output.Id] };
        for (int n = 0; n < RunLimits.MaxRunsInProgressOfAccount; n++)
        {
            Assert.True((await Runs(site).StartAsync(wanted with { Id = Guid.NewGuid() }, Ct)).IsOk);
        }

        Result<SiteRun> refused = await Runs(site).StartAsync(wanted with { Id = Guid.NewGuid() }, Ct);
        Result<SiteRun> other = await Runs(site).StartAsync(
            wanted with { Id = Guid.NewGuid(), Description = wanted.Description with { User = "bob" } }, Ct);

        Assert.Contains("runs of 'anna' are in progress", refused.Error!.Message, StringComparison.Ordinal);
        Assert.True(other.IsOk);
    }

    [Fact]
    public async Task A_finished_run_takes_no_results_and_stays_as_it_ended()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site, await site.CreateAsync("lysozyme"));
        await Runs(site).FinishAsync(run.Id, RunOutcome.Failed, "no header", null, null, Ct);

        Result<int> late = await Runs(site).AddResultsAsync(run.Id, run.Outputs[0], Rows(1, 1), Ct);
        await Runs(site).FinishAsync(run.Id, RunOutcome.Done, null, null, null, Ct);

        Assert.Equal(ErrorCode.Conflict, late.Error?.Code);
        Assert.Equal("failed", (await Runs(site).GetAsync(run.Id, Ct)).Value.Outcome);
    }

    [Fact]
    public async Task A_run_that_is_stopped_keeps_its_results_takes_no_more_and_cannot_be_stopped_again()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site, await site.CreateAsync("lysozyme"));
        await Runs(site).AddResultsAsync(run.Id, run.Outputs[0], Rows(1, 3), Ct);

        SiteRun stopped = (await Runs(site).StopAsync(run.Id, "Stopped by anna.", null, Ct)).Value;
        Result<int> late = await Runs(site).AddResultsAsync(run.Id, run.Outputs[0], Rows(4, 5), Ct);
        Result<SiteRun> again = await Runs(site).StopAsync(run.Id, "Stopped by ben.", null, Ct);
        SiteRun finished = (await Runs(site).FinishAsync(run.Id, RunOutcome.Done, null, null, null, Ct)).Value;
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);

        Assert.Equal(("cancelled", "Stopped by anna.", 3L, 0L), (stopped.State, stopped.Message, stopped.Frames, stopped.Failures));
        Assert.Equal(ErrorCode.Conflict, late.Error?.Code);
        Assert.Equal((ErrorCode.Conflict, $"The run {run.Id:N} has ended already (cancelled): there is nothing to stop."), (again.Error?.Code, again.Error?.Message));
        Assert.Equal(("cancelled", "Stopped by anna."), (finished.State, finished.Message));
        Assert.Equal(live, await site.DumpAsync());
        Assert.Equal(ErrorCode.NotFound, (await Runs(site).StopAsync(Guid.NewGuid(), "", null, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_run_that_is_stopped_while_it_writes_counts_every_row_that_it_wrote()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site, await site.CreateAsync("lysozyme"));

        Task<Result<int>>[] writing = [.. Enumerable.Range(0, 50).Select(i => Runs(site).AddResultsAsync(run.Id, run.Outputs[0], Rows((i * 10) + 1, (i * 10) + 10), Ct))];
        SiteRun stopped = (await Runs(site).StopAsync(run.Id, "Stopped.", null, Ct)).Value;
        int written = (await Task.WhenAll(writing)).Sum(result => result.IsOk ? result.Value : 0);

        Assert.Equal(written, stopped.Frames);
        var frames = new FrameSet();
        await Runs(site).AddResultFramesAsync(run.Id, frames, Ct);
        Assert.Equal(written, frames.Count);
    }

    [Fact]
    public async Task A_run_of_the_same_work_that_is_not_known_is_given_instead_of_a_new_one()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset input = await site.CreateAsync("lysozyme");
        SiteRun first = (await Runs(site).StartAsync(New(input, 1), Ct)).Value;
        NewRun next = New(input, 1);

        SiteRun given = (await Runs(site).StartAsync(next with { Known = new HashSet<Guid>() }, Ct)).Value;
        SiteRun begun = (await Runs(site).StartAsync(next with { Known = new HashSet<Guid> { first.Id } }, Ct)).Value;

        Assert.Equal(first.Id, given.Id);
        Assert.Equal(next.Id, begun.Id);
    }

    [Fact]
    public async Task Results_of_an_open_dataset_make_a_following_one_that_closes_only_after_it()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset input = await site.CreateAsync("lysozyme");
        await site.PutAsync(input.Id, "000001", "frame");
        SiteRun run = await StartAsync(site, input);
        SiteDataset output = (await site.Site.Heads.DatasetAsync(run.Outputs[0], Ct)).Value;

        Result<SiteDataset> early = await site.Site.Lifecycle.CloseAsync(output.Id, "anna", null, Ct);
        await site.Site.Lifecycle.CloseAsync(input.Id, "anna", null, Ct);
        Result<SiteDataset> late = await site.Site.Lifecycle.CloseAsync(output.Id, "anna", null, Ct);

        Assert.Equal(DatasetOrigin.Following, output.Origin);
        Assert.Equal(ErrorCode.DatasetOpen, early.Error?.Code);
        Assert.True(late.IsOk);
    }

    [Fact]
    public async Task Results_of_a_closed_dataset_make_a_derived_one_at_its_snapshot()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset input = await site.CreateAsync("lysozyme");
        await site.PutAsync(input.Id, "000001", "frame");
        SiteDataset closed = (await site.Site.Lifecycle.CloseAsync(input.Id, "anna", null, Ct)).Value;

        SiteRun run = await StartAsync(site, closed);
        SiteDataset output = (await site.Site.Heads.DatasetAsync(run.Outputs[0], Ct)).Value;
        IReadOnlyList<VersionReference> parents = await site.Site.Records.ReadAsync(queries => queries.Parents(output.Key), Ct);

        Assert.Equal(DatasetOrigin.Derived, output.Origin);
        Assert.Equal([new VersionReference(input.Id, closed.Snapshot, closed.Root.Page)], parents);
    }

    [Fact]
    public async Task A_snapshot_that_a_run_has_read_is_not_thinned_out()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset input = await site.CreateAsync("lysozyme");
        for (int i = 0; i < 3; i++)
        {
            await site.PutAsync(input.Id, "000001", "frame " + i);
            await site.Site.HeadCompactor.CompactAsync(input.Id, CompactionRequest.Automatic, Ct);
        }

        await StartAsync(site, input, snapshot: 2);
        await site.PassAsync(TimeSpan.FromDays(365));
        int dropped = await site.Site.Snapshots.ThinAsync(input.Id, Ct);
        IReadOnlyList<SiteSnapshot> left = await site.Site.Records.ReadAsync(queries => queries.Snapshots(input.Key, long.MaxValue, 10), Ct);

        Assert.Equal(1, dropped);
        Assert.Equal([3L, 2L], left.Select(snapshot => snapshot.Number));
    }

    [Fact]
    public async Task Lineage_names_all_that_came_before_and_after_and_the_runs_between()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset raw = await site.CreateAsync("raw");
        await site.PutAsync(raw.Id, "000001", "frame");
        await site.Site.Lifecycle.CloseAsync(raw.Id, "anna", null, Ct);
        SiteDataset middle = await site.CreateAsync("middle", new ParentVersion(raw.Id, null));
        await site.PutAsync(middle.Id, "000001", "better frame");
        await site.Site.Lifecycle.CloseAsync(middle.Id, "anna", null, Ct);
        SiteRun run = await StartAsync(site, middle);

        SiteLineage ofRaw = await Runs(site).LineageAsync(raw.Id, Ct);
        SiteLineage ofMiddle = await Runs(site).LineageAsync(middle.Id, Ct);
        SiteLineage ofSpots = await Runs(site).LineageAsync(run.Outputs[0], Ct);

        Assert.Equal([middle.Id, run.Outputs[0]], ofRaw.Descendants);
        Assert.Empty(ofRaw.Runs);
        Assert.Equal([run.Id], ofMiddle.Runs.Select(r => r.Id));
        Assert.Equal([middle.Id, raw.Id], ofSpots.Ancestors);
        Assert.False(ofSpots.IsTruncated);
    }

    [Fact]
    public async Task Results_are_followed_until_the_run_ends_and_can_be_read_on_from_any_row()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteRun run = await StartAsync(site, await site.CreateAsync("lysozyme"));
        SiteDataset output = (await site.Site.Heads.DatasetAsync(run.Outputs[0], Ct)).Value;
        await Runs(site).AddResultsAsync(run.Id, output.Id, Rows(3, 4), Ct);
        var seen = new List<long>();

        await foreach (SiteResult row in Services(site).Results.ReadAsync(output, run.Id, 0, follow: true, Ct))
        {
            seen.Add(row.Frame);
            if (seen.Count == 2)
            {
                await Runs(site).AddResultsAsync(run.Id, output.Id, Rows(1, 2), Ct);
            }

            if (seen.Count == 4)
            {
                await Runs(site).FinishAsync(run.Id, RunOutcome.Done, null, null, null, Ct);
            }
        }

        var rest = new List<long>();
        await foreach (SiteResult row in Services(site).Results.ReadAsync(output, null, 3, follow: false, Ct))
        {
            rest.Add(row.Frame);
        }

        Assert.Equal([3, 4, 1, 2], seen);
        Assert.Equal([2], rest);
        Assert.Equal(4, (await Services(site).Results.FindAsync(output, run.Id, 4, Ct))?.Frame);
        Assert.Null(await Services(site).Results.FindAsync(output, run.Id, 5, Ct));
        Assert.Null(await Services(site).Results.FindAsync(output, Guid.Empty, 4, Ct));
    }

    [Theory]
    [InlineData("000001", 1)]
    [InlineData("123456", 123456)]
    [InlineData("1000000", 1000000)]
    [InlineData("000000", null)]
    [InlineData("0000001", null)]
    [InlineData("00001", null)]
    [InlineData("00000a", null)]
    [InlineData("a/000001", null)]
    [InlineData("0000000001", null)]
    public void A_frame_has_six_digits_or_more_and_only_as_many_as_it_needs(string path, int? number)
    {
        bool isFrame = FrameName.TryParse(path, out int found);

        Assert.Equal(number, isFrame ? found : null);
    }

    private static async Task<SiteRun> StartAsync(TestSite site, SiteDataset input, long? snapshot = null) =>
        (await Runs(site).StartAsync(New(input, snapshot), Ct)).Value;

    private static NewRun New(SiteDataset input, long? snapshot = null) => new()
    {
        Id = Guid.NewGuid(),
        Description = new RunDescription(
            "hutch/per-image-analysis",
            "1.0",
            "hutch analyse",
            JsonElement.Parse("""{"algorithm":"dispersion","follow":false}"""),
            RunEnvironment.Capture(),
            "anna",
            "tok1"),
        Inputs = [new VersionReference(input.Id, snapshot, null)],
        Output = new NewDataset
        {
            Id = new DatasetId(Guid.NewGuid()),
            Owner = "anna",
            Slug = input.Slug + "-spots",
            By = "anna",
            Parents = [new ParentVersion(input.Id, null)],
            FollowsOpenParents = true,
        },
    };

    private static RunServices Services(TestSite site) => new(site.Site, TimeProvider.System);

    private static RunRegistry Runs(TestSite site) => Services(site).Registry;

    private static FrameResult[] Rows(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(Row)];

    private static FrameResult Row(int frame)
    {
        using JsonDocument document = JsonDocument.Parse($$"""{"file-number":{{frame}}}""");
        return new FrameResult(frame, document.RootElement.Clone());
    }
}
