using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>The kernel's state of the machine's clock.</summary>
[SupportedOSPlatform("linux")]
public static class SystemClock
{
    private const int ClockBytes = 512; // struct timex has 208
    private const int NotSynchronised = 5; // TIME_ERROR

    /// <summary>Returns true if the clock is synchronised; null if the kernel does not report it.</summary>
    public static bool? IsSynchronised()
    {
        Span<byte> clock = stackalloc byte[ClockBytes];
        clock.Clear();
        int state = LibC.AdjustTime(clock);
        return state < 0 ? null : state != NotSynchronised;
    }
}
