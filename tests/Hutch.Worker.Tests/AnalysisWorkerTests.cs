using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Hutch.Analysis.Memory;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Testing.Clocks;
using Hutch.Worker.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Worker.Tests;

/// <summary>The worker, with a step that does nothing: which frames get rows, when a run ends, what a restart does.</summary>
public sealed class AnalysisWorkerTests
{
    [Fact]
    public async Task Every_frame_of_a_version_gets_one_row_and_the_rows_are_files_of_the_following_dataset()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutAsync(input.Id, "header", "{}"u8.ToArray());
        await live.PutAsync(input.Id, "header.d/000007", "no frame"u8.ToArray());
        await live.PutAsync(input.Id, "notes.txt", "no frame"u8.ToArray());
        await live.PutAsync(input.Id, "12345", "no frame"u8.ToArray());
        await live.PutFramesAsync(input.Id, 1, 20);
        var step = new FakeStep();
        live.Work(step);

        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal(("done", 20L, 0L), (end.Outcome, end.Frames, end.Failures));
        Assert.Equal(Enumerable.Range(1, 20), Numbers(await live.AllRowsAsync(run)));
        Assert.Equal(1, step.Preparations);
        string[] lines = Encoding.UTF8.GetString((await live.ReadAsync(run.Outputs[0], "results.jsonl"))!).TrimEnd().Split('\n');
        Assert.Equal("""{"file-number":1,"content":"frame 1"}""", lines[0]);
        Assert.Equal(20, lines.Length);
        string[] table = Encoding.UTF8.GetString((await live.ReadAsync(run.Outputs[0], "results.csv"))!).TrimEnd().Split("\r\n");
        Assert.Equal(["file-number,content", "1,frame 1"], table[..2]);
        SiteDataset output = (await live.Site.Heads.DatasetAsync(run.Outputs[0], LiveSite.Ct)).Value;
        Assert.NotNull(output.Snapshot);
    }

    [Fact]
    public async Task A_lease_request_during_server_start_does_not_report_the_run_as_over()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        RunDispatcher dispatcher = live.NewDispatcher(new RunDispatchOptions());
        var request = new FrameLeaseRequest
        {
            Worker = new WorkerName("tok", "remote"),
            Namespace = WorkerNamespace.Default,
            Programs = FrozenSet<string>.Empty,
            Run = run.Id,
        };

        ValueTask<FrameLeaseAnswer> asked = dispatcher.LeaseAsync(request, TimeSpan.FromSeconds(30), LiveSite.Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(LiveSite.Ct);
        Task dispatching = dispatcher.RunAsync(stop.Token);
        FrameLeaseAnswer taken = await asked;

        Assert.False(taken.IsOver);
        Assert.Equal(run.Id, taken.Lease!.Run);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dispatching);
    }

    [Fact]
    public async Task A_run_that_a_worker_has_left_is_taken_again_when_it_comes_back()
    {
        var source = new RecurringRun();
        var options = new AnalysisWorkerOptions { Threads = 1 };
        var worker = new AnalysisWorker(
            source, [new FakeStep()], new ImageMemory(options.UsedImageBytes), options, TimeProvider.System,
            NullLogger<AnalysisWorker>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(LiveSite.Ct);
        Task working = worker.RunAsync(stop.Token);

        await source.TakenTwice.WaitAsync(TimeSpan.FromMinutes(5), LiveSite.Ct);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
    }

    [Fact]
    public async Task A_run_of_a_version_does_not_take_what_came_later()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        await live.PutFramesAsync(input.Id, 4, 5);

        live.Work(new FakeStep());
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal(3, end.Frames);
        Assert.Equal(1, end.Inputs[0].Snapshot);
    }

    [Fact]
    public async Task A_following_run_processes_existing_and_new_frames_and_ends_when_its_input_is_closed()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 5);
        var step = new FakeStep();
        live.Work(step);

        SiteRun run = await live.StartRunAsync(input.Id, follow: true);
        await live.RowsAsync(run, 5);
        await live.PutFramesAsync(input.Id, 6, 12);
        await live.PutFrameAsync(input.Id, 12);
        await live.RowsAsync(run, 12);
        await live.CloseAsync(input.Id);
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal(("done", 12L), (end.Outcome, end.Frames));
        Assert.Equal(Enumerable.Range(1, 12), Numbers(await live.AllRowsAsync(run)));
        Assert.All(step.Processed.Values, times => Assert.Equal(1, times));
        SiteDataset closed = (await live.Site.Heads.DatasetAsync(input.Id, LiveSite.Ct)).Value;
        Assert.Equal(closed.Snapshot, end.Inputs[0].Snapshot);
        Assert.Equal(closed.Root.Page, end.Inputs[0].Root);
    }

    [Fact]
    public async Task A_run_that_follows_takes_frames_that_are_pushed()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(input.Id, follow: true);
        await live.PushFramesAsync(input.Id, 1, 4);
        await live.RowsAsync(run, 4);

        await live.PutFrameAsync(input.Id, 5);
        await live.RowsAsync(run, 5);
        await live.CloseAsync(input.Id);

        Assert.Equal(Enumerable.Range(1, 5), Numbers(await live.AllRowsAsync(await live.EndOfAsync(run))));
    }

    [Fact]
    public async Task A_frame_that_is_replaced_after_its_analysis_keeps_its_row()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(input.Id, follow: true);
        await live.PutFrameAsync(input.Id, 1);
        await live.RowsAsync(run, 1);

        await live.PutAsync(input.Id, "000001", "another frame"u8.ToArray());
        await live.CloseAsync(input.Id);
        await live.EndOfAsync(run);

        Assert.Equal("frame 1", Assert.Single(await live.AllRowsAsync(run)).GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_frame_that_is_longer_than_its_image_can_be_is_not_read_and_its_row_says_so()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutAsync(input.Id, "000001", new byte[1001]);
        await live.PutAsync(input.Id, "000002", new byte[1000]);
        live.Work(new FakeStep { MaxFrameBytes = 1000 });

        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        await live.EndOfAsync(run);

        JsonElement[] rows = [.. await live.AllRowsAsync(run)];
        Assert.Equal("The frame has 1001 bytes; an image as the header describes it has at most 1000.", rows[0].GetProperty("error").GetString());
        Assert.False(rows[1].TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Frames_are_stored_while_the_analysis_stands_still()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        var step = new FakeStep { WaitsFrom = 1 };
        live.Work(step);
        SiteRun run = await live.StartRunAsync(input.Id, follow: true);

        await live.PutFramesAsync(input.Id, 1, 400);
        int during = step.Processed.Count;
        step.Gate.Set();
        await live.CloseAsync(input.Id);

        Assert.Equal(0, during);
        Assert.Equal(400, (await live.EndOfAsync(run)).Frames);
    }

    [Fact]
    public async Task Several_runs_work_side_by_side()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 50);
        live.Work(new FakeStep());

        SiteRun[] runs = [.. await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => live.StartRunAsync(input.Id, follow: false)))];
        SiteRun[] ends = await Task.WhenAll(runs.Select(live.EndOfAsync));

        Assert.All(ends, end => Assert.Equal(("done", 50L), (end.Outcome, end.Frames)));
    }

    [Fact]
    public async Task A_run_that_follows_an_empty_dataset_waits_for_its_first_frame()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        var step = new FakeStep();
        live.Work(step);

        SiteRun run = await live.StartRunAsync(input.Id, follow: true);
        await live.PutFrameAsync(input.Id, 1);
        await live.RowsAsync(run, 1);
        await live.CloseAsync(input.Id);

        Assert.Equal(1, (await live.EndOfAsync(run)).Frames);
    }

    [Fact]
    public async Task Nothing_is_doubled_or_missing_when_the_worker_stops_between_rows_and_starts_again()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 30);
        var first = new FakeStep { WaitsFrom = 11 };
        live.Work(first);
        SiteRun run = await live.StartRunAsync(input.Id, follow: true);

        // Frames 11 and 12 may have taken both threads before frame 10 came.
        await live.RowsAsync(run, 9);
        await live.PutFramesAsync(input.Id, 31, 35);

        Task stopping = live.StopAsync();
        first.Gate.Set();
        await stopping;
        await live.RestartAsync();
        int before = (int)(await live.Runs.Registry.GetAsync(run.Id, LiveSite.Ct)).Value.Frames!;
        await live.PutFramesAsync(input.Id, 36, 40);
        var second = new FakeStep();
        live.Work(second);
        await live.CloseAsync(input.Id);
        SiteRun end = await live.EndOfAsync(run);

        Assert.InRange(before, 9, 34);
        Assert.Equal(("done", 40L), (end.Outcome, end.Frames));
        Assert.Equal(Enumerable.Range(1, 40), Numbers(await live.AllRowsAsync(run)));
        Assert.Equal(40 - before, second.Processed.Count);
    }

    [Fact]
    public async Task Runs_that_begin_while_no_worker_is_there_are_carried_out_by_the_next()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        await live.RestartAsync();

        live.Work(new FakeStep());

        Assert.Equal(3, (await live.EndOfAsync(run)).Frames);
    }

    [Fact]
    public async Task A_frame_that_cannot_be_analysed_gets_an_error_row_and_the_run_continues()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 5);
        live.Work(new FakeStep { Throws = 2 });

        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        SiteRun end = await live.EndOfAsync(run);
        List<JsonElement> rows = await live.AllRowsAsync(run);

        Assert.Equal(("done", 5L, 1L), (end.Outcome, end.Frames, end.Failures));
        Assert.Contains("internal server error", rows[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(rows[2].TryGetProperty("error", out _));
        string[] table = Encoding.UTF8.GetString((await live.ReadAsync(run.Outputs[0], "results.csv"))!).TrimEnd().Split("\r\n");
        Assert.Equal("file-number,content,error", table[0]);
        Assert.StartsWith("2,,", table[2], StringComparison.Ordinal);
        Assert.Equal("3,frame 3,", table[3]);
    }

    [Fact]
    public async Task A_run_whose_step_cannot_be_prepared_fails_with_the_reason()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        live.Work(new FakeStep { Refusal = ErrorCode.UnreadableFile.With("The header is not JSON.") });

        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal(("failed", "The header is not JSON.", 0L), (end.Outcome, end.Message, end.Frames));
    }

    [Fact]
    public async Task A_run_is_carried_out_by_the_step_of_its_program_with_its_parameters()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 2);
        var first = new FakeStep();
        var second = new FakeStep { Declaration = first.Declaration with { Name = "second", Program = "test/second" } };
        live.Work(first, second);

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, "test/second", """{"word":"hello","follow":false}""");
        await live.EndOfAsync(run);

        Assert.Equal(("hello", 2, 0), (second.Word, second.Processed.Count, first.Processed.Count));
    }

    [Fact]
    public async Task A_run_whose_parameters_its_step_does_not_take_any_more_fails_with_the_reason()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 2);
        live.Work(new FakeStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, parameters: """{"word":7}""");
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal(("failed", "word is '7', but it must be text."), (end.Outcome, end.Message));
    }

    [Fact]
    public async Task A_run_whose_input_is_deleted_is_cancelled_and_others_go_on()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset deleted = await live.CreateAsync("lysozyme");
        SiteDataset other = await live.CreateAsync("insulin");
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(deleted.Id, follow: true);
        SiteRun goesOn = await live.StartRunAsync(other.Id, follow: true);
        await live.PutFrameAsync(deleted.Id, 1);
        await live.RowsAsync(run, 1);

        await live.Site.Lifecycle.TrashAsync(deleted.Id, "anna", LiveSite.Ct);
        SiteRun end = await live.EndOfAsync(run);
        await live.PutFrameAsync(other.Id, 1);
        await live.RowsAsync(goesOn, 1);

        Assert.Equal("cancelled", end.Outcome);
        Assert.Contains("deleted", end.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_is_stopped_drops_the_frames_that_wait_and_keeps_the_rows_that_are_written(bool follow)
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 200);
        var step = new FakeStep { WaitsFrom = 11 };
        var other = new FakeStep { Declaration = step.Declaration with { Name = "second", Program = "test/second" }, Refusal = ErrorCode.UnreadableFile.With("No.") };
        live.Work(step, other);
        SiteRun run = await live.StartRunAsync(input.Id, follow);

        // Frames 11 and 12 may have taken both threads before frame 10 came.
        await live.RowsAsync(run, 9);

        Assert.True((await live.Runs.Registry.StopAsync(run.Id, "Stopped by anna.", null, LiveSite.Ct)).IsOk);

        // The worker hears its news in order: when it has begun the next run, it knows of the stop.
        await live.EndOfAsync(await live.StartRunAsync(input.Id, follow: false, "test/second"));
        step.Gate.Set();
        string kept = await live.KeptAsync(run);

        SiteRun end = await live.EndOfAsync(run);
        Assert.Equal(("cancelled", "Stopped by anna."), (end.Outcome, end.Message));
        Assert.InRange(end.Frames!.Value, 9, 10);
        Assert.Equal(end.Frames, kept.TrimEnd().Split('\n').Length);
        Assert.InRange(step.Processed.Count, 9, 13);
    }

    [Fact]
    public async Task A_run_that_was_stopped_while_no_worker_was_there_is_not_taken_up()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(input.Id, follow: true);
        await live.RowsAsync(run, 3);
        await live.StopAsync();
        await live.Runs.Registry.StopAsync(run.Id, "Stopped by anna.", null, LiveSite.Ct);
        await live.RestartAsync();
        var step = new FakeStep();
        live.Work(step);

        SiteRun next = await live.StartRunAsync(input.Id, follow: false);
        await live.EndOfAsync(next);

        Assert.All(step.Processed.Values, times => Assert.Equal(1, times));
        Assert.Equal(("cancelled", 3L), ((await live.EndOfAsync(run)).Outcome, (await live.EndOfAsync(run)).Frames));
    }

    [Fact]
    public async Task A_run_fails_when_its_user_loses_the_right_to_read()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFrameAsync(input.Id, 1);
        SiteRun run = await live.StartRunAsync(input.Id, follow: true);
        live.Permission.Refusal = ErrorCode.NotFound.With("There is no such dataset that you may see.");

        live.Work(new FakeStep());
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal(("failed", 0L), (end.Outcome, end.Frames));
        Assert.Contains("may see", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_results_cannot_be_kept_fails_with_the_reason()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        await live.Site.Lifecycle.TrashAsync(run.Outputs[0], "anna", LiveSite.Ct);

        live.Work(new FakeStep());
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal("failed", end.Outcome);
        Assert.Contains("trash", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_come_while_frames_wait_are_written_in_one_commit()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        SiteRun started = await live.StartRunAsync(input.Id, follow: false);
        ActiveRun run = (await live.Runs.Registry.FindActiveAsync(started.Id, LiveSite.Ct))!;
        var groups = new List<int>();
        live.Site.Committer.Committed += group => groups.Add(group.OfType<JournalRecord.ResultRow>().Count());
        var writer = new ResultWriter(live.Runs.Registry, new PendingFrames(run, TimeProvider.System), new AnalysisWorkerOptions(), new HeldTime(), NullLogger.Instance);
        var rows = Channel.CreateUnbounded<FinishedFrame>();

        Task writing = writer.RunAsync(rows.Reader, () => true, LiveSite.Ct);
        for (int number = 1; number <= 3; number++)
        {
            await rows.Writer.WriteAsync(RowOf(number), LiveSite.Ct);
            await TakenAsync(rows.Reader);
        }

        rows.Writer.Complete();
        await writing;
        Assert.Equal([3], groups.Where(count => count > 0));

        static FinishedFrame RowOf(int number) => new(
            new FrameWork(new StoredFrame(number, Entry.File(default, 0)), null), JsonElement.Parse($$"""{"file-number":{{number}}}"""));
    }

    private static async Task TakenAsync(ChannelReader<FinishedFrame> rows)
    {
        while (rows.Count > 0)
        {
            await Task.Yield();
        }
    }

    private static IEnumerable<int> Numbers(IEnumerable<JsonElement> rows) => rows.Select(row => row.GetProperty("file-number").GetInt32());
}
