using System.ComponentModel;
using System.Diagnostics;

namespace Hutch.Node.Processes;

/// <summary>
/// Runs the command of a job. Its output goes to the log and to its caller, byte by byte. No process that it started in its own
/// process group outlives it: its results are sent next, and must not change during this time.
/// </summary>
public sealed class JobProcess(JobPrinter output, JobPrinter errors)
{
    private const int BlockBytes = 16 << 10;

    // As a shell says it.
    private const int CannotStart = 126;
    private const int FirstSignal = 128;

    /// <summary>The time that a command has to end after SIGTERM: its results are still to be sent.</summary>
    internal TimeSpan TimeToEnd { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time that the output may take to arrive after the command ended: another process, such as a daemon, may hold it open.
    /// </summary>
    internal TimeSpan TimeToPrint { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// True if a thread that lasts as long as the command starts it. Programs that ask the kernel to end them with their parent end with
    /// the thread that started them.
    /// </summary>
    internal bool HasOwnThread { get; init; }

    /// <summary>Runs it to its end. When cancelled, it receives SIGTERM, and is killed if it does not end.</summary>
    /// <param name="variables">Variables to add to those of this process; null removes one.</param>
    public async Task<JobEnd> RunAsync(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string?> variables, CancellationToken ct)
    {
        ProcessStartInfo start = ProcessGroup.Start(program, arguments);
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach ((string name, string? value) in variables)
        {
            start.Environment.Remove(name);
            if (value is not null)
            {
                start.Environment[name] = value;
            }
        }

        (Process? started, string? refusal) = HasOwnThread ? await StartOnOwnThreadAsync(start) : TryStart(start);
        using Process? process = started;
        if (process is null)
        {
            return new JobEnd(CannotStart, $"the command cannot be started: {refusal}", WasStopped: false);
        }

        using var enough = new CancellationTokenSource();
        Task printed = Task.WhenAll(
            CopyAsync(process.StandardOutput.BaseStream, output, enough.Token),
            CopyAsync(process.StandardError.BaseStream, errors, enough.Token));
        bool wasStopped = await WaitAsync(process, printed, ct);
        enough.CancelAfter(TimeToPrint);
        await printed;
        return End(process.ExitCode, wasStopped);
    }

    private async Task<bool> WaitAsync(Process process, Task printed, CancellationToken ct)
    {
        await process.WaitForExitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        bool wasStopped = !process.HasExited;
        if (!wasStopped)
        {
            // What a script printed through another program may still be on its way.
            await printed.WaitAsync(TimeToPrint, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await ProcessGroup.EndAsync(process, TimeToEnd, CancellationToken.None);
        return wasStopped;
    }

    private static JobEnd End(int code, bool wasStopped)
    {
        string message = code <= FirstSignal ? FormattableString.Invariant($"exit code {code}")
            : FormattableString.Invariant($"exit code {code}, as of a program that signal {code - FirstSignal} ended");
        return new JobEnd(code, wasStopped ? "stopped: " + message : message, wasStopped);
    }

    private static Task<(Process? Process, string? Refusal)> StartOnOwnThreadAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<(Process?, string?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            (Process? process, string? refusal) = TryStart(start);
            using Process? watched = process is null ? null : TryFind(process.Id);
            started.SetResult((process, refusal));
            watched?.WaitForExit();
        })
        {
            IsBackground = true,
            Name = "command",
        };
        thread.Start();
        return started.Task;
    }

    private static Process? TryFind(int id)
    {
        try
        {
            return Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return null; // it has ended already
        }
    }

    private static (Process? Process, string? Refusal) TryStart(ProcessStartInfo start)
    {
        try
        {
            return (Process.Start(start)!, null);
        }
        catch (Win32Exception e)
        {
            return (null, $"{e.Message.TrimEnd('.')}; {ProcessGroup.Advice}");
        }
    }

    private static async Task CopyAsync(Stream from, JobPrinter to, CancellationToken enough)
    {
        var block = new byte[BlockBytes];
        try
        {
            for (int read; (read = await from.ReadAsync(block, enough)) > 0;)
            {
                await to.WriteAsync(block.AsMemory(0, read), enough);
            }
        }
        catch (OperationCanceledException)
        {
            // Another process holds the output open.
        }

        await to.EndAsync(CancellationToken.None);
    }
}

/// <param name="WasStopped">True if it ended because the job was stopped.</param>
public sealed record JobEnd(int ExitCode, string Message, bool WasStopped);
