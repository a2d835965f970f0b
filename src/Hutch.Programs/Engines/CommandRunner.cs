using System.ComponentModel;
using System.Diagnostics;

namespace Hutch.Programs.Engines;

/// <summary>
/// Runs the commands of engines, each within a time and a size of its output: with its controller away a command blocks for many seconds.
/// Open for a test that answers in their place.
/// </summary>
public class CommandRunner(TimeProvider time)
{
    private const int MaxOutput = 64 << 20;
    private const int MaxWords = 4000;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    // A service that a command started may keep its streams open.
    private static readonly TimeSpan MostAfterEnd = TimeSpan.FromSeconds(1);

    private static readonly string[] Needed = ["HOME", "USER", "LOGNAME", "SHELL"];

    /// <param name="environment">Variables in addition to those that every program needs: the server's own may have secrets.</param>
    /// <param name="input">The standard input; null for none.</param>
    public virtual async Task<CommandAnswer> RunAsync(
        IReadOnlyList<string> command, IReadOnlyList<KeyValuePair<string, string>> environment, string? input, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using Process process = Process.Start(ToStart(command, environment))!;
            try
            {
                return await FollowAsync(process, input, either.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                process.Kill(entireProcessTree: true);
                ct.ThrowIfCancellationRequested();
                return new CommandAnswer(-1, "", $"'{command[0]}' did not answer within {Most.TotalSeconds:0} s.") { IsUnknown = true };
            }
        }
        catch (Win32Exception)
        {
            return new CommandAnswer(-1, "", $"There is no program '{command[0]}': install the commands of the engine.");
        }
    }

    private async Task<CommandAnswer> FollowAsync(Process process, string? input, CancellationToken ct)
    {
        var output = new StringBuilder();
        var words = new StringBuilder();
        Task reading = Task.WhenAll(
            ReadAsync(process.StandardOutput, output, MaxOutput, ct), ReadAsync(process.StandardError, words, MaxWords, ct));
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without a look at its input; its exit code says why.
        }

        await process.WaitForExitAsync(ct);
        await reading.WaitAsync(MostAfterEnd, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (output)
        {
            return new CommandAnswer(process.ExitCode, output.Length < MaxOutput ? output.ToString() : "", ToText(words))
            {
                IsCut = output.Length >= MaxOutput,
            };
        }
    }

    private static string ToText(StringBuilder words)
    {
        lock (words)
        {
            return words.ToString().Trim();
        }
    }

    // Reads to the end, so that the command never waits for a reader, and keeps the first characters.
    private static async Task ReadAsync(StreamReader stream, StringBuilder text, int most, CancellationToken ct)
    {
        char[] block = new char[16 << 10];
        int read;
        while ((read = await stream.ReadAsync(block, ct)) > 0)
        {
            lock (text)
            {
                text.Append(block, 0, Math.Min(read, most - text.Length));
            }
        }
    }

    private static ProcessStartInfo ToStart(IReadOnlyList<string> command, IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string variable in start.Environment.Keys.Where(static one => !IsNeeded(one)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static bool IsNeeded(string variable) => Needed.Contains(variable) || NodeProcess.IsNeeded(variable);
}

/// <param name="Words">The start of the standard error.</param>
public sealed record CommandAnswer(int ExitCode, string Output, string Words)
{
    /// <summary>True if the command may have had its effect.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>True if the output was too long, and is left out.</summary>
    public bool IsCut { get; init; }
}
