using System.Diagnostics;

namespace Hutch.Node.Processes;

/// <summary>
/// A command with all processes that it starts. A script that receives SIGTERM does not pass it on to its program: both receive it here.
/// </summary>
internal static class ProcessGroup
{
    /// <summary>Of util-linux: starts a program in a group of its own, whose number is that of the program's process.</summary>
    private const string Starter = "setsid";

    /// <summary>Advice for a system that cannot make a group.</summary>
    internal const string Advice = "hutch needs setsid, of util-linux";

    // A program that has just been started may have no group yet.
    private const string TellAll = "kill -TERM -$1 2>/dev/null || kill -TERM $1 2>/dev/null; ";
    private const string TellRest = "kill -TERM -$1 2>/dev/null; ";
    private const string Await = "while kill -0 -$1 2>/dev/null; do sleep 0.02; done";
    private const string KillRest = "kill -KILL -$1 2>/dev/null; ";

    // One that waits for a disk dies later.
    private static readonly TimeSpan TimeToDie = TimeSpan.FromSeconds(1);

    internal static ProcessStartInfo Start(string program, IEnumerable<string> arguments) => new(Starter, [program, .. arguments]);

    /// <summary>Sends SIGTERM to all processes of a group, and kills the remaining ones after a while.</summary>
    /// <param name="time">The time before the kill.</param>
    /// <param name="ct">Kills it at once.</param>
    internal static async Task EndAsync(Process leader, TimeSpan time, CancellationToken ct)
    {
        string group = leader.Id.ToString(CultureInfo.InvariantCulture);
        if (!await ShellAsync((leader.HasExited ? TellRest : TellAll) + Await, group, time, ct))
        {
            await ShellAsync(KillRest + Await, group, TimeToDie, CancellationToken.None);
        }

        await leader.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Runs a line of a shell; says whether it came to its end in time.</summary>
    private static async Task<bool> ShellAsync(string line, string group, TimeSpan time, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(time);
        using Process shell = Process.Start("/bin/sh", ["-c", line, "sh", group]);
        await shell.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (shell.HasExited)
        {
            return true;
        }

        shell.Kill();
        return false;
    }
}
