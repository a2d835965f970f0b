using System.Diagnostics.Metrics;

namespace Hutch.Disk;

/// <summary>Counts the bytes that this process writes directly to its disks.</summary>
internal static class DiskMeter
{
    private static readonly Meter Meter = new("Hutch.Disk");

    private static readonly Counter<long> Direct = Meter.CreateCounter<long>(
        "hutch.disk.direct", "By", "Bytes written past the page cache, from where they were or from a copy in the right place of a page");

    private static readonly KeyValuePair<string, object?> InPlace = new("memory", "inPlace");
    private static readonly KeyValuePair<string, object?> Copied = new("memory", "copied");

    public static void Count(long bytes, bool isCopied) => Direct.Add(bytes, isCopied ? Copied : InPlace);
}
