using System.Globalization;

namespace Hutch.Disk;

/// <summary>
/// The folders in which this process may make control groups of the kernel: those of version 1, with a tree for each controller, or those
/// of version 2. A group bounds all processes in it together.
/// </summary>
/// <param name="Memory">The folder for groups that bound memory; null for none.</param>
/// <param name="Processes">The folder for groups that bound the number of processes; null for none.</param>
public sealed record ControlGroups(string? Memory, string? Processes)
{
    /// <summary>The group of a server: in version 2, a group with groups in it has no processes of its own.</summary>
    private const string Server = "hutch-server";

    private const string Prefix = "hutch-run-";
    private const string MemoryController = "memory";
    private const string ProcessController = "pids";

    private static int _last;

    /// <summary>Folders for no groups.</summary>
    public static ControlGroups None { get; } = new(null, null);

    /// <summary>Finds the folders for groups of this process. Whether it may make groups there, shows when it makes one.</summary>
    public static ControlGroups Find() => !OperatingSystem.IsLinux() ? None
        : Find(ReadLines("/proc/self/cgroup"), ReadLines("/proc/self/mountinfo"), static file => ReadLines(file).FirstOrDefault() ?? "");

    /// <param name="groups">The lines of <c>/proc/self/cgroup</c>.</param>
    /// <param name="mounts">The lines of <c>/proc/self/mountinfo</c>.</param>
    /// <param name="read">Reads the first line of a file of the groups; empty for no file.</param>
    public static ControlGroups Find(IReadOnlyList<string> groups, IReadOnlyList<string> mounts, Func<string, string> read)
    {
        string? unified = FolderOf(groups, mounts, null);
        string? parent = unified is not null && Path.GetFileName(unified) == Server ? Path.GetDirectoryName(unified) : unified;
        return new ControlGroups(PlaceOf(MemoryController), PlaceOf(ProcessController));

        string? PlaceOf(string controller) => FolderOf(groups, mounts, controller)
            ?? (parent is not null && read(Path.Combine(parent, "cgroup.subtree_control")).Split(' ').Contains(controller) ? parent : null);
    }

    /// <summary>
    /// Prepares the group of this server for groups of runs, where version 2 is delegated to it, as a unit with <c>Delegate=yes</c> has it.
    /// Changes nothing elsewhere.
    /// </summary>
    public static void Settle()
    {
        if (!OperatingSystem.IsLinux()
            || FolderOf(ReadLines("/proc/self/cgroup"), ReadLines("/proc/self/mountinfo"), null) is not { } own
            || Path.GetFileName(own) == Server)
        {
            return;
        }

        string[] wanted = [MemoryController, ProcessController];
        string[] has = (ReadLines(Path.Combine(own, "cgroup.controllers")).FirstOrDefault() ?? "").Split(' ');
        string[] enabled = (ReadLines(Path.Combine(own, "cgroup.subtree_control")).FirstOrDefault() ?? "").Split(' ');
        string[] missing = [.. wanted.Intersect(has).Except(enabled)];
        if (missing.Length > 0)
        {
            Settle(own, missing);
        }
    }

    /// <summary>Makes a group for one command; null if this process may make none. Members are added by writing to its entrances.</summary>
    public ControlGroup? TryMake(long memoryBytes, int processes, TimeProvider time)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _last)}");
        foreach (string folder in new[] { Memory, Processes }.OfType<string>().Distinct())
        {
            RemoveLeftOvers(folder);
        }

        string? memory = TryMake(Memory, name, group => ControlGroup.BoundMemory(group, memoryBytes));
        string? pids = TryMake(Processes, name, group => ControlGroup.BoundProcesses(group, processes));
        return memory is null && pids is null ? null : new ControlGroup(memory, pids, time);
    }

    private static string? TryMake(string? folder, string name, Action<string> bound)
    {
        if (folder is null)
        {
            return null;
        }

        string group = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(group);
            bound(group);
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ControlGroup.TryRemove(group);
            return null;
        }
    }

    /// <summary>Removes empty groups of processes that have ended.</summary>
    private static void RemoveLeftOvers(string folder)
    {
        try
        {
            foreach (string group in Directory.EnumerateDirectories(folder, Prefix + "*").ToArray())
            {
                string process = Path.GetFileName(group)[Prefix.Length..].Split('-')[0];
                if (!Directory.Exists($"/proc/{process}"))
                {
                    ControlGroup.TryRemove(group);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Making the group says why.
        }
    }

    private static void Settle(string own, string[] controllers)
    {
        string server = Path.Combine(own, Server);
        string[] processes = [.. ReadLines(Path.Combine(own, "cgroup.procs"))];
        if (!processes.All(IsOurs))
        {
            return; // a session of a person, with other programs
        }

        try
        {
            Directory.CreateDirectory(server);
            Move(processes, server);
            File.WriteAllText(Path.Combine(own, "cgroup.subtree_control"), string.Join(' ', controllers.Select(static one => "+" + one)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is not delegated to this process: everything is as before, and runs say which limit is missing.
            Move(ReadLines(Path.Combine(server, "cgroup.procs")), own);
            ControlGroup.TryRemove(server);
        }
    }

    private static void Move(IEnumerable<string> processes, string group)
    {
        foreach (string process in processes)
        {
            try
            {
                File.WriteAllText(Path.Combine(group, "cgroup.procs"), process);
            }
            catch (IOException) when (!Directory.Exists($"/proc/{process}"))
            {
                // It has ended.
            }
        }
    }

    private static bool IsOurs(string process)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return process == own || ReadLines($"/proc/{process}/status").Contains($"PPid:\t{own}");
    }

    /// <summary>Returns the folder of the group of this process; null without one.</summary>
    /// <param name="controller">The controller of version 1; null for version 2.</param>
    private static string? FolderOf(IReadOnlyList<string> groups, IReadOnlyList<string> mounts, string? controller)
    {
        // ID:CONTROLLERS:PATH, see cgroups(7).
        string? path = groups.Select(static line => line.Split(':', 3))
            .FirstOrDefault(parts => parts.Length == 3 && (controller is null ? parts[1] == "" && parts[0] == "0"
                : parts[1].Split(',').Contains(controller)))?[2];
        if (path is null)
        {
            return null;
        }

        foreach (string line in mounts)
        {
            // ID PARENT DEVICE ROOT POINT OPTIONS … - TYPE SOURCE OPTIONS, see proc(5).
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-");
            if (dash > 4 && words.Length > dash + 3 && words[dash + 1] == (controller is null ? "cgroup2" : "cgroup")
                && (controller is null || words[dash + 3].Split(',').Contains(controller)))
            {
                string root = words[3].TrimEnd('/');
                string below = root.Length == 0 ? path : path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : "";
                return Path.Combine(words[4], below.Trim('/')).TrimEnd('/');
            }
        }

        return null;
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
