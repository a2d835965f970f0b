using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>
/// Limits that this process sets itself before it touches a foreign file. See setrlimit(2). Other systems than Linux have none: there, each
/// call throws <see cref="PlatformNotSupportedException"/>, and no foreign file is touched.
/// </summary>
public static class ProcessLimits
{
    // asm-generic/resource.h
    private const int CpuSeconds = 0;
    private const int FileSize = 1;
    private const int DataSize = 2;
    private const int CoreSize = 4;
    private const int OpenFiles = 7;
    private const ulong NoLimit = ulong.MaxValue;
    private const int Self = 0;

    /// <summary>
    /// Limits memory (all private writable memory, ours and the library's), forbids writing files and leaving core dumps.
    /// </summary>
    public static void Apply(long memoryBytes)
    {
        Set(DataSize, (ulong)memoryBytes, (ulong)memoryBytes);
        Set(FileSize, 0, 0);
        Set(CoreSize, 0, 0);
    }

    /// <summary>
    /// From now on this process may use so much more processor time; the kernel ends it when it uses more. The soft limit alone is set,
    /// so that it can be moved on with the next request.
    /// </summary>
    public static void AllowCpuTime(TimeSpan time)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException();
        }

        NativeFailure.Check(LibC.GetUsage(Self, out LibC.ResourceUsage usage), "read the processor time of this process");
        Set(CpuSeconds, (ulong)(usage.UserSeconds + usage.SystemSeconds + 1 + (long)Math.Ceiling(time.TotalSeconds)), NoLimit);
    }

    /// <summary>
    /// Sets if this process may open files from now on, and returns the previous state. Open files stay open. Only the soft limit changes.
    /// </summary>
    public static bool AllowOpening(bool allowed)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException();
        }

        NativeFailure.Check(LibC.GetLimit(OpenFiles, out LibC.ResourceLimit limit), "read how many files this process may open");
        bool could = limit.Soft > 0;
        if (could != allowed)
        {
            Set(OpenFiles, allowed ? limit.Hard : 0, limit.Hard);
        }

        return could;
    }

    private static void Set(int resource, ulong soft, ulong hard)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException();
        }

        NativeFailure.Check(LibC.SetLimit(resource, new LibC.ResourceLimit(soft, hard)), $"set limit {resource} of this process");
    }
}
