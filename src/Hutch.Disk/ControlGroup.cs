using System.Diagnostics;
using System.Globalization;

namespace Hutch.Disk;

/// <summary>A control group of the kernel: it bounds the memory, or the number, of all processes in it together.</summary>
public sealed class ControlGroup : IAsyncDisposable
{
    private const string Members = "cgroup.procs";

    // The kernel ends the processes of a group a moment after they were killed.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TryEvery = TimeSpan.FromMilliseconds(10);

    private readonly string? _memory;
    private readonly string? _processes;

    private readonly TimeProvider _time;

    internal ControlGroup(string? memory, string? processes, TimeProvider time) => (_memory, _processes, _time) = (memory, processes, time);

    /// <summary>True if the memory of all members is bounded together.</summary>
    public bool BoundsMemory => _memory is not null;

    /// <summary>True if the number of members is bounded.</summary>
    public bool BoundsProcesses => _processes is not null;

    /// <summary>The files to which a process writes 0 to become a member.</summary>
    public IReadOnlyList<string> Entrances =>
        [.. new[] { _memory, _processes }.OfType<string>().Distinct().Select(static group => Path.Combine(group, Members))];

    /// <summary>True if the kernel has killed a member because the memory was used up.</summary>
    public bool HasRunOutOfMemory => _memory is not null
        && (Count(_memory, "memory.events", "oom_kill") > 0 || Count(_memory, "memory.oom_control", "oom_kill") > 0);

    /// <summary>True if a member could not make another process.</summary>
    public bool HasRunOutOfProcesses => _processes is not null && Count(_processes, "pids.events", "max") > 0;

    /// <summary>Kills all members.</summary>
    public void Kill()
    {
        foreach (string group in new[] { _memory, _processes }.OfType<string>().Distinct())
        {
            foreach (string member in Read(Path.Combine(group, Members)))
            {
                Kill(member);
            }
        }
    }

    /// <summary>Kills the remaining members, and removes the group.</summary>
    public async ValueTask DisposeAsync()
    {
        long begun = _time.GetTimestamp();
        foreach (string group in new[] { _memory, _processes }.OfType<string>().Distinct())
        {
            while (!TryRemove(group) && _time.GetElapsedTime(begun) < TimeToEnd)
            {
                Kill();
                await Task.Delay(TryEvery, _time, CancellationToken.None);
            }
        }
    }

    internal static void BoundMemory(string group, long bytes)
    {
        string most = bytes.ToString(CultureInfo.InvariantCulture);
        if (File.Exists(Path.Combine(group, "memory.max")))
        {
            Write(group, "memory.max", most);
            WriteIfThere(group, "memory.swap.max", "0");
            WriteIfThere(group, "memory.oom.group", "1");
            return;
        }

        Write(group, "memory.limit_in_bytes", most);
        WriteIfThere(group, "memory.memsw.limit_in_bytes", most);
        WriteIfThere(group, "memory.swappiness", "0");
    }

    internal static void BoundProcesses(string group, int most) =>
        Write(group, "pids.max", most.ToString(CultureInfo.InvariantCulture));

    /// <summary>Removes an empty group; false if it has members.</summary>
    internal static bool TryRemove(string group)
    {
        try
        {
            // Its files are the kernel's, and go with it.
            if (Directory.Exists(group))
            {
                Directory.Delete(group, recursive: false);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Kill(string member)
    {
        try
        {
            using Process process = Process.GetProcessById(int.Parse(member, NumberStyles.None, CultureInfo.InvariantCulture));
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended already.
        }
    }

    private static long Count(string group, string file, string name) => Read(Path.Combine(group, file))
        .Select(static line => line.Split(' '))
        .Where(words => words.Length == 2 && words[0] == name)
        .Select(static words => long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : 0)
        .FirstOrDefault();

    private static string[] Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void WriteIfThere(string group, string file, string value)
    {
        if (File.Exists(Path.Combine(group, file)))
        {
            Write(group, file, value);
        }
    }

    private static void Write(string group, string file, string value) => File.WriteAllText(Path.Combine(group, file), value);
}
