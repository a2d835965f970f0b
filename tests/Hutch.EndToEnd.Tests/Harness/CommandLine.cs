using System.Diagnostics;
using System.Globalization;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>The `hutch` command as one person on one machine uses it: with a home of its own.</summary>
internal class CommandLine(string home, string workingFolder)
{
    /// <summary>No command of a test takes so long on a busy machine. One that hangs ends with what it has printed.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(9);

    public string WorkingFolder { get; } = workingFolder;

    /// <summary>Runs one command to its end.</summary>
    public Task<CommandResult> RunAsync(string[] arguments, string input, CancellationToken ct) =>
        RunAsync(HutchExecutable.Command, arguments, input, ct);

    /// <summary>Runs one command to its end, with nothing to read.</summary>
    public Task<CommandResult> RunAsync(CancellationToken ct, params string[] arguments) => RunAsync(arguments, "", ct);

    /// <summary>
    /// Runs a script in which `hutch` is the program under test. `not COMMAND` fails if the command succeeds; a line that begins with
    /// `!` never fails, whatever its command does (bash, `set -e`).
    /// </summary>
    public virtual Task<CommandResult> RunShellAsync(string script, CancellationToken ct) =>
        RunAsync("/bin/bash", ["-euo", "pipefail", "-c", "not() { ! \"$@\"; }\n" + script], "", ct);

    private async Task<CommandResult> RunAsync(string program, string[] arguments, string input, CancellationToken ct)
    {
        Directory.CreateDirectory(home);
        Directory.CreateDirectory(WorkingFolder);
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home;
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(home, ".config");
        start.Environment["XDG_DATA_HOME"] = Path.Combine(home, ".local", "share");
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(home, ".cache");
        start.Environment["PATH"] = $"{Path.GetDirectoryName(HutchExecutable.Command)}:{start.Environment["PATH"]}";
        start.Environment.Remove("HUTCH_REMOTE");
        start.Environment.Remove("HUTCH_TOKEN");

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Launch.Started(process);
        Task<string> output = process.StandardOutput.ReadToEndAsync(ct);
        Task<string> errors = process.StandardError.ReadToEndAsync(ct);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            string running = string.Join('\n', Descendants(process.Id));
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            throw new TimeoutException(
                $"{program} {string.Join(' ', arguments)} has not ended after {Limit.TotalMinutes} minutes.\n{await output}\n{await errors}\nRunning:\n{running}");
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    /// <summary>The command lines of what a process has started and what that has started (proc(5)): who reads of a hang sees which one hung.</summary>
    private static IEnumerable<string> Descendants(int process)
    {
        string children = $"/proc/{process}/task/{process}/children";
        if (!File.Exists(children))
        {
            yield break;
        }

        foreach (string child in File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int id = int.Parse(child, CultureInfo.InvariantCulture);
            yield return File.Exists($"/proc/{id}/cmdline") ? File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ') : child;
            foreach (string descendant in Descendants(id))
            {
                yield return descendant;
            }
        }
    }
}
