using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Workers as on other machines: real processes that are killed, stopped, or lose their server. Each test has a dataset of its own.</summary>
public sealed class WorkerTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private const int Frames = WorkerSite.Frames;

    /// <summary>Work that takes longer than this hangs, on a busy machine too.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Uri Address => site.Installation.Server.Address;

    [Fact]
    public async Task A_worker_that_is_killed_in_the_middle_loses_nothing_and_each_frame_has_one_row()
    {
        await IngestAsync(site.Ada, "killed");
        await using WorkerProcess killed = WorkerProcess.Start(Address, site.Token, "--threads", "1");
        string run = await BeginAsync(site.Ada, "killed");
        await RowsAsync(site.Ada, run, 20);

        await killed.SignalAsync("KILL", Ct);
        await killed.EndAsync(Ct);
        Assert.NotEqual(Frames, await CountAsync(site.Ada, run));
        await using WorkerProcess other = WorkerProcess.Start(Address, site.Token);

        await AssertEveryFrameHasOneRowAsync(site.Ada, "killed", run);
        await other.SignalAsync("TERM", Ct);
        Assert.Equal(0, await other.EndAsync(Ct));
        Assert.Contains("analysed", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_hangs_loses_its_frames_to_another_and_changes_nothing_when_it_comes_back()
    {
        await IngestAsync(site.Ada, "hanging");
        await using WorkerProcess hanging = WorkerProcess.Start(Address, site.Token, "--threads", "1");
        string run = await BeginAsync(site.Ada, "hanging");
        await RowsAsync(site.Ada, run, 20);

        await hanging.SignalAsync("STOP", Ct);
        await using WorkerProcess other = WorkerProcess.Start(Address, site.Token);
        await AssertEveryFrameHasOneRowAsync(site.Ada, "hanging", run);
        await hanging.SignalAsync("CONT", Ct);
        await hanging.SignalAsync("TERM", Ct);

        Assert.Equal(0, await hanging.EndAsync(Ct));
        await AssertEveryFrameHasOneRowAsync(site.Ada, "hanging", run);
    }

    [Fact]
    public async Task A_step_of_ten_lines_of_Python_is_offered_by_its_worker_and_its_rows_are_those_of_numpy()
    {
        const string Step =
            """
            from hutch_step import serve

            def hot(frame):
                counts = frame.pixels[frame.valid]
                return {"n_hot": int((counts > frame.parameters["above"]).sum()), "sum": int(counts.sum(dtype="u8"))}

            serve(hot, name="hot-pixels", columns={"n_hot": "integer", "sum": {"kind": "integer", "unit": "counts"}},
                  parameters={"above": {"kind": "integer", "default": 20}})
            """;
        string script = Path.Combine(site.Ada.WorkingFolder, "hot.py");
        await File.WriteAllTextAsync(script, Step, Ct);
        (await site.Ada.RunShellAsync(
            """
            hutch worker --python-helper >hutch_step.py
            hutch simulate dataset few --detector small --images 3
            hutch ingest few_master.h5 few
            """,
            Ct)).AssertDone();
        await using WorkerProcess worker = WorkerProcess.Start(Address, site.Token, "--threads", "1", "--step", "--", "/usr/bin/python3", script);
        await site.Ada.UntilAsync(
            client => client.ListAnalysisStepsAsync(Ct).AnyAsync(static step => step.Name == "hot-pixels", Ct).AsTask(), static any => any, Ct);

        CommandResult shown = await site.Ada.RunShellAsync(
            """
            hutch analyse few --step hot-pixels --json >rows
            hutch stage few-hot-pixels out --include /results.csv >/dev/null && cat out/results.csv
            /usr/bin/python3 - <<PYTHON
            import bitshuffle.h5, h5py
            master = h5py.File("few_master.h5")
            data = master["entry/data/data_000001"][:]
            mask = master["entry/instrument/detector/pixel_mask"][:]
            for number, frame in enumerate(data):
                good = frame[mask == 0]
                print(f"{number + 1},{(good > 20).sum()},{good.sum(dtype='u8')}")
            PYTHON
            """,
            Ct);

        Assert.Contains("\"unit\":\"counts\"", (await site.Ada.RunAsync(Ct, "runs", "list", "--json")).Output, StringComparison.Ordinal);
        string[] lines = shown.AssertDone().Output.ReplaceLineEndings("\n").Trim().Split('\n');
        Assert.Equal("file-number,n_hot,sum", lines[0]);
        Assert.Equal(lines[1..4], lines[4..]);
    }

    [Fact]
    public async Task Workers_wait_while_the_server_is_away_and_go_on_when_it_is_back()
    {
        using TemporaryFolder folder = new();
        string data = folder["data"];
        int port = Peers.LoopbackPort.FindFree();
        string[] options = WorkerSite.Options(folder["hutch.yaml"]);
        ServerProcess first = ServerProcess.Start(data, port, options);
        await first.WaitReadyAsync(Ct);
        using Account ada = new(first, "admin", await first.ReadAdminTokenAsync(Ct), folder["people"]);
        (await ada.RunShellAsync($"cp {site.Ada.WorkingFolder}/sim_* .", Ct)).AssertDone();
        await IngestAsync(ada, "away");
        await using WorkerProcess worker = WorkerProcess.Start(first.Address, await WorkerSite.TokenAsync(ada), "--processes", "2", "--threads", "1");
        string run = await BeginAsync(ada, "away");
        await RowsAsync(ada, run, 20);

        await first.KillAsync();
        await first.DisposeAsync();
        await using ServerProcess second = ServerProcess.Start(data, port, options);
        await second.WaitReadyAsync(Ct);

        await AssertEveryFrameHasOneRowAsync(ada, "away", run);
        Assert.False(worker.HasExited);
        await worker.SignalAsync("TERM", Ct);
        Assert.Equal(0, await worker.EndAsync(Ct));
    }

    [Fact]
    public async Task A_trial_runs_on_its_own_workers_and_nothing_else_does()
    {
        await IngestAsync(site.Ada, "trial");
        string trialToken = await WorkerSite.TokenAsync(site.Ada, "--namespace", "trial");
        await using WorkerProcess trial = WorkerProcess.Start(Address, trialToken, "--namespace", "trial");
        string usualRun = await BeginAsync(site.Ada, "trial");
        string trialRun = await BeginAsync(site.Ada, "trial", "--namespace", "trial");
        await AssertEveryFrameHasOneRowAsync(site.Ada, "trial", trialRun);
        Assert.Equal(0, await CountAsync(site.Ada, usualRun));

        await using WorkerProcess usual = WorkerProcess.Start(Address, site.Token);
        await AssertEveryFrameHasOneRowAsync(site.Ada, "trial", usualRun);
        await using WorkerProcess wrong = WorkerProcess.Start(Address, site.Token, "--namespace", "trial", "--processes", "2");

        Assert.Equal(4, await wrong.EndAsync(Ct));
        Assert.Contains("'default'", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Slurm_array_starts_workers_and_a_submitted_dataset_goes_through_them()
    {
        await IngestAsync(site.Ada, "array");
        string[] others = [.. (await site.Ada.Client.GetLiveAsync(Ct)).Workers.Select(static worker => worker.Name)];
        string script = Path.Combine(HutchExecutable.RepositoryRoot, "docs", "operations", "worker-array.sh");
        string tokenFile = Path.Combine(site.Installation.NewFolder("slurm"), "token");
        await File.WriteAllTextAsync(tokenFile, site.Token + "\n", Ct);
        (await site.Ada.RunShellAsync($"bash -n {script}", Ct)).AssertDone();
        WorkerProcess StartTask(int number) => WorkerProcess.Start(
            "/bin/bash", [script], ("HUTCH_REMOTE", Address.ToString()), ("HUTCH_TOKEN_FILE", tokenFile),
            ("SLURM_ARRAY_JOB_ID", "4711"), ("SLURM_ARRAY_TASK_ID", $"{number}"), ("SLURM_CPUS_PER_TASK", "1"));
        await using WorkerProcess first = StartTask(1);
        await using WorkerProcess second = StartTask(2);

        CommandResult submitted = (await site.Ada.RunAsync(Ct, "submit", "array", "--wait")).AssertDone();
        Assert.Equal(Frames + 1, submitted.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("frames/s", submitted.Errors, StringComparison.Ordinal);
        foreach (WorkerProcess worker in (WorkerProcess[])[first, second])
        {
            await worker.SignalAsync("TERM", Ct);
            Assert.Equal(0, await worker.EndAsync(Ct));
        }

        Assert.Contains("Task 1 of job 4711", first.Output, StringComparison.Ordinal);
        CommandResult top = (await site.Ada.RunAsync(Ct, "top", "--json")).AssertDone();
        Assert.Empty(JsonDocument.Parse(top.Output).RootElement.GetProperty("workers").EnumerateArray()
            .Select(static worker => worker.GetProperty("name").GetString()).Except(others));
    }

    private static async Task IngestAsync(Account ada, string dataset) => (await ada.RunAsync(Ct, "ingest", "sim_master.h5", dataset)).AssertDone();

    private static async Task<string> BeginAsync(Account ada, string dataset, params string[] more) => JsonDocument.Parse(
        (await ada.RunAsync(Ct, ["analyse", dataset, "--no-wait", "--json", .. more])).AssertDone().Output)
        .RootElement.GetProperty("run").GetString()!;

    private static async Task<long> CountAsync(Account ada, string run) => (await ada.Client.GetRunAsync(run, Ct)).Frames;

    /// <summary>Waits for work on a run; one that hangs fails with the state that the run is in.</summary>
    private static async Task<T> WithinLimitAsync<T>(Account ada, string run, Func<CancellationToken, Task<T>> wait)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        try
        {
            return await wait(limit.Token);
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            Assert.Fail($"The run does not go on: {await ada.Client.GetRunAsync(run, Ct)}");
            throw;
        }
    }

    /// <summary>Returns when so many rows are there.</summary>
    private static Task<RunInfo> RowsAsync(Account ada, string run, int count) => WithinLimitAsync(
        ada, run, ct => ada.UntilAsync(client => client.GetRunAsync(run, ct), one => one.Frames >= count, ct));

    private static async Task AssertEveryFrameHasOneRowAsync(Account ada, string dataset, string run)
    {
        string[] more = (await ada.Client.GetRunAsync(run, Ct)).Namespace is { } name ? ["--namespace", name] : [];

        // The run is there already: its results are shown as they come, to the end.
        CommandResult all = (await WithinLimitAsync(
            ada, run, ct => ada.RunAsync(ct, ["analyse", dataset, "--json", .. more]))).AssertDone();
        JsonElement[] rows = [.. all.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(Enumerable.Range(1, Frames), rows.Select(row => row.GetProperty("file-number").GetInt32()).Order());
        Assert.All(rows, row => Assert.False(row.TryGetProperty("error", out _), row.GetRawText()));
        Assert.Equal(Frames, await CountAsync(ada, run));
    }
}
