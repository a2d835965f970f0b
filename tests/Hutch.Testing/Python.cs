using System.Diagnostics;

namespace Hutch.Testing;

/// <summary>Runs Debian's python3. Its h5py is the foreign program that must read our files and whose files we must read.</summary>
public static class Python
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs a script and returns its output.</summary>
    /// <exception cref="InvalidOperationException">The script failed; the message is its error output.</exception>
    /// <exception cref="OperationCanceledException">It took longer than five minutes, which is within the limit of a test.</exception>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var info = new ProcessStartInfo("/usr/bin/python3", ["-c", script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        using var limit = new CancellationTokenSource(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0 ? (await output).Trim() : throw new InvalidOperationException(await errors);
    }
}
