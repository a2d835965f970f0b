using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Hutch.Cli.Jobs;

/// <summary>Runs the command of a job. What it prints goes to the log and to whoever started it, byte by byte.</summary>
internal static class JobProcess
{
    /// <summary>How long a command that was told to end has for it, as its results are still to be sent.</summary>
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(10);

    private const int BlockBytes = 16 << 10;

    // As a shell says it.
    private const int CannotStart = 126;
    private const int FirstSignal = 128;

    /// <summary>Runs it to its end. When cancelled, it is told to end (SIGTERM), and killed when it does not.</summary>
    internal static async Task<JobEnd> RunAsync(
        string program, IEnumerable<string> arguments, string folder, JobLog log, Stream output, Stream errors, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process? process = TryStart(start, out string? refusal);
        if (process is null)
        {
            return new JobEnd(CannotStart, $"the command cannot be started: {refusal}", WasStopped: false);
        }

        Task printed = Task.WhenAll(
            CopyAsync(process.StandardOutput.BaseStream, output, log), CopyAsync(process.StandardError.BaseStream, errors, log));
        await process.WaitForExitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        bool wasStopped = !process.HasExited;
        if (wasStopped)
        {
            await EndAsync(process);
        }

        await printed;
        int code = process.ExitCode;
        string message = code <= FirstSignal ? FormattableString.Invariant($"exit code {code}")
            : FormattableString.Invariant($"exit code {code}, as of a program that signal {code - FirstSignal} ended");
        return new JobEnd(code, wasStopped ? "stopped: " + message : message, wasStopped);
    }

    private static Process? TryStart(ProcessStartInfo start, out string? refusal)
    {
        try
        {
            refusal = null;
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            refusal = e.Message;
            return null;
        }
    }

    private static async Task EndAsync(Process process)
    {
        using (var kill = Process.Start("/bin/sh", ["-c", "kill -TERM " + process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        using var limit = new CancellationTokenSource(TimeToEnd);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, JobLog log)
    {
        var block = new byte[BlockBytes];
        for (int read; (read = await from.ReadAsync(block)) > 0;)
        {
            log.Write(block.AsSpan(0, read));
            await to.WriteAsync(block.AsMemory(0, read));
            await to.FlushAsync();
        }
    }
}

/// <summary>How the command of a job ended.</summary>
/// <param name="ExitCode">Its exit code, as a shell says it.</param>
/// <param name="Message">In words.</param>
/// <param name="WasStopped">Whether it ended because somebody stopped the job.</param>
internal sealed record JobEnd(int ExitCode, string Message, bool WasStopped);
