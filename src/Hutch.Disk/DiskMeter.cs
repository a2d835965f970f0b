using System.Diagnostics.Metrics;

namespace Hutch.Disk;

/// <summary>Counts the bytes that this process writes and reads directly, and those that it could not write so.</summary>
internal static class DiskMeter
{
    private static readonly Meter Meter = new("Hutch.Disk");

    private static readonly Counter<long> Direct = Meter.CreateCounter<long>(
        "hutch.disk.direct",
        "By",
        "Bytes of large writes: directly from where they were, or from a copy in the right place of a page; or through the page cache");

    private static readonly Counter<long> DirectReads =
        Meter.CreateCounter<long>("hutch.disk.direct.reads", "By", "Bytes read past the page cache");

    private static readonly KeyValuePair<string, object?> InPlace = new("memory", "inPlace");
    private static readonly KeyValuePair<string, object?> Copied = new("memory", "copied");
    private static readonly KeyValuePair<string, object?> Cached = new("memory", "pageCache");

    public static void Count(long bytes, WrittenFrom memory)
    {
        if (bytes > 0)
        {
            Direct.Add(bytes, memory switch { WrittenFrom.InPlace => InPlace, WrittenFrom.Copy => Copied, _ => Cached });
        }
    }

    public static void CountRead(long bytes) => DirectReads.Add(bytes);
}

/// <summary>The memory that the disk took bytes from.</summary>
internal enum WrittenFrom
{
    InPlace,
    Copy,
    PageCache,
}
