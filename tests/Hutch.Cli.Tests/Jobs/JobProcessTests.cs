using System.Text;
using Hutch.Cli.Jobs;

namespace Hutch.Cli.Tests.Jobs;

public sealed class JobProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-job-").FullName;
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _errors = new();

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
    public async Task A_command_that_is_stopped_may_end_by_itself()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task<JobEnd> running = RunAsync("trap 'echo saved; exit 0' TERM; touch ready; while :; do sleep 0.01; done", stop.Token);
        while (!File.Exists(Path.Combine(_folder, "ready")))
        {
            await Task.Delay(10, Ct);
        }

        await stop.CancelAsync();
        JobEnd end = await running;

        Assert.Equal(new JobEnd(0, "stopped: exit code 0", WasStopped: true), end);
        Assert.Equal("saved\n", await File.ReadAllTextAsync(LogPath, Ct));
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_told_like_one_that_failed()
    {
        string file = Path.Combine(_folder, "text");
        await File.WriteAllTextAsync(file, "no program", Ct);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var log = new JobLog(LogPath, 100, 100);

        JobEnd end = await JobProcess.RunAsync(file, [], _folder, log, _output, _errors, Ct);

        Assert.Equal(126, end.ExitCode);
        Assert.Contains("cannot be started", end.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "12345")]
    [InlineData(15, "123456789012345")]
    [InlineData(18, "1234567890\n[hutch: 3 bytes are left out here]\n45678")]
    public void Of_a_long_log_the_beginning_and_the_end_are_kept(int length, string kept)
    {
        using (var log = new JobLog(LogPath, 10, 5))
        {
            foreach (char one in "123456789012345678"[..length])
            {
                log.Write([(byte)one]);
            }
        }

        Assert.Equal(kept, File.ReadAllText(LogPath));
    }

    private async Task<JobEnd> RunAsync(string script, CancellationToken ct)
    {
        using var log = new JobLog(LogPath, 1000, 1000);
        return await JobProcess.RunAsync("/bin/bash", ["-c", script], _folder, log, _output, _errors, ct);
    }
}
