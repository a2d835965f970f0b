using System.Diagnostics;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>A real worker in a process of its own, as on another machine.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly ProcessOutput _output;

    private WorkerProcess(Process process)
    {
        _process = process;
        _output = new ProcessOutput(process);
    }

    /// <summary>What it printed, the newest lines.</summary>
    public string Output => _output.Text;

    public bool HasExited => _process.HasExited;

    public static WorkerProcess Start(Uri server, string token, params string[] options) => Start(
        HutchExecutable.Path, ["worker", .. options], ("HUTCH_REMOTE", server.ToString()), ("HUTCH_TOKEN", token));

    /// <summary>Starts a program that becomes a worker.</summary>
    public static WorkerProcess Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = $"{Path.GetDirectoryName(HutchExecutable.Path)}:{start.Environment["PATH"]}";
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{HutchExecutable.Path} did not start.");
        Launch.Started(process);
        process.StandardInput.Close();
        return new WorkerProcess(process);
    }

    /// <summary>SIGKILL, SIGSTOP, SIGCONT, SIGTERM.</summary>
    public async Task SignalAsync(string signal, CancellationToken ct)
    {
        using Process kill = Process.Start("/bin/kill", ["-s", signal, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(ct);
    }

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> EndAsync(CancellationToken ct)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
