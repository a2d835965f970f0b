using System.Globalization;

namespace Hutch.Bench.Disks;

/// <summary>The disk below a folder, and what it does with direct writes: without that, a figure of a disk says nothing on another machine.</summary>
internal static class DiskKind
{
    private const int BodyBytes = 8 << 20;
    private const long TotalBytes = 256L << 20;
    private const int Rounds = 3;

    /// <summary>
    /// Measures and prints. A disk whose first figure is far above its second pays for each page of memory that covers parts of two blocks.
    /// </summary>
    public static void Report(BenchmarkContext context)
    {
        WriterMemory[] ways = [WriterMemory.SamePlace, WriterMemory.OwnPages, WriterMemory.PageCache];
        var rates = ways.ToDictionary(way => way, _ => new List<double>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach (WriterMemory way in ways)
            {
                if (SyncedWriter.BytesPerSecond(context.Folder, TotalBytes, BodyBytes, way) is { } rate)
                {
                    rates[way].Add(rate / 1e6);
                }
            }
        }

        string device = DiskUse.DeviceOf(context.Folder);
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"disk: {new DriveInfo(context.Folder).DriveFormat} on {Path.GetFileName(device)}, blocks of {Block(device, "logical")} bytes (physical {Block(device, "physical")}); 8 MiB and a sync, MB/s: memory at the same place of a page {Text(rates[WriterMemory.SamePlace])}, bodies from their own pages {Text(rates[WriterMemory.OwnPages])}, page cache {Text(rates[WriterMemory.PageCache])}"));
    }

    private static string Text(List<double> rates) =>
        rates.Count == 0 ? "refused" : string.Create(CultureInfo.InvariantCulture, $"{rates.Min():0} to {rates.Max():0}");

    private static string Block(string device, string kind)
    {
        // A part of a disk has the blocks of the whole.
        string own = Path.Combine(device, "queue", kind + "_block_size"), whole = Path.Combine(device, "..", "queue", kind + "_block_size");
        return File.Exists(own) ? File.ReadAllText(own).Trim() : File.Exists(whole) ? File.ReadAllText(whole).Trim() : "unknown";
    }
}
