using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>What the kernel knows of the machine's clock.</summary>
public static class SystemClock
{
    private const int ClockBytes = 512; // struct timex has 208
    private const int NotSynchronised = 5; // TIME_ERROR

    /// <summary>Whether something keeps the clock right; null when the kernel does not say.</summary>
    public static bool? IsSynchronised()
    {
        Span<byte> clock = stackalloc byte[ClockBytes];
        clock.Clear();
        int state = LibC.AdjustTime(clock);
        return state < 0 ? null : state != NotSynchronised;
    }
}
