using Hutch.Datasets.Analyses;
using Hutch.Datasets.Registry;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Tests.Analyses;

// Which frames an analysis takes: those that come too fast, and those that another run misses.
public sealed partial class AnalysisServiceTests
{
    [Fact]
    public async Task A_dataset_of_other_files_is_not_followed_until_its_frames_are_announced()
    {
        await using Fixture f = await Fixture.OpenAsync();
        DatasetDescription notes = (await f.Services.Creation.CreateAsync(f.Anna, new RequestedDataset { Slug = Slug.Parse("notes").Value }, Ct)).Value;
        await f.Site.PutAsync(notes.Id, "notes.txt", "no frames");
        var follow = new AnalysisRequest { Follow = true };

        Result<StartedAnalysis> refused = await f.Services.Analyses.StartAsync(f.Anna, notes.Id, follow, Ct);
        await f.Site.PutAsync(notes.Id, "header", "{}");
        Result<StartedAnalysis> announced = await f.Services.Analyses.StartAsync(f.Anna, notes.Id, follow, Ct);

        Assert.Equal(ErrorCode.Unprocessable, refused.Error?.Code);
        Assert.Contains("would wait for ever", refused.Error!.Message, StringComparison.Ordinal);
        Assert.True(announced.IsOk);
    }

    [Fact]
    public async Task What_to_do_when_frames_come_too_fast_is_kept_with_a_run_that_follows_and_refused_without()
    {
        await using Fixture f = await Fixture.OpenAsync();

        RunDescription newest = await f.RunAsync(new AnalysisRequest { Follow = true, WhenBehind = "newest" });
        RunDescription all = await f.RunAsync(new AnalysisRequest { Follow = true, WhenBehind = "all" });
        Result<StartedAnalysis> stored = await f.StartAsync(new AnalysisRequest { WhenBehind = "every:10" });
        Result<StartedAnalysis> unknown = await f.StartAsync(new AnalysisRequest { Follow = true, WhenBehind = "oldest" });

        Assert.Equal("newest", newest.Parameters!.Value.GetProperty("whenBehind").GetString());
        Assert.Equal("hutch analyse anna/lysozyme --follow --when-behind newest", newest.Command);
        Assert.False(all.Parameters!.Value.TryGetProperty("whenBehind", out _));
        Assert.Equal((ErrorCode.BadRequest, ErrorCode.Unprocessable), (stored.Error?.Code, unknown.Error?.Code));
        Assert.Contains("nothing is followed", stored.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_analysis_of_missing_frames_uses_the_same_program_and_parameters_unless_others_are_given()
    {
        await using Fixture f = await Fixture.OpenAsync();
        StartedAnalysis first = (await f.StartAsync(With("dMax", "40"))).Value;
        await f.AddAsync(first.Run, first.Output.Dataset, """{"file-number":1}""");
        await f.Runs.FinishAsync(first.Run, RunOutcome.Done, null, null, null, Ct);
        var missing = new AnalysisRequest { MissingFrom = first.Run.ToString("N"), Again = true };

        StartedAnalysis started = (await f.StartAsync(missing)).Value;
        RunDescription same = (await f.Services.Runs.GetAsync(f.Anna, started.Run, Ct)).Value.Run.Description;
        RunDescription other = await f.RunAsync(missing with { Step = "bins" });

        Assert.Equal((1L, 1L), (started.Frames, started.Snapshot));
        Assert.Equal(("test/spots", 40), (same.Program, same.Parameters!.Value.GetProperty("dMax").GetDouble()));
        Assert.Equal(first.Run.ToString("N"), same.Parameters!.Value.GetProperty("missingFrom").GetString());
        Assert.Equal($"hutch submit anna/lysozyme@1 --d-max 40 --missing-from {first.Run:N}", same.Command);
        Assert.Equal("test/bins", other.Program);
    }

    [Fact]
    public async Task The_missing_of_a_run_that_cannot_be_known_are_refused()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Caller ben = await f.Zone.UserAsync("ben");
        await f.ShareAsync("ben", Rights.Read | Rights.Derive);
        StartedAnalysis run = (await f.StartAsync(new AnalysisRequest())).Value;
        var missing = new AnalysisRequest { MissingFrom = run.Run.ToString("N") };
        DatasetDescription other = (await f.Services.Creation.CreateAsync(f.Anna, new RequestedDataset { Slug = Slug.Parse("other").Value }, Ct)).Value;

        Result<StartedAnalysis> running = await f.StartAsync(missing);
        await f.AddAsync(run.Run, run.Output.Dataset, """{"file-number":1}""");
        await f.AddAsync(run.Run, run.Output.Dataset, """{"file-number":2}""");
        await f.Runs.FinishAsync(run.Run, RunOutcome.Done, null, null, null, Ct);
        Result<StartedAnalysis> none = await f.StartAsync(missing);
        Result<StartedAnalysis> elsewhere = await f.Services.Analyses.StartAsync(f.Anna, other.Id, missing, Ct);
        Result<StartedAnalysis> stranger = await f.Services.Analyses.StartAsync(ben, f.Input.Id, missing, Ct);
        Result<StartedAnalysis> unknown = await f.StartAsync(new AnalysisRequest { MissingFrom = Guid.NewGuid().ToString() });
        Result<StartedAnalysis> following = await f.StartAsync(missing with { Follow = true });
        Result<StartedAnalysis> word = await f.StartAsync(new AnalysisRequest { MissingFrom = "latest" });
        await f.Services.Lifecycle.TrashAsync(f.Anna, run.Output.Dataset, Ct);
        Result<StartedAnalysis> deleted = await f.StartAsync(missing);

        Assert.Equal(
            [
                ErrorCode.Conflict, ErrorCode.Unprocessable, ErrorCode.Unprocessable, ErrorCode.NotFound, ErrorCode.NotFound,
                ErrorCode.BadRequest, ErrorCode.InvalidName,
            ],
            new[] { running, none, elsewhere, stranger, unknown, following, word }.Select(result => result.Error?.Code));
        Assert.Contains("none is missing", none.Error!.Message, StringComparison.Ordinal);
        Assert.False(deleted.IsOk);
    }
}
