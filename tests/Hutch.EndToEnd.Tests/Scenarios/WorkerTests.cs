using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Workers as on other machines: real processes that are killed, stopped, or lose their server.</summary>
public sealed class WorkerTests
{
    /// <summary>Frames that keep a worker busy long enough to be hit in the middle.</summary>
    private const int Frames = 400;

    /// <summary>Work that takes longer than this hangs, on a busy machine too.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_that_is_killed_in_the_middle_loses_nothing_and_each_frame_has_one_row()
    {
        await using Installation installation = await StartAsync();
        (CommandLine ada, string token) = await PrepareAsync(installation);
        await using WorkerProcess killed = WorkerProcess.Start(installation.Server.Address, token, "--threads", "1");
        string run = await BeginAsync(ada);
        await RowsAsync(ada, run, 20);

        await killed.SignalAsync("KILL", Ct);
        await killed.EndAsync(Ct);
        Assert.NotEqual(Frames, await CountAsync(ada, run));
        await using WorkerProcess other = WorkerProcess.Start(installation.Server.Address, token);

        await AssertEveryFrameHasOneRowAsync(ada, run);
        await other.SignalAsync("TERM", Ct);
        Assert.Equal(0, await other.EndAsync(Ct));
        Assert.Contains("analysed", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_hangs_loses_its_frames_to_another_and_changes_nothing_when_it_comes_back()
    {
        await using Installation installation = await StartAsync();
        (CommandLine ada, string token) = await PrepareAsync(installation);
        await using WorkerProcess hanging = WorkerProcess.Start(installation.Server.Address, token, "--threads", "1");
        string run = await BeginAsync(ada);
        await RowsAsync(ada, run, 20);

        await hanging.SignalAsync("STOP", Ct);
        await using WorkerProcess other = WorkerProcess.Start(installation.Server.Address, token);
        await AssertEveryFrameHasOneRowAsync(ada, run);
        await hanging.SignalAsync("CONT", Ct);
        await hanging.SignalAsync("TERM", Ct);

        Assert.Equal(0, await hanging.EndAsync(Ct));
        await AssertEveryFrameHasOneRowAsync(ada, run);
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
        await using Installation installation = await StartAsync();
        using Account ada = await installation.AdminAsync(Ct);
        string token = await TokenAsync(ada);
        string script = Path.Combine(Directory.CreateDirectory(ada.WorkingFolder).FullName, "hot.py");
        await File.WriteAllTextAsync(script, Step, Ct);
        (await ada.RunShellAsync(
            """
            hutch worker --python-helper >hutch_step.py
            hutch simulate dataset sim --detector small --images 3
            hutch ingest sim_master.h5 lysozyme
            """,
            Ct)).AssertDone();
        await using WorkerProcess worker = WorkerProcess.Start(
            installation.Server.Address, token, "--threads", "1", "--step", "--", "/usr/bin/python3", script);

        CommandResult shown = await ada.RunShellAsync(
            """
            until hutch analyse --list-steps --json | grep -q hot-pixels; do sleep 0.2; done
            hutch analyse lysozyme --step hot-pixels --json >rows
            hutch stage lysozyme-hot-pixels out --include /results.csv >/dev/null && cat out/results.csv
            /usr/bin/python3 - <<PYTHON
            import bitshuffle.h5, h5py
            master = h5py.File("sim_master.h5")
            data = master["entry/data/data_000001"][:]
            mask = master["entry/instrument/detector/pixel_mask"][:]
            for number, frame in enumerate(data):
                good = frame[mask == 0]
                print(f"{number + 1},{(good > 20).sum()},{good.sum(dtype='u8')}")
            PYTHON
            """,
            Ct);

        Assert.Contains("\"unit\":\"counts\"", (await ada.RunAsync(Ct, "runs", "list", "--json")).Output, StringComparison.Ordinal);
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
        string[] options = [.. Options(folder["hutch.yaml"])];
        ServerProcess first = ServerProcess.Start(data, port, options);
        await first.WaitReadyAsync(Ct);
        CommandLine ada = new(folder["home"], folder["work"]);
        (await ada.RunAsync(["login", first.Address.ToString()], await first.ReadAdminTokenAsync(Ct) + "\n", Ct)).AssertDone();
        string token = await PrepareAsync(ada);
        await using WorkerProcess worker = WorkerProcess.Start(first.Address, token, "--processes", "2", "--threads", "1");
        string run = await BeginAsync(ada);
        await RowsAsync(ada, run, 20);

        await first.KillAsync();
        await first.DisposeAsync();
        await using ServerProcess second = ServerProcess.Start(data, port, options);
        await second.WaitReadyAsync(Ct);

        await AssertEveryFrameHasOneRowAsync(ada, run);
        Assert.False(worker.HasExited);
        await worker.SignalAsync("TERM", Ct);
        Assert.Equal(0, await worker.EndAsync(Ct));
    }

    [Fact]
    public async Task A_trial_runs_on_its_own_workers_and_nothing_else_does()
    {
        await using Installation installation = await StartAsync();
        (CommandLine ada, string token) = await PrepareAsync(installation);
        string trialToken = await TokenAsync(ada, "--namespace", "trial");
        await using WorkerProcess trial = WorkerProcess.Start(installation.Server.Address, trialToken, "--namespace", "trial");
        string usualRun = await BeginAsync(ada);
        string trialRun = await BeginAsync(ada, "--namespace", "trial");
        await AssertEveryFrameHasOneRowAsync(ada, trialRun);
        Assert.Equal(0, await CountAsync(ada, usualRun));

        await using WorkerProcess usual = WorkerProcess.Start(installation.Server.Address, token);
        await AssertEveryFrameHasOneRowAsync(ada, usualRun);
        await using WorkerProcess wrong = WorkerProcess.Start(installation.Server.Address, token, "--namespace", "trial", "--processes", "2");

        Assert.Equal(4, await wrong.EndAsync(Ct));
        Assert.Contains("'default'", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Slurm_array_starts_workers_and_a_submitted_dataset_goes_through_them_each_time()
    {
        await using Installation installation = await StartAsync();
        (CommandLine ada, string token) = await PrepareAsync(installation);
        string script = Path.Combine(HutchExecutable.RepositoryRoot, "docs", "operations", "worker-array.sh");
        string tokenFile = Path.Combine(installation.NewFolder("slurm"), "token");
        await File.WriteAllTextAsync(tokenFile, token + "\n", Ct);
        (await ada.RunShellAsync($"bash -n {script}", Ct)).AssertDone();
        WorkerProcess StartTask(int number) => WorkerProcess.Start(
            "/bin/bash", [script], ("HUTCH_REMOTE", installation.Server.Address.ToString()), ("HUTCH_TOKEN_FILE", tokenFile),
            ("SLURM_ARRAY_JOB_ID", "4711"), ("SLURM_ARRAY_TASK_ID", $"{number}"), ("SLURM_CPUS_PER_TASK", "1"));
        await using WorkerProcess first = StartTask(1);
        await using WorkerProcess second = StartTask(2);

        for (int time = 0; time < 2; time++)
        {
            CommandResult submitted = (await ada.RunAsync(Ct, "submit", "lysozyme", "--wait")).AssertDone();
            Assert.Equal(Frames + 1, submitted.Output.TrimEnd().Split('\n').Length);
            Assert.Contains("frames/s", submitted.Errors, StringComparison.Ordinal);
        }

        foreach (WorkerProcess worker in (WorkerProcess[])[first, second])
        {
            await worker.SignalAsync("TERM", Ct);
            Assert.Equal(0, await worker.EndAsync(Ct));
        }

        Assert.Contains("Task 1 of job 4711", first.Output, StringComparison.Ordinal);
        CommandResult top = (await ada.RunAsync(Ct, "top", "--json")).AssertDone();
        Assert.Empty(JsonDocument.Parse(top.Output).RootElement.GetProperty("workers").EnumerateArray());
    }

    [Fact]
    public async Task Frames_that_a_run_skips_are_counted_and_one_command_analyses_them_later()
    {
        await using Installation installation = await StartAsync();
        (CommandLine ada, string token) = await PrepareAsync(installation);
        string run = await BeginAsync(ada, "--follow", "--when-behind", "newest");
        (await ada.RunAsync(Ct, "close", "lysozyme")).AssertDone();
        await using WorkerProcess worker = WorkerProcess.Start(installation.Server.Address, token, "--threads", "1");

        (await WithinLimitAsync(ada, run, ct => ada.RunAsync(ct, "runs", "watch", run))).AssertDone();
        JsonElement end = JsonDocument.Parse(await ShowAsync(ada, run, Ct)).RootElement;
        CommandResult shown = (await ada.RunAsync(Ct, "runs", "show", run)).AssertDone();
        CommandResult submitted = (await ada.RunAsync(Ct, "submit", "lysozyme", "--missing-from", run, "--wait", "--json")).AssertDone();

        long skipped = end.GetProperty("skipped").GetProperty("frames").GetInt64();
        int[] named = [.. end.GetProperty("skipped").GetProperty("ranges").EnumerateArray().SelectMany(Numbers)];
        int[] later = [.. submitted.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("file-number").GetInt32())];
        Assert.InRange(skipped, 1, Frames - 256);
        Assert.Equal(Frames, skipped + end.GetProperty("frames").GetInt64());
        Assert.Equal(named, later.Order());
        Assert.Equal(skipped, later.Length);
        Assert.Contains($"skipped    {skipped}: ", shown.Output, StringComparison.Ordinal);

        static IEnumerable<int> Numbers(JsonElement range)
        {
            int first = range.GetProperty("first").GetInt32();
            return Enumerable.Range(first, range.GetProperty("last").GetInt32() - first + 1);
        }
    }

    private static Task<Installation> StartAsync() =>
        Installation.StartAsync(Ct, [.. Options(Path.Combine(Directory.CreateTempSubdirectory("hutch-worker-").FullName, "hutch.yaml"))]);

    private static string[] Options(string file)
    {
        File.WriteAllText(file, "analysis:\n  enabled: false\n  leaseSeconds: 2\n");
        return ["--config", file];
    }

    private static async Task<(CommandLine Person, string Token)> PrepareAsync(Installation installation)
    {
        CommandLine ada = await installation.AdminAsync(Ct);
        return (ada, await PrepareAsync(ada));
    }

    private static async Task<string> PrepareAsync(CommandLine ada)
    {
        (await ada.RunShellAsync(
            $"hutch simulate dataset sim --detector small --images {Frames} && hutch ingest sim_master.h5 lysozyme", Ct)).AssertDone();
        return await TokenAsync(ada);
    }

    private static async Task<string> TokenAsync(CommandLine ada, params string[] more) => JsonDocument.Parse(
        (await ada.RunAsync(Ct, ["token", "create", "--scope", "work", "--json", .. more])).AssertDone().Output)
        .RootElement.GetProperty("token").GetString()!;

    private static async Task<string> BeginAsync(CommandLine ada, params string[] more) => JsonDocument.Parse(
        (await ada.RunAsync(Ct, ["analyse", "lysozyme", "--no-wait", "--json", .. more])).AssertDone().Output)
        .RootElement.GetProperty("run").GetString()!;

    private static async Task<long> CountAsync(CommandLine ada, string run) =>
        JsonDocument.Parse(await ShowAsync(ada, run, Ct)).RootElement.GetProperty("frames").GetInt64();

    private static async Task<string> ShowAsync(CommandLine ada, string run, CancellationToken ct) =>
        (await ada.RunAsync(ct, "runs", "show", run, "--json")).AssertDone().Output;

    /// <summary>Waits for work on a run; one that hangs fails with the state that the run is in.</summary>
    private static async Task<T> WithinLimitAsync<T>(CommandLine ada, string run, Func<CancellationToken, Task<T>> wait)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        try
        {
            return await wait(limit.Token);
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            Assert.Fail($"The run does not go on: {await ShowAsync(ada, run, Ct)}");
            throw;
        }
    }

    /// <summary>Returns when so many rows are there.</summary>
    private static Task<long> RowsAsync(CommandLine ada, string run, int count) => WithinLimitAsync(ada, run, async ct =>
    {
        long rows;
        do
        {
            ct.ThrowIfCancellationRequested();
            rows = await CountAsync(ada, run);
        }
        while (rows < count);
        return rows;
    });

    private static async Task AssertEveryFrameHasOneRowAsync(CommandLine ada, string run)
    {
        string[] more = JsonDocument.Parse(await ShowAsync(ada, run, Ct)).RootElement.TryGetProperty("namespace", out JsonElement name)
            ? ["--namespace", name.GetString()!]
            : [];

        // The run is there already: its results are shown as they come, to the end.
        CommandResult all = (await WithinLimitAsync(
            ada, run, ct => ada.RunAsync(ct, ["analyse", "lysozyme", "--json", .. more]))).AssertDone();
        JsonElement[] rows = [.. all.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(Enumerable.Range(1, Frames), rows.Select(row => row.GetProperty("file-number").GetInt32()).Order());
        Assert.All(rows, row => Assert.False(row.TryGetProperty("error", out _), row.GetRawText()));
        Assert.Equal(Frames, await CountAsync(ada, run));
    }
}
