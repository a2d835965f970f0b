using System.Diagnostics;
using System.Globalization;

namespace Hutch.Bench.Disks;

/// <summary>What the machine did with the disk of a folder for a while.</summary>
/// <param name="Syncs">The flushes of its cache; 0 where the kernel does not count them.</param>
/// <param name="BusyShare">The part of the time in which the disk had a request.</param>
/// <param name="IdleShare">The part of the time of all processors in which they had nothing to do.</param>
internal sealed record DiskUse(long Writes, long Bytes, long Syncs, double BusyShare, double IdleShare)
{
    private const int SectorBytes = 512;
    private const double ManyIdle = 0.4;
    private const double MostlyBusy = 0.6;

    /// <summary>The folder of a folder's device in <c>/sys</c>; one that does not exist for a file system without a device.</summary>
    public static string DeviceOf(string folder)
    {
        // Fields: id, parent, major:minor, root, mount point.
        string path = Path.GetFullPath(folder);
        string number = File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' '))
            .Where(fields => fields[4] == "/" || path == fields[4] || path.StartsWith(fields[4] + "/", StringComparison.Ordinal))
            .MaxBy(static fields => fields[4].Length)![2];
        string link = "/sys/dev/block/" + number;
        return Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName ?? link;
    }

    /// <summary>Begins; the returned function gives what was done since.</summary>
    public static Func<DiskUse> Watch(string folder)
    {
        string counters = Path.Combine(DeviceOf(folder), "stat");
        long[] before = Read(counters);
        (long idleBefore, long allBefore) = ProcessorTime.OfMachine();
        long began = Stopwatch.GetTimestamp();
        return () =>
        {
            double milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            (long idle, long all) = ProcessorTime.OfMachine();
            long[] now = Read(counters);
            long Since(int field) => field < now.Length ? now[field] - before[field] : 0;
            return new DiskUse(
                Since(4), Since(6) * SectorBytes, Since(15), Math.Min(1, Since(9) / milliseconds),
                (idle - idleBefore) / (double)Math.Max(1, all - allBefore));
        };
    }

    /// <summary>For the end of a line. Where processors were idle for long, it says what was awaited.</summary>
    public override string ToString()
    {
        string awaited = IdleShare <= ManyIdle ? ""
            : BusyShare >= MostlyBusy ? string.Create(CultureInfo.InvariantCulture, $"; waited for the disk, busy {BusyShare:P0}")
            : string.Create(CultureInfo.InvariantCulture, $"; client and server waited for each other, the disk was busy {BusyShare:P0}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Syncs} syncs, {Writes} writes of {Bytes / 1024.0 / Math.Max(1, Writes):0} KiB, idle {IdleShare * 100:0} %{awaited}");
    }

    private static long[] Read(string counters) => !File.Exists(counters) ? new long[17]
        : [.. File.ReadAllText(counters).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
}
