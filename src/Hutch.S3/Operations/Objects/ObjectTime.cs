namespace Hutch.S3.Operations.Objects;

/// <summary>The time of an entry in S3's form: whole seconds in headers.</summary>
internal static class ObjectTime
{
    public static DateTimeOffset From(Entry entry) => DateTimeOffset.FromUnixTimeSeconds(EntryTime.Seconds(entry.ModifiedNanoseconds));

    public static DateTimeOffset Exact(Entry entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(entry.ModifiedNanoseconds / Entry.NanosecondsPerMillisecond);
}
