namespace Hutch.Model;

/// <summary>
/// Times of entries: nanoseconds since 1970-01-01T00:00:00Z in 64 bits, from 1677 to April 2262. Records use 0 for an unknown time, so
/// that 1970 itself is stored as one nanosecond later.
/// </summary>
public static class EntryTime
{
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The time that records hold for a known time.</summary>
    public static long Known(long nanoseconds) => nanoseconds == 0 ? 1 : nanoseconds;

    /// <summary>The known time of a whole second; the first or last time that an entry can have, for one outside.</summary>
    public static long FromSeconds(long seconds) => Known(
        Math.Clamp(seconds, long.MinValue / NanosecondsPerSecond, long.MaxValue / NanosecondsPerSecond) * NanosecondsPerSecond);

    /// <summary>The second that a time is in: rounded down, also before 1970.</summary>
    public static long Seconds(long nanoseconds) =>
        Math.DivRem(nanoseconds, NanosecondsPerSecond, out long rest) - (rest < 0 ? 1 : 0);
}
