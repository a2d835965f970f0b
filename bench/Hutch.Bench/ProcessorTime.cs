using System.Globalization;

namespace Hutch.Bench;

/// <summary>Processor time of other programs, from the kernel.</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that Hutch runs on

    // Places of the fields of /proc/PID/stat behind the name.
    private const int User = 11, System = 12, EndedUser = 13, EndedSystem = 14;

    /// <summary>What a process has taken so far, seconds.</summary>
    public static double From(int process) => Read(process, User, System);

    /// <summary>What a process, its children and those of them that have ended have taken so far, seconds.</summary>
    public static double OfFamily(int process) =>
        Read(process, User, System, EndedUser, EndedSystem)
        + File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Sum(static child => OfChild(int.Parse(child, CultureInfo.InvariantCulture)));

    /// <summary>The ticks in which processors of the machine were idle, and all ticks, since it started.</summary>
    public static (long Idle, long All) OfMachine()
    {
        long[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(static field => long.Parse(field, CultureInfo.InvariantCulture))];
        return (ticks[3] + ticks[4], ticks.Sum());
    }

    private static double OfChild(int process)
    {
        try
        {
            return From(process);
        }
        catch (IOException)
        {
            return 0; // It ended meanwhile.
        }
    }

    private static double Read(int process, params ReadOnlySpan<int> places)
    {
        // The name may have blanks and brackets in it; what follows its last bracket begins with the third field.
        string[] fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        double ticks = 0;
        foreach (int place in places)
        {
            ticks += double.Parse(fields[place], CultureInfo.InvariantCulture);
        }

        return ticks / TicksPerSecond;
    }
}
