using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Hutch.Model.Records;
using Hutch.Programs.Engines;
using Hutch.Testing;

namespace Hutch.Programs.Tests;

/// <summary>Engines by four commands of the operator: with the real task-spooler, and with commands that lie, block and print without end.</summary>
public sealed class EngineCommandsTests : IDisposable
{
    private static readonly AttemptKey First = new(Guid.Parse("0196f0c27a1b7d3e8f00a1b2c3d4e5f6"), 1);
    private static readonly AttemptKey Second = First with { Number = 2 };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Spooler => $"TS_SOCKET={_folder["ts"]}";

    public void Dispose()
    {
        if (File.Exists(_folder["ts"]))
        {
            using Process end = Process.Start(new ProcessStartInfo("tsp", ["-K"]) { Environment = { ["TS_SOCKET"] = _folder["ts"] } })!;
            end.WaitForExit();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Task_spooler_waits_runs_ends_and_cancels_and_its_log_is_the_reason_of_a_lost_attempt()
    {
        // The node: the first attempt fails with a word, any other one runs until it is cancelled.
        string node = Script("node", "case $* in *' 1 --server'*) echo no disk; exit 3 ;; esac; echo $$ > " + _folder["pid"] + "; exec sleep 600");
        CommandEngineOptions options = TaskSpooler();
        await using BatchEngine engine = Engine(options, node);
        Assert.Null(await engine.FindProblemAsync(Ct));

        Assert.True((await engine.SubmitAsync(Order(First), Ct)).IsOk);
        EngineState ended = await UntilAsync(engine, First, EnginePhase.Ended);
        Assert.Contains("finished 3. The end of its log: no disk", ended.Words, StringComparison.Ordinal);
        Assert.True((await engine.SubmitAsync(Order(Second), Ct)).IsOk);
        AttemptKey third = First with { Number = 3 };
        Assert.True((await engine.SubmitAsync(Order(third), Ct)).IsOk);

        // A job that is not asked for loses its script, so that the second one must have begun before the third is asked for alone.
        await UntilAsync(engine, Second, EnginePhase.Running);
        Assert.Equal(EnginePhase.Waiting, (await UntilAsync(engine, third, EnginePhase.Waiting)).Phase);

        // Another life of the server finds its jobs, and ends those that are not wanted.
        await using BatchEngine again = Engine(options, node);
        await again.CancelAsync([Second, third], Ct);
        Assert.Equal(EnginePhase.Ended, (await UntilAsync(again, Second, EnginePhase.Ended)).Phase);

        // The end of the second may have begun the third, which is without its script.
        while ((await again.StatesAsync([third], Ct)).TryGetValue(third, out EngineState last) && last.Phase != EnginePhase.Ended)
        {
            await Task.Delay(50, Ct);
        }

        Assert.Empty(Directory.EnumerateFiles(_folder["shared/scripts"]));
    }

    [Fact]
    public async Task No_command_and_no_job_has_the_variables_of_the_server_and_no_token_is_in_a_script()
    {
        Environment.SetEnvironmentVariable("HUTCH_TEST_SECRET", "do not tell");
        string submit = Script("submit", $"env > {_folder["env"]}; cp \"$1\" {_folder["script"]}");
        await using BatchEngine engine = Engine(Own(submit: [submit, "{script}"]));

        Assert.True((await engine.SubmitAsync(Order(First), Ct)).IsOk);

        string seen = await File.ReadAllTextAsync(_folder["env"], Ct);
        Assert.Contains("HUTCH_MARK=a=b", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("do not tell", seen, StringComparison.Ordinal);
        string script = await File.ReadAllTextAsync(_folder["script"], Ct);
        Assert.DoesNotContain("hutchrun_secret", script, StringComparison.Ordinal);
        Assert.Contains($"--token-file {_folder["shared/tokens"]}/{First}", script, StringComparison.Ordinal);
    }

    // As the manuals show the lines of these systems, with jobs of others between them.
    [Theory]
    [InlineData("condor", "7 2 undefined NAME", "8 1 undefined batch of another", EnginePhase.Running)]
    [InlineData("condor", "7 4 0 NAME", "8 5 undefined other", EnginePhase.Ended)]
    [InlineData("condor", "7 5 undefined NAME", "", EnginePhase.Waiting)]
    [InlineData("pbs", "Job Id: 7.head|Job_Name=NAME|Job_Owner=hutch@head|job_state=R|queue=workq", "", EnginePhase.Running)]
    [InlineData("pbs", "Job Id: 7.head|Job_Name=NAME|Job_Owner=hutch@head|job_state=F|queue=workq|Exit_status=0", "Job Id: 8.head|Job_Name=x|job_state=R", EnginePhase.Ended)]
    [InlineData("lsf", "7|PEND|-|NAME", "8|RUN|-|x", EnginePhase.Waiting)]
    [InlineData("lsf", "7|EXIT|137|NAME", "No job found", EnginePhase.Ended)]
    [InlineData("lsf", "7|UNKWN|-|NAME", "", null)]
    public async Task The_engines_of_the_guide_read_the_lists_of_their_systems(string name, string line, string other, EnginePhase? phase)
    {
        string guide = await File.ReadAllTextAsync(Path.Combine(Root(), "docs/operations/batch-systems.md"), Ct);
        string engine = Regex.Match(guide, $@"- name: {name}\n(.*?)(?=    - name:|```)", RegexOptions.Singleline).Groups[1].Value;
        string[] Words(string key) => [.. Regex.Match(engine, $@"{key}: \[(.*)\]").Groups[1].Value.Split(", ").Select(static word => word.Trim('"'))];
        var options = new CommandEngineOptions
        {
            Name = name,
            Folder = _folder["shared"],
            Line = Regex.Match(engine, "line: '(.*)'").Groups[1].Value,
            Submit = ["true"],
            State = [Script("state", $"cat <<'LINES'\n{other}\n{line.Replace("NAME", $"hutch-{First}")}\nLINES")],
            Cancel = ["true"],
            Waiting = Words("waiting"),
            Running = Words("running"),
            Ended = Words("ended"),
        };
        await using BatchEngine system = Engine(options);

        IReadOnlyDictionary<AttemptKey, EngineState> states = await system.StatesAsync([First], Ct);

        Assert.Equal(phase, states.TryGetValue(First, out EngineState found) ? found.Phase : null);
    }

    [Theory]
    [InlineData("hutch-ATTEMPT done 0", EnginePhase.Ended)]
    [InlineData("hutch-ATTEMPT done 99", EnginePhase.Running)] // by its code
    [InlineData("hutch-ATTEMPT done 0\\nhutch-ATTEMPT odd", null)] // a second job may live
    [InlineData("hutch-ATTEMPT done 0\\nhutch-ATTEMPT works", EnginePhase.Running)]
    [InlineData("hutch-ATTEMPT odd", null)]
    [InlineData("hutch-ATTEMPTdone", null)]
    [InlineData("", null)]
    [InlineData("\\000\\377 hutch- done 0", null)]
    public async Task A_state_is_known_by_name_and_code_and_anything_else_is_unknown(string lines, EnginePhase? phase)
    {
        await using BatchEngine engine = Engine(Own(state: ["printf", lines.Replace("ATTEMPT", First.ToString())]));

        IReadOnlyDictionary<AttemptKey, EngineState> states = await engine.StatesAsync([First], Ct);

        Assert.Equal(phase, states.TryGetValue(First, out EngineState found) ? found.Phase : null);
    }

    [Theory]
    [InlineData("echo away >&2; echo 'hutch-ATTEMPT done 0'; exit 1", "away")]
    [InlineData("exit 4", "ended with exit code 4")]
    [InlineData("echo 'hutch-ATTEMPT done 0'; yes 'hutch-ATTEMPT done 0' | head -c 70000000", "lists too much")]
    public async Task A_list_that_failed_or_has_no_end_says_nothing_about_attempts(string script, string problem)
    {
        await using BatchEngine engine = Engine(Own(state: [Script("state", script.Replace("ATTEMPT", First.ToString()))]));

        Assert.Empty(await engine.StatesAsync([First], Ct));
        Assert.Contains(problem, await engine.FindProblemAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_of_a_job_that_would_be_an_option_is_never_an_argument()
    {
        CommandEngineOptions options = Own(
            state: ["printf", $"-rf hutch-{First} works\\n7 hutch-{First} works\\n"], line: @"^(?<job>\S+) (?<name>\S+) (?<state>\S+)$",
            cancel: [Script("cancel", $"echo \"$@\" >> {_folder["cancelled"]}"), "{job}"]);
        await using BatchEngine engine = Engine(options);

        await engine.CancelAsync([First], Ct);

        Assert.Equal("7\n", await File.ReadAllTextAsync(_folder["cancelled"], Ct));
    }

    [Fact]
    public async Task Of_many_jobs_that_ended_at_once_the_logs_of_some_are_asked_for()
    {
        AttemptKey[] many = [.. Enumerable.Range(1, 60).Select(static number => First with { Number = number })];
        string lines = string.Concat(many.Select(static one => $"hutch-{one} done 1\\n"));
        CommandEngineOptions options = Own(
            state: ["printf", lines], log: [Script("log", $"echo asked >> {_folder["asked"]}; echo no disk")]);
        await using BatchEngine engine = Engine(options);

        IReadOnlyDictionary<AttemptKey, EngineState> states = await engine.StatesAsync(many, Ct);

        Assert.Equal(60, states.Values.Count(static state => state.Phase == EnginePhase.Ended));
        Assert.Equal(10, states.Values.Count(static state => state.Words!.EndsWith("no disk", StringComparison.Ordinal)));
        Assert.Equal(10, (await File.ReadAllLinesAsync(_folder["asked"], Ct)).Length);
    }

    [Fact]
    public async Task A_command_that_leaves_a_service_behind_is_not_waited_for()
    {
        await using BatchEngine engine = Engine(Own(submit: [Script("submit", $"sleep 600 & echo $! > {_folder["pid"]}")]));

        Assert.True((await engine.SubmitAsync(Order(First), Ct)).IsOk);

        using Process service = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(_folder["pid"], Ct)));
        Assert.False(service.HasExited);
        service.Kill();
    }

    [Fact]
    public async Task A_refused_job_is_an_error_with_the_words_of_the_engine_and_leaves_no_token()
    {
        await using BatchEngine engine = Engine(Own(submit: [Script("submit", "echo the queue is closed >&2; exit 1"), "{script}"]));

        Assert.Equal("the queue is closed", (await engine.SubmitAsync(Order(First), Ct)).Error!.Message);
        Assert.Empty(Directory.EnumerateFiles(_folder["shared/tokens"]));
        Assert.Empty(Directory.EnumerateFiles(_folder["shared/scripts"]));
    }

    [Fact]
    public async Task A_program_with_arguments_is_refused_by_an_engine_that_would_drop_them()
    {
        await using BatchEngine engine = Engine(Own(submit: ["true", "{script}"]));
        AttemptOrder order = Order(First) with { Arguments = ["--gpus=1"] };

        Assert.Contains("no word {arguments}", (await engine.SubmitAsync(order, Ct)).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local", "(?<name>a) (?<state>b)", "{script}", "done", "'local' or 'slurm'")]
    [InlineData("own", "(?<name>a", "{script}", "done", "no regular expression")]
    [InlineData("own", "(?<name>a)", "{script}", "done", "(?<state>…)")]
    [InlineData("own", "(?<name>a)(?<state>b)(?=c)", "{script}", "done", "looks ahead")]
    [InlineData("own", "(?<name>a)(?<state>b)", "{token}", "done", "'submit' has {token}")]
    [InlineData("own", "(?<name>a)(?<state>b)", "{script}", "works", "'works' has two meanings")]
    public void A_configuration_with_a_fault_is_refused_with_the_fault(string name, string line, string word, string ended, string problem)
    {
        var options = new CommandEngineOptions
        {
            Name = name,
            Folder = "/shared",
            Line = line,
            Submit = ["submit", word],
            State = ["state"],
            Cancel = ["cancel", "{job}"],
            Running = ["works"],
            Ended = [ended],
        };

        ValidationResult found = Assert.Single(options.Validate(new ValidationContext(options)));
        Assert.Contains(problem, found.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ids_of_many_jobs_are_words_of_their_own()
    {
        ValidationContext context = new(_folder);

        Assert.Empty(Own(cancel: ["end", "{jobs}"]).Validate(context));
        Assert.Contains("a word of its own", Assert.Single(Own(cancel: ["end", "--ids={jobs}"]).Validate(context)).ErrorMessage, StringComparison.Ordinal);
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    private static AttemptOrder Order(AttemptKey attempt) =>
        new(attempt, new TaskLimits(4, 2L << 30, 5400, 16, 1, 1, Network: false), "hutchrun_secret", "fit");

    private static async Task<EngineState> UntilAsync(BatchEngine engine, AttemptKey attempt, EnginePhase phase)
    {
        while (true)
        {
            if ((await engine.StatesAsync([attempt], Ct)).TryGetValue(attempt, out EngineState state) && state.Phase == phase)
            {
                return state;
            }

            await Task.Delay(50, Ct);
        }
    }

    private string Script(string name, string text)
    {
        File.WriteAllText(_folder[name], $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return _folder[name];
    }

    // As in docs/operations/programs.md.
    private CommandEngineOptions TaskSpooler() => new()
    {
        Name = "spooler",
        Folder = _folder["shared"],
        Submit = ["tsp", "-L", "{name}", "{script}"],
        State = ["tsp"],
        Cancel = ["sh", "-c", "tsp -r \"$1\" || tsp -k \"$1\"", "sh", "{job}"],
        Log = ["tsp", "-c", "{job}"],
        Line = @"^(?<job>\d+) +(?<state>\w+) +\S+ +((?<code>-?\d+) +[0-9./]+ +)?\[(?<name>[^\]]+)\]",
        Waiting = ["queued"],
        Running = ["running", "allocating"],
        Ended = ["finished", "skipped"],
        Environment = [Spooler, $"TMPDIR={Path.GetTempPath()}"],
    };

    private CommandEngineOptions Own(
        string[]? submit = null, string[]? state = null, string[]? cancel = null, string? line = null, string[]? log = null)
    {
        var usual = new CommandEngineOptions();
        return new CommandEngineOptions
        {
            Name = "own",
            Folder = _folder["shared"],
            Submit = submit ?? ["true"],
            State = state ?? ["true"],
            Cancel = cancel ?? ["true"],
            Log = log ?? [],
            Line = line ?? usual.Line,
            Waiting = ["waits"],
            Running = ["works", "done/99"],
            Ended = ["done"],
            Environment = ["HUTCH_MARK=a=b"],
        };
    }

    private BatchEngine Engine(CommandEngineOptions options, string node = "/opt/hutch")
    {
        Assert.Empty(options.Validate(new ValidationContext(options)));
        return BatchEngine.All(
            new NodeCommand(node, ["attempt"]), new ProgramOptions { Engines = [options] },
            static () => new NodeServer(new Uri("http://127.0.0.1:1"), null), new CommandRunner(TimeProvider.System), TimeProvider.System).Single();
    }
}
