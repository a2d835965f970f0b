namespace Hutch.S3.Operations.Objects;

/// <summary>The time of an entry in S3's form: whole seconds in headers.</summary>
internal static class ObjectTime
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static DateTimeOffset From(Entry entry)
    {
        long seconds = Math.DivRem(entry.ModifiedNanoseconds, NanosecondsPerSecond, out long rest) - (rest < 0 ? 1 : 0);
        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    public static DateTimeOffset Exact(Entry entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(entry.ModifiedNanoseconds / Entry.NanosecondsPerMillisecond);
}
