using System.Text.Json;
using Hutch.Model.Analyses;
using Hutch.Model.Site;
using Hutch.Processing.Dispatch;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>Runs that skip frames when these come faster than they are analysed: what is counted, and how the missing are analysed later.</summary>
public sealed class SkippedFrameTests
{
    private const int Frames = 700;

    [Theory]
    [InlineData("newest")]
    [InlineData("every:50")]
    public async Task What_a_run_skips_is_counted_and_exactly_that_is_analysed_by_a_run_of_the_missing(string policy)
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        var step = new FakeStep { WaitsFrom = 1 };
        live.Work(step);
        SiteRun run = await live.StartRunAsync(input.Id, follow: true, parameters: Following(policy));
        await live.PutFramesAsync(input.Id, 1, Frames);
        RunProgress behind = await UntilAllAreKnownAsync(live, run);
        await live.CloseAsync(input.Id);
        step.Gate.Set();
        SiteRun end = await live.EndOfAsync(run);
        List<int> rows = Numbers(await live.AllRowsAsync(run));

        SiteRun rest = await live.StartRunAsync(input.Id, follow: false, parameters: $$"""{"missingFrom":"{{run.Id:N}}"}""");
        SiteRun endOfRest = await live.EndOfAsync(rest);
        List<int> missing = Numbers(await live.AllRowsAsync(rest));

        Assert.Equal(behind.Skipped.Frames, end.Skipped!.Frames);
        Assert.InRange(end.Skipped.Frames, Frames - PendingFrames.MaxFramesAhead - 10, Frames - 1);
        Assert.Equal(("done", Frames - end.Skipped.Frames), (end.Outcome, end.Frames!.Value));
        Assert.Contains($"hutch submit {input.Id} --missing-from {run.Id:N}", end.Message, StringComparison.Ordinal);
        Assert.Equal(missing, end.Skipped.Ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)));
        Assert.Equal(Enumerable.Range(1, Frames), rows.Concat(missing).Order());
        Assert.Equal(("done", end.Skipped.Frames, (SkippedFrames?)null), (endOfRest.Outcome, endOfRest.Frames!.Value, endOfRest.Skipped));
        if (policy == "newest")
        {
            Assert.Contains(Frames, rows);
        }
        else
        {
            Assert.DoesNotContain(missing, frame => frame % 50 == 1);
        }
    }

    [Fact]
    public async Task A_restart_of_the_server_loses_no_frame_and_counts_none_twice()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        var stuck = new FakeStep { WaitsFrom = 1 };
        live.Work(stuck);
        SiteRun run = await live.StartRunAsync(input.Id, follow: true, parameters: Following("newest"));
        await live.PutFramesAsync(input.Id, 1, Frames);
        await UntilAllAreKnownAsync(live, run);
        stuck.Gate.Set();
        await live.RowsAsync(run, 20);
        await live.RestartAsync();
        live.Work(new FakeStep());
        await live.CloseAsync(input.Id);

        SiteRun end = await live.EndOfAsync(run);
        List<int> rows = Numbers(await live.AllRowsAsync(run));

        Assert.Equal(rows.Count, end.Frames);
        Assert.Equal(Frames, rows.Count + (end.Skipped?.Frames ?? 0));
        Assert.Equal(rows.Distinct(), rows);
    }

    [Fact]
    public async Task An_interrupted_run_of_missing_frames_resumes_with_the_frames_still_missing()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 10);
        live.Work(new FakeStep());
        SiteRun first = await live.StartRunAsync(input.Id, follow: false);
        await live.EndOfAsync(first);
        await live.PutFramesAsync(input.Id, 11, 40);
        await live.StopAsync();
        var step = new FakeStep { WaitsFrom = 20 };
        live.Work(step);
        SiteRun rest = await live.StartRunAsync(input.Id, follow: false, parameters: $$"""{"missingFrom":"{{first.Id:N}}"}""");
        await live.RowsAsync(rest, 7);
        step.Gate.Set();
        await live.RestartAsync();
        live.Work(new FakeStep());

        await live.EndOfAsync(rest);

        Assert.Equal(Enumerable.Range(11, 30), Numbers(await live.AllRowsAsync(rest)));
    }

    private static string Following(string policy) => $$"""{"follow":true,"whenBehind":"{{policy}}"}""";

    private static Task<RunProgress> UntilAllAreKnownAsync(LiveSite live, SiteRun run) =>
        live.ProgressAsync(run, progress => progress.Newest == Frames);

    private static List<int> Numbers(List<JsonElement> rows) => [.. rows.Select(row => row.GetProperty("file-number").GetInt32())];
}
