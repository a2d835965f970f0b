using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>Puts this process behind all others, for work that must not slow them down.</summary>
public static class LowPriority
{
    private const int LowestNice = 19;
    private const int LowestBestEffort = (2 << 13) | 7; // IOPRIO_CLASS_BE: idle could wait for ever on a busy disk

    /// <summary>
    /// Takes the lowest priority for processors, and on Linux for disks too. Call it early: new threads inherit it. What the system does
    /// not allow is left as it is.
    /// </summary>
    public static void Take()
    {
        if (OperatingSystem.IsLinux())
        {
            TakeForThreads();
            return;
        }

        try
        {
            using var own = Process.GetCurrentProcess();
            own.PriorityClass = ProcessPriorityClass.Idle;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is a courtesy; without it, the work is still right.
        }
    }

    // Linux has priorities of threads. The kernel's call for a process means its first thread.
    [SupportedOSPlatform("linux")]
    private static void TakeForThreads()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int thread))
            {
                _ = LibC.SetPriority(thread, LowestNice);
                _ = LibC.SetDiskPriority(thread, LowestBestEffort);
            }
        }
    }
}
