using System.Collections.Concurrent;
using System.Text;
using Hutch.Node.Processes;

namespace Hutch.Commands.Tests.Jobs;

public sealed class JobProcessTests : IDisposable
{
    private const string Token = "hutch_hutch_secret";

    /// <summary>
    /// What scripts print that are told to end. The log has it, too, with what bash says of a `sleep` that the same signal ended: on the
    /// standard error, before or after it.
    /// </summary>
    private const string ReadyAndSaved = "ready\nsaved\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-job-").FullName;
    private readonly SeenStream _output = new();
    private readonly MemoryStream _errors = new();

    private readonly ConcurrentBag<string> _told = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string LogPath => Path.Combine(_folder, "log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_a_command_prints_is_seen_and_in_the_log()
    {
        JobEnd end = await RunAsync("echo one; echo two >&2; pwd; exit 3", Ct);

        Assert.Equal(new JobEnd(3, "exit code 3", WasStopped: false), end);
        Assert.Equal($"one\n{_folder}\n", Encoding.UTF8.GetString(_output.ToArray()));
        Assert.Equal("two\n", Encoding.UTF8.GetString(_errors.ToArray()));
        Assert.Equal(["one", "two", _folder], File.ReadLines(LogPath).Order(StringComparer.Ordinal).OrderBy(line => line == _folder));
    }

    [Fact]
    public async Task A_command_that_a_signal_ends_says_which()
    {
        JobEnd end = await RunAsync("kill -9 $$", Ct);

        Assert.Equal((137, "exit code 137, as of a program that signal 9 ended"), (end.ExitCode, end.Message));
    }

    [Fact]
    public async Task A_command_may_clean_up_and_exit_when_it_is_stopped()
    {
        JobEnd end = await StopWhenReadyAsync("trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.01; done");

        Assert.Equal(new JobEnd(0, "stopped: exit code 0", WasStopped: true), end);
        Assert.Equal(ReadyAndSaved, Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Fact]
    public async Task Stopping_a_script_also_signals_the_program_that_it_runs()
    {
        JobEnd end = await StopWhenReadyAsync("bash -c 'trap \"echo saved; exit 0\" TERM; echo ready; while :; do sleep 0.01; done'; exit 5");

        Assert.Equal(143, end.ExitCode);
        Assert.Equal(ReadyAndSaved, Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Fact]
    public async Task A_command_that_ignores_a_stop_is_killed_with_all_its_child_processes()
    {
        JobEnd end = await StopWhenReadyAsync(
            "trap '' TERM; bash -c 'echo ready; while :; do sleep 0.01; done'; exit 5", TimeSpan.FromMilliseconds(100));

        Assert.Equal((137, true), (end.ExitCode, end.WasStopped));
    }

    [Fact]
    public async Task A_daemon_that_keeps_the_output_open_does_not_delay_the_end_of_the_command()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "hold"), "", Ct);

        JobEnd end = await RunAsync("setsid sh -c 'while [ -e hold ]; do sleep 0.05; done' & exit 4", Ct);

        Assert.Equal(new JobEnd(4, "exit code 4", WasStopped: false), end);
    }

    [Fact]
    public async Task What_a_command_leaves_running_in_its_group_ends_with_it()
    {
        JobEnd end = await RunAsync(
            "mkfifo pipe; bash -c 'trap \"touch ended; exit\" TERM; echo >pipe; while :; do sleep 0.01; done' & read <pipe; exit 0", Ct);

        Assert.Equal(0, end.ExitCode);
        Assert.True(File.Exists(Path.Combine(_folder, "ended")));
    }

    [Fact]
    public async Task A_command_continues_when_its_output_cannot_be_written()
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        JobEnd end = await RunAsync("head -c 1000000 /dev/zero; echo end >&2", full, "/dev/full", Ct);

        Assert.Equal(0, end.ExitCode);
        Assert.Equal("end\n", Encoding.UTF8.GetString(_errors.ToArray()));
        Assert.Collection(
            _told.Order(StringComparer.Ordinal),
            one => Assert.StartsWith("The log of the command can no longer be written", one, StringComparison.Ordinal),
            one => Assert.StartsWith("The output of the command can no longer be shown", one, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_command_gets_its_own_variables_and_the_text_of_a_token_does_not_reach_the_log()
    {
        var variables = new Dictionary<string, string?> { ["HOME"] = null, ["GIVEN"] = Token };

        JobEnd end = await RunAsync($"env; printf %s {Token[..5]}; echo {Token[5..]} {Token[..7]}", Ct, variables);

        Assert.Equal(0, end.ExitCode);
        string log = await File.ReadAllTextAsync(LogPath, Ct);
        Assert.DoesNotContain("HOME=", log, StringComparison.Ordinal);
        Assert.Contains("GIVEN=[hutch: token]\n", log, StringComparison.Ordinal);
        Assert.EndsWith($"[hutch: token] {Token[..7]}\n", log, StringComparison.Ordinal);
        Assert.Equal(log, Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(18)]
    [InlineData(100)]
    public async Task The_token_is_found_however_the_output_is_cut(int length)
    {
        string text = $"{Token}hutch_{Token} hutc{Token[..^1]}\n{Token}{Token}hu";
        using var log = new JobLog(LogPath, 0, 1, _told.Add);
        var printer = new JobPrinter(log, _output, [Token], _told.Add);

        foreach (byte[] piece in Encoding.UTF8.GetBytes(text).Chunk(length))
        {
            await printer.WriteAsync(piece, Ct);
        }

        await printer.EndAsync(Ct);
        Assert.Equal(text.Replace(Token, "[hutch: token]", StringComparison.Ordinal), Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_reported_like_one_that_fails()
    {
        string file = Path.Combine(_folder, "text");
        await File.WriteAllTextAsync(file, "#!/nowhere\n", Ct);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        JobEnd end = await RunAsync("exec ./text", Ct);

        Assert.InRange(end.ExitCode, 126, 127);
        Assert.Contains("text: ", await File.ReadAllTextAsync(LogPath, Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "12345")]
    [InlineData(15, "123456789012345")]
    [InlineData(18, "1234567890\n[hutch: 3 bytes are left out here]\n45678")]
    public void Of_a_long_log_the_beginning_and_the_end_are_kept(int length, string kept)
    {
        using (var log = new JobLog(LogPath, 10, 5, _told.Add))
        {
            foreach (char one in "123456789012345678"[..length])
            {
                log.Write([(byte)one]);
            }
        }

        Assert.Equal(kept, File.ReadAllText(LogPath));
    }

    private async Task<JobEnd> StopWhenReadyAsync(string script, TimeSpan? timeToEnd = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task<JobEnd> running = RunAsync(script, _output, LogPath, stop.Token, timeToEnd: timeToEnd);
        await _output.Seen.WaitAsync(Ct);
        await stop.CancelAsync();
        return await running;
    }

    private Task<JobEnd> RunAsync(string script, CancellationToken ct, IReadOnlyDictionary<string, string?>? variables = null) =>
        RunAsync(script, _output, LogPath, ct, variables);

    private async Task<JobEnd> RunAsync(
        string script, Stream output, string logPath, CancellationToken ct, IReadOnlyDictionary<string, string?>? variables = null, TimeSpan? timeToEnd = null)
    {
        using var log = new JobLog(logPath, 100_000, 1000, _told.Add);
        var process = new JobProcess(new JobPrinter(log, output, [Token], _told.Add), new JobPrinter(log, _errors, [Token], _told.Add))
        {
            TimeToEnd = timeToEnd ?? TimeSpan.FromMinutes(1),
            TimeToPrint = TimeSpan.FromMilliseconds(200),
        };
        return await process.RunAsync("/bin/bash", ["-c", script], _folder, variables ?? new Dictionary<string, string?>(), ct);
    }

    /// <summary>Says when something was first written.</summary>
    private sealed class SeenStream : MemoryStream
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Seen => _seen.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            if (buffer.Length > 0)
            {
                _seen.TrySetResult();
            }
        }
    }
}
