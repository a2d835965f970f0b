using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Hutch.Disk;

namespace Hutch.Bench;

/// <summary>
/// Lines about the machine: a ratio says little without them. Machines of one name differ threefold in what a new page or a process costs,
/// which decides about short commands; large files depend on SHA-256 and syncs.
/// </summary>
internal static class Machine
{
    private const int HashedBytes = 64 << 20;
    private const int MappedBytes = 64 << 20;
    private const int PageBytes = 4096;
    private const int ScalarSteps = 50_000_000;
    private const int Rounds = 5;
    private const int Syncs = 50;
    private const int Processes = 20;

    private static ulong _product;

    /// <summary>Prints them.</summary>
    public static void Report()
    {
        string model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) ?? "unknown";
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        string load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        Console.WriteLine($"machine: {model[(model.IndexOf(':') + 1)..].Trim()}, {Environment.ProcessorCount} cores, {bits}-bit vectors, load {load}, {RuntimeInformation.FrameworkDescription}");
        string folder = Directory.CreateTempSubdirectory("hutch-bench-").FullName;
        try
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"one core: SHA-256 {HashedBytes / Hash() / 1e6:0} MB/s, a multiplication {Multiply() / ScalarSteps * 1e9:0.00} ns, a new page of a mapped file {Map(folder) / (MappedBytes / PageBytes) * 1e6:0.00} us, a process {Start() * 1000:0.0} ms; disk: a synced write of 4 KiB {Sync(folder) * 1000:0.00} ms"));
        }
        finally
        {
            OwnFolder.Delete(folder);
        }
    }

    private static double Best(Func<double> measure) => Enumerable.Range(0, Rounds).Min(_ => measure());

    private static double Seconds(Action action) => BenchmarkContext.Time(action) / 1000;

    private static double Hash()
    {
        byte[] body = RandomNumberGenerator.GetBytes(HashedBytes);
        return Best(() => Seconds(() => SHA256.HashData(body)));
    }

    // Each waits for the one before: plain code, without vectors and without memory.
    private static double Multiply() => Best(() => Seconds(static () =>
    {
        ulong value = (ulong)Environment.TickCount64 | 1;
        for (int i = 0; i < ScalarSteps; i++)
        {
            value = (value * 6364136223846793005) + 1442695040888963407;
        }

        Volatile.Write(ref _product, value); // or the loop is left out
    }));

    // The file is in memory already. What is left is the kernel's and the hypervisor's work for a page, as at every start of a program.
    private static double Map(string folder)
    {
        string path = Path.Combine(folder, "mapped");
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(MappedBytes));
        return Best(() => Seconds(() =>
        {
            using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.CopyOnWrite);
            using MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
            for (long at = 0; at < MappedBytes; at += PageBytes)
            {
                view.Write(at, (byte)1);
            }
        }));
    }

    private static double Start() => Enumerable.Range(0, Processes).Select(static _ => Seconds(static () =>
    {
        using Process process = Process.Start("true");
        process.WaitForExit();
    })).Order().ElementAt(Processes / 2);

    private static double Sync(string folder)
    {
        using IDiskFile file = LocalDisk.Instance.Open(Path.Combine(folder, "synced"), DiskAccess.CreateNew);
        byte[] block = RandomNumberGenerator.GetBytes(PageBytes);
        file.Allocate((long)Syncs * PageBytes);
        file.Sync();
        return Enumerable.Range(0, Syncs).Select(i => Seconds(() =>
        {
            file.Write(block, (long)i * PageBytes);
            file.Sync();
        })).Order().ElementAt(Syncs / 2);
    }
}
