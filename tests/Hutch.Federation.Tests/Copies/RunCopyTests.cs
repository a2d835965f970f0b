using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Processing;
using Hutch.Processing.Runs;

namespace Hutch.Federation.Tests.Copies;

/// <summary>What programs did with a dataset comes with its copies, and goes where its home goes.</summary>
public sealed class RunCopyTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Zone => sites.Zone.Admin;

    private HutchClient Archive => sites.Archive.Admin;

    [Fact]
    public async Task A_run_is_the_same_at_the_home_and_at_a_copy_before_and_after_the_home_has_moved()
    {
        DatasetId scan = await sites.MakeCopiedAsync("run-input");
        DatasetId result = await TwoSites.MakeAsync(Zone, "run-result");
        RunInfo ended = await StartAsync(scan, result);
        await Zone.FinishRunAsync(ended.Id, new FinishRun { State = RunOutcome.Failed, Message = "exit 3" }, Ct);
        RunInfo running = await StartAsync(scan, result);
        await sites.CopyAsync(result);

        string[] paths = [$"runs?dataset={result}", "runs/" + ended.Id, "runs/" + running.Id, $"datasets/{result}/lineage"];
        await SameAsync(paths);
        await MoveAsync(result, "archive");
        await SameAsync(paths);

        // The job says at the site where it began how it ended.
        RunInfo done = await Zone.FinishRunAsync(running.Id, new FinishRun { State = RunOutcome.Done, Message = "exit 0" }, Ct);
        RunInfo atHome = await Archive.GetRunAsync(running.Id, Ct);
        await UntilSameAsync("runs/" + running.Id);
        await MoveAsync(result, "facility");
        await SameAsync(paths);

        Assert.Equal(("done", "exit 0", "done"), (done.State, done.Message, atHome.State));
        Assert.Equal("failed", (await Zone.GetRunAsync(ended.Id, Ct)).State);
    }

    [Fact]
    public async Task A_site_whose_copy_has_ended_lists_the_runs_that_wrote_the_dataset_and_its_own_that_read_it()
    {
        DatasetId scan = await sites.MakeCopiedAsync("lone-input");
        DatasetId result = await TwoSites.MakeAsync(Zone, "lone-result");
        RunInfo[] wrote = [await StartAsync(scan, result), await StartAsync(scan, result), await StartAsync(scan, result)];
        foreach (RunInfo one in wrote)
        {
            await Zone.FinishRunAsync(one.Id, new FinishRun { State = RunOutcome.Done }, Ct);
        }

        await Zone.CreateSnapshotAsync(result, new CreateSnapshot(), Ct);
        await sites.CopyAsync(result);
        DatasetId far = await TwoSites.MakeAsync(Archive, "lone-further");
        RunInfo read = await StartAsync(result, far, Archive);
        await Zone.WithdrawCopyAsync(result, "archive", Ct);
        while (await sites.Archive.Site.Records.ReadAsync(queries => queries.Dataset(result), Ct) is { Ended: null, TrashedUntil: null })
        {
            await Task.Delay(20, Ct);
        }

        RunInfo last = await StartAsync(scan, result);

        string[] whole = [.. (await Archive.ListRunsAsync(result, ct: Ct).ToListAsync(Ct)).Select(static run => run.Id)];
        string[] inPages = [.. (await Copied.RunPagesAsync(sites.Archive.Address, sites.Archive.AdminToken, result, 2)).SelectMany(static page => page)];

        string[] expected = [.. wrote.Append(last).Reverse().Append(read).Select(static run => run.Id)];
        Assert.Equal(expected, whole);
        Assert.Equal(expected, inPages);
    }

    [Fact]
    public async Task A_home_waits_for_the_workers_of_a_run_and_takes_its_rows_along()
    {
        DatasetId scan = await sites.MakeCopiedAsync("frames");
        DatasetId result = await TwoSites.MakeAsync(Zone, "rows");
        RunRegistry runs = new RunServices(sites.Zone.Site, TimeProvider.System).Registry;
        RunRegistry there = new RunServices(sites.Archive.Site, TimeProvider.System).Registry;
        Guid run = await StartOfWorkersAsync(runs, scan, result);
        await sites.CopyAsync(result);
        bool isOfferedThere = await there.FindActiveAsync(run, Ct) is not null || (await there.InProgressAsync(Ct)).Any(one => one.Id == run);

        await Zone.MoveHomeAsync(result, new MoveHome { Site = "archive" }, Ct);
        string? why = await UntilToldAsync(result);
        Assert.Equal(3, (await runs.AddResultsAsync(run, result, [Row(2), Row(1), Row(3)], Ct)).Value);
        Assert.True((await runs.FinishAsync(run, RunOutcome.Done, null, null, null, Ct)).IsOk);
        await Copied.UntilTakenAsync(sites.Archive, result);
        SiteRun moved = (await there.GetAsync(run, Ct)).Value;
        var frames = new FrameSet();
        await there.AddResultFramesAsync(run, frames, Ct);

        Assert.False(isOfferedThere);
        Assert.Contains($"takes the results of run {run:N}, which is not over", why, StringComparison.Ordinal);
        Assert.Equal(("done", 3L, 1L), (moved.State, moved.Frames, moved.Failures));
        Assert.Equal([new FrameRange(1, 3)], frames.Ranges);
        string rows = await Copied.AnswerAsync(sites.Archive.Address, sites.Archive.AdminToken, $"datasets/{result}/results?run={run:N}");
        Assert.Contains(
            "{\"file-number\":1}\n{\"file-number\":2,\"error\":\"dark\"}\n{\"file-number\":3}\n", rows, StringComparison.Ordinal);
        string one = await Copied.AnswerAsync(sites.Archive.Address, sites.Archive.AdminToken, $"datasets/{result}/results?run={run:N}&frame=3");
        Assert.Contains("{\"file-number\":3}", one, StringComparison.Ordinal);
    }

    private Task<RunInfo> StartAsync(DatasetId input, DatasetId output) => StartAsync(input, output, Zone);

    private static async Task<RunInfo> StartAsync(DatasetId input, DatasetId output, HutchClient at) => await at.StartRunAsync(
        new StartRun
        {
            Program = "fit",
            Version = "1.2",
            Command = "fit --fast {input} {output}",
            Environment = new Dictionary<string, string> { ["machine"] = "node 7" },
            Inputs = [new RunInput { Dataset = input, Snapshot = 1 }],
            Output = output,
        },
        Ct);

    private static async Task<Guid> StartOfWorkersAsync(RunRegistry runs, DatasetId input, DatasetId output)
    {
        var run = new NewRun
        {
            Id = Guid.NewGuid(),
            Description = new RunDescription("hutch/none", "1", null, null, null, "admin", null),
            Inputs = [new VersionReference(input, 1, null)],
            Outputs = [output],
        };
        Assert.True((await runs.StartAsync(run, Ct)).IsOk);
        return run.Id;
    }

    private static FrameResult Row(int frame)
    {
        using var row = JsonDocument.Parse(
            $"{{\"file-number\":{frame}{(frame == 2 ? ",\"error\":\"dark\"" : "")}}}");
        return new FrameResult(frame, row.RootElement.Clone());
    }

    private async Task MoveAsync(DatasetId dataset, string site)
    {
        await Zone.MoveHomeAsync(dataset, new MoveHome { Site = site }, Ct);
        await Copied.UntilHomeAsync(Zone, dataset, site);
        await Copied.UntilTakenAsync(site == "archive" ? sites.Archive : sites.Zone, dataset);
    }

    private async Task<string?> UntilToldAsync(DatasetId dataset)
    {
        while (true)
        {
            CopyList seen = await Zone.GetCopiesAsync(dataset, Ct);
            if (seen.MoveProblem?.Contains("not over", StringComparison.Ordinal) == true)
            {
                return seen.MoveProblem;
            }

            await Task.Delay(20, Ct);
        }
    }

    private async Task<(string Zone, string Archive)> RequestAsync(string path) => (
        await Copied.AnswerAsync(sites.Zone.Address, sites.Zone.AdminToken, path),
        await Copied.AnswerAsync(sites.Archive.Address, sites.Archive.AdminToken, path));

    private async Task SameAsync(string[] paths)
    {
        foreach (string path in paths)
        {
            (string zone, string archive) = await RequestAsync(path);
            Assert.StartsWith("200", zone, StringComparison.Ordinal);
            Assert.Equal(zone, archive);
        }
    }

    private async Task UntilSameAsync(string path)
    {
        while (await RequestAsync(path) is var (zone, archive) && zone != archive)
        {
            await Task.Delay(20, Ct);
        }
    }
}
