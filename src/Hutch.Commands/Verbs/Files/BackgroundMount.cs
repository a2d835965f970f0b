using System.Diagnostics;
using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Disk.Folders;

namespace Hutch.Commands.Verbs.Files;

/// <summary>Starts a mount that stays when the command and its terminal end. Its messages go to a file.</summary>
internal static class BackgroundMount
{
    /// <summary>Of util-linux and busybox: takes a process out of the session of the terminal.</summary>
    private const string Starter = "setsid";

    private const string ToLog = "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null";
    private const string Mounted = " is mounted on ";
    private const int KeptLogs = 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns once programs can read, with the message of the mount; throws when it ended before.</summary>
    internal static async Task<string> StartAsync(
        CliContext context, Connection connection, string[] arguments, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(UserFolders.Find(context.Host.Environment, "XDG_STATE_HOME", ".local/state"), "mounts");
        SmallFile.MakePrivateFolder(folder);
        SmallFile.DeleteOldest(folder, KeptLogs);
        string log = Path.Combine(folder, $"{Environment.ProcessId}.log");
        using Process process = Start(connection, arguments, log, context.Host.Folder);
        while (true)
        {
            bool hasEnded = process.HasExited;
            string[] lines = Encoding.UTF8.GetString(SmallFile.TryRead(log) ?? []).Split('\n');
            int done = Array.FindIndex(lines, static line => line.Contains(Mounted, StringComparison.Ordinal));
            if (done >= 0)
            {
                ShowMessages(context, lines[..done]);
                return lines[done];
            }

            if (hasEnded)
            {
                string said = string.Join(' ', lines.Select(static line => line.Trim())).Replace("hutch: ", "", StringComparison.Ordinal)
                    .Trim();
                throw (ErrorCode.Unavailable with { Advice = "" }).With(said).ToException();
            }

            await Task.Delay(LookEvery, context.Host.Time, cancellationToken);
        }
    }

    private static Process Start(Connection connection, string[] arguments, string log, string folder)
    {
        ProcessStartInfo own = OwnProgram.Start(connection, arguments);
        var start = new ProcessStartInfo(
            Starter,
            ["/bin/sh", "-c", ToLog, "sh", log, own.FileName, .. own.ArgumentList, "--quiet"])
        {
            WorkingDirectory = folder,
        };
        foreach ((string name, string? value) in own.Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{Starter} did not start.");
    }

    private static void ShowMessages(CliContext context, IEnumerable<string> lines)
    {
        foreach (string line in lines.Where(static line => line.Length > 0))
        {
            context.Host.Error.WriteLine(line);
        }
    }
}
