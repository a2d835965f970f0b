using System.Globalization;
using System.Security.Cryptography;
using Hutch.Bench.Disks;
using Hutch.Disk;

namespace Hutch.Bench.S3;

/// <summary>What a durable PUT can reach at best on this machine: one core's SHA-256, and the disk that takes a body and syncs it.</summary>
internal static class Ceiling
{
    private const int Rounds = 5;
    private const int TotalBytes = 64 << 20;
    private const int DirectFromBytes = 128 << 10;

    private static readonly int[] Sizes = [4 << 10, 64 << 10, 1 << 20, 8 << 20];

    /// <summary>Measures and prints.</summary>
    public static void Report(BenchmarkContext context)
    {
        byte[] body = RandomNumberGenerator.GetBytes(TotalBytes);
        double hash = Enumerable.Range(0, Rounds).Min(_ => BenchmarkContext.TimeProcessor(() => SHA256.HashData(body)));
        context.Report(string.Create(CultureInfo.InvariantCulture, $"one core's SHA-256: {TotalBytes / hash / 1000:0} MB/s"));
        foreach (int size in Sizes)
        {
            double each = Enumerable.Range(0, Rounds).Select(_ => Write(context.Folder, body, size)).Order().ElementAt(Rounds / 2);
            context.Report(string.Create(
                CultureInfo.InvariantCulture, $"the disk, one writer, each synced{(size >= DirectFromBytes ? ", direct" : "")}: {size >> 10,5} KiB {1000 / each,7:0} /s {size / each / 1000,6:0} MB/s"));
        }
    }

    /// <summary>Milliseconds for one write and sync, behind each other in a file: large ones directly, as in a segment.</summary>
    private static double Write(string folder, byte[] body, int size)
    {
        if (size >= DirectFromBytes && SyncedWriter.BytesPerSecond(folder, TotalBytes, size) is { } rate)
        {
            return 1000.0 * size / rate;
        }

        int count = Math.Clamp(TotalBytes / size, 1, 256);
        string path = Path.Combine(folder, "ceiling");
        using IDiskFile file = LocalDisk.Instance.Open(path, DiskAccess.CreateNew);
        file.Allocate((long)count * size);
        file.Sync();
        double took = BenchmarkContext.Time(() =>
        {
            for (int i = 0; i < count; i++)
            {
                file.Write(body.AsSpan(0, size), (long)i * size);
                file.Sync();
            }
        });
        LocalDisk.Instance.Delete(path);
        return took / count;
    }
}
