using System.ComponentModel;
using System.Diagnostics;

namespace Hutch.Programs.Engines;

/// <summary>
/// Runs the commands of Slurm, each within a time: with its controller away they block for many seconds. Open for a test that answers in
/// their place.
/// </summary>
public class SlurmCommands(TimeProvider time)
{
    private const int MaxOutput = 64 << 20;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <param name="input">The standard input; null for none.</param>
    public virtual async Task<SlurmAnswer> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            })!;
            try
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), either.Token);
                process.StandardInput.Close();
                Task<string> errors = process.StandardError.ReadToEndAsync(either.Token);
                string output = await process.StandardOutput.ReadToEndAsync(either.Token);
                string words = await errors;
                await process.WaitForExitAsync(either.Token);
                return new SlurmAnswer(process.ExitCode, output.Length > MaxOutput ? "" : output, words.Trim());
            }
            catch (Exception e) when (e is OperationCanceledException or IOException && !ct.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return new SlurmAnswer(-1, "", $"'{program}' did not answer within {Most.TotalSeconds:0} s.") { IsUnknown = true };
            }
        }
        catch (Win32Exception)
        {
            return new SlurmAnswer(-1, "", $"There is no program '{program}': install the commands of Slurm.");
        }
    }
}

/// <param name="Words">The standard error.</param>
public sealed record SlurmAnswer(int ExitCode, string Output, string Words)
{
    /// <summary>True if the command may have had its effect.</summary>
    public bool IsUnknown { get; init; }
}
