using Hutch.Model.Records;
using Hutch.Programs.Engines;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Programs.Tests;

/// <summary>What is handed to Slurm, and what its answers mean. The commands are played.</summary>
public sealed class SlurmTests : IDisposable
{
    private static readonly AttemptKey Attempt = new(Guid.Parse("0196f0c27a1b7d3e8f00a1b2c3d4e5f6"), 2);

    private readonly TemporaryFolder _folder = new();
    private readonly PlayedCommands _commands = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_has_the_limits_of_the_program_and_its_token_is_only_in_a_private_file()
    {
        await using BatchEngine engine = Engine();

        AttemptOrder order = Order() with { Arguments = ["--gres=gpu:a100:1", "--ntasks={cores}", "a $(b)"] };
        Assert.True((await engine.SubmitAsync(order, Ct)).IsOk);
        Assert.True((await engine.SubmitAsync(order, Ct)).IsOk);

        (string program, string[] arguments, string? script) = Assert.Single(_commands.Calls);
        Assert.Equal("sbatch", program);
        Assert.Subset(arguments.ToHashSet(), new HashSet<string>(["--no-requeue", "--cpus-per-task=4", "--mem=2048M", "--time=120", $"--job-name=hutch-{Attempt}", "--partition=short"]));
        Assert.Equal(["--partition=short", "--gres=gpu:a100:1", "--ntasks=4", "a $(b)"], arguments[^4..]);
        Assert.DoesNotContain("hutchrun_secret", script + string.Join(' ', arguments), StringComparison.Ordinal);
        string token = Path.Combine(_folder["slurm"], "tokens", Attempt.ToString());
        Assert.Contains("--token-file " + token, script, StringComparison.Ordinal);
        Assert.Equal("hutchrun_secret\n", await File.ReadAllTextAsync(token, Ct));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(token));
    }

    [Theory]
    [InlineData("RUNNING", EnginePhase.Running)]
    [InlineData("COMPLETING", EnginePhase.Running)]
    [InlineData("PENDING", EnginePhase.Waiting)]
    [InlineData("NODE_FAIL", EnginePhase.Ended)]
    [InlineData("OUT_OF_MEMORY", EnginePhase.Ended)]
    [InlineData("HATCHING", null)]
    public async Task A_state_is_known_by_its_name_and_any_other_word_is_unknown(string state, EnginePhase? phase)
    {
        await using BatchEngine engine = Engine();
        _commands.Answers["squeue"] = new CommandAnswer(0, $"17|{state}|hutch-{Attempt}|None\n18|RUNNING|other|None\n", "");

        IReadOnlyDictionary<AttemptKey, EngineState> states = await engine.StatesAsync([Attempt], Ct);

        Assert.Equal(phase, states.TryGetValue(Attempt, out EngineState found) ? found.Phase : null);
    }

    [Fact]
    public async Task A_second_job_of_an_attempt_that_ended_at_once_does_not_end_it()
    {
        await using BatchEngine engine = Engine();
        _commands.Answers["squeue"] = new CommandAnswer(
            0, $"17|FAILED|hutch-{Attempt}|None\n16|RUNNING|hutch-{Attempt}|None\n19|FAILED|hutch-{Attempt}|None\n", "");

        Assert.Equal(EnginePhase.Running, (await engine.StatesAsync([Attempt], Ct))[Attempt].Phase);
    }

    [Fact]
    public async Task A_slow_controller_is_polled_less_often_and_its_last_list_stays_valid_until_the_next()
    {
        var time = new ManualTime();
        await using BatchEngine engine = Engine(time);
        _commands.Answers["squeue"] = new CommandAnswer(0, $"17|RUNNING|hutch-{Attempt}|None\n", "");
        _commands.Takes = () => time.Advance(TimeSpan.FromSeconds(1));

        for (int second = 0; second < 60; second++)
        {
            Assert.Equal(EnginePhase.Running, (await engine.StatesAsync([Attempt], Ct))[Attempt].Phase);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_commands.Calls.Count, 3, 4);
        _commands.Answers["squeue"] = new CommandAnswer(0, $"17|FAILED|hutch-{Attempt}|None\n", "");
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(EnginePhase.Ended, (await engine.StatesAsync([Attempt], Ct))[Attempt].Phase);
    }

    [Fact]
    public async Task Ten_thousand_jobs_cost_one_list_and_are_ended_in_commands_of_bounded_length()
    {
        var time = new ManualTime();
        await using BatchEngine engine = Engine(time);
        AttemptKey[] many = [.. Enumerable.Range(0, 10_000).Select(static _ => new AttemptKey(Guid.CreateVersion7(), 1))];
        _commands.Answers["squeue"] = new CommandAnswer(
            0, string.Concat(many.Select(static (one, i) => $"{1_000_000 + i}|RUNNING|hutch-{one}|None\n")), "");

        IReadOnlyDictionary<AttemptKey, EngineState> states = await engine.StatesAsync(many, Ct);
        Assert.Equal(10_000, states.Values.Count(static state => state.Phase == EnginePhase.Running));
        Assert.InRange(Assert.Single(_commands.Calls).Arguments.Sum(static word => word.Length), 0, 1000);

        // Those of runs that have ended, which the controller must not be asked about one by one.
        time.Advance(TimeSpan.FromSeconds(1));
        await engine.CancelAsync(many, Ct);
        for (int step = 1; step < 20; step++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await engine.StatesAsync([], Ct);
        }

        string[][] cancelled = [.. _commands.Calls.Where(static call => call.Program == "scancel").Select(static call => call.Arguments)];
        Assert.Equal((20, 500), (cancelled.Length, cancelled.Max(static ids => ids.Length)));
        Assert.Equal(10_000, cancelled.SelectMany(static ids => ids).Distinct().Count());
        Assert.Equal(21, _commands.Calls.Count(static call => call.Program == "squeue"));
        await engine.StatesAsync([], Ct);
        Assert.Equal(41, _commands.Calls.Count);
    }

    [Fact]
    public async Task A_busy_controller_is_not_asked_again_because_runs_have_ended_and_ends_their_jobs_with_the_next_list()
    {
        var time = new ManualTime();
        await using BatchEngine engine = Engine(time);
        _commands.Answers["squeue"] = new CommandAnswer(0, $"17|RUNNING|hutch-{Attempt}|None\n", "");
        _commands.Takes = () => time.Advance(TimeSpan.FromSeconds(1));
        await engine.StatesAsync([Attempt], Ct);

        await engine.CancelAsync([Attempt], Ct);
        Assert.Equal("squeue", Assert.Single(_commands.Calls).Program);

        time.Advance(TimeSpan.FromSeconds(30));
        await engine.StatesAsync([], Ct);
        Assert.Equal(["squeue", "squeue", "scancel"], _commands.Calls.Select(static call => call.Program));
    }

    [Fact]
    public async Task A_job_whose_end_the_controller_refused_is_ended_with_a_later_list()
    {
        var time = new ManualTime();
        await using BatchEngine engine = Engine(time);
        _commands.Answers["squeue"] = new CommandAnswer(0, $"17|RUNNING|hutch-{Attempt}|None\n", "");
        _commands.Answers["scancel"] = new CommandAnswer(1, "", "Unable to contact slurm controller");
        await engine.CancelAsync([Attempt], Ct);

        _commands.Answers["scancel"] = new CommandAnswer(0, "", "");
        for (int step = 0; step < 3; step++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await engine.StatesAsync([], Ct);
        }

        Assert.Equal(2, _commands.Calls.Count(static call => call.Program == "scancel"));
    }

    [Fact]
    public async Task A_controller_that_is_away_means_that_nothing_is_known_and_nothing_is_handed_over()
    {
        await using BatchEngine engine = Engine();
        _commands.Answers["squeue"] = new CommandAnswer(1, "", "Unable to contact slurm controller");

        Assert.Empty(await engine.StatesAsync([Attempt], Ct));
        Assert.Equal("Unable to contact slurm controller", await engine.FindProblemAsync(Ct));
    }

    [Fact]
    public async Task A_refused_submission_is_an_error_and_an_unanswered_one_is_not()
    {
        await using BatchEngine engine = Engine();
        _commands.Answers["sbatch"] = new CommandAnswer(1, "", "invalid partition");
        Assert.Equal("invalid partition", (await engine.SubmitAsync(Order(), Ct)).Error!.Message);

        _commands.Answers["sbatch"] = new CommandAnswer(-1, "", "'sbatch' did not answer") { IsUnknown = true };
        Assert.True((await engine.SubmitAsync(Order(), Ct)).IsOk);
    }

    private static AttemptOrder Order() =>
        new(Attempt, new TaskLimits(4, 2L << 30, 5400, 16, 1, 1, Network: false), "hutchrun_secret", "fit");

    private BatchEngine Engine(TimeProvider? time = null) => BatchEngine.All(
        new NodeCommand("/opt/hutch", ["attempt"]),
        new ProgramOptions { Slurm = new SlurmOptions { Folder = _folder["slurm"], Arguments = ["--partition=short"] } },
        static () => new NodeServer(new Uri("http://127.0.0.1:1"), null),
        _commands,
        time ?? TimeProvider.System).Single();

    private sealed class PlayedCommands() : CommandRunner(TimeProvider.System)
    {
        public List<(string Program, string[] Arguments, string? Input)> Calls { get; } = [];

        public Dictionary<string, CommandAnswer> Answers { get; } = [];

        /// <summary>Is called while a command is executed.</summary>
        public Action Takes { get; set; } = static () => { };

        public override Task<CommandAnswer> RunAsync(
            IReadOnlyList<string> command, IReadOnlyList<KeyValuePair<string, string>> environment, string? input, CancellationToken ct)
        {
            Calls.Add((command[0], [.. command.Skip(1)], input));
            Takes();
            return Task.FromResult(Answers.GetValueOrDefault(command[0]) ?? new CommandAnswer(0, "", ""));
        }
    }
}
