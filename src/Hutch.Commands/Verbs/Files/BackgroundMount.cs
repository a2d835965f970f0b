using System.Diagnostics;
using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Disk.Folders;
using Hutch.Mount.Nesting;

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
    /// <param name="nested">The datasets inside, which the process would otherwise ask for again.</param>
    internal static async Task<string> StartAsync(
        CliContext context, Connection connection, string[] arguments, IReadOnlyList<NestedMount> nested,
        CancellationToken cancellationToken)
    {
        string folder = Path.Combine(UserFolders.Find(context.Host.Environment, "XDG_STATE_HOME", ".local/state"), "mounts");
        SmallFile.MakePrivateFolder(folder);
        SmallFile.DeleteOldest(folder, KeptLogs);
        string log = Path.Combine(folder, $"{Environment.ProcessId}.log");
        string list = Path.Combine(folder, $"{Environment.ProcessId}.nested");
        SmallFile.Replace(list, JsonSerializer.SerializeToUtf8Bytes(
            nested.Select(static one => (string[])[one.Path, one.Dataset.ToString(), one.At]).ToArray(), CliJson.Default.StringArrayArray));
        try
        {
            using Process process = Start(connection, [.. arguments, "--nested-list", list], log, context.Host.Folder);
            return await WaitAsync(context, process, log, cancellationToken);
        }
        finally
        {
            SmallFile.Delete(list);
        }
    }

    private static async Task<string> WaitAsync(CliContext context, Process process, string log, CancellationToken cancellationToken)
    {
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

    /// <summary>Reads the list that <see cref="StartAsync"/> wrote.</summary>
    internal static IReadOnlyList<NestedMount> ReadNested(string list) =>
    [
        .. (JsonSerializer.Deserialize(SmallFile.TryRead(list) ?? "[]"u8, CliJson.Default.StringArrayArray) ?? [])
            .Select(static one => new NestedMount(one[0], new DatasetId(Guid.Parse(one[1])), one[2])),
    ];

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
