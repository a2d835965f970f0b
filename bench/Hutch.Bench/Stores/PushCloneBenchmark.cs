using System.Globalization;
using Hutch.Bench.Disks;

namespace Hutch.Bench.Stores;

/// <summary>Push and clone of many small files and of a large one, beside stores that people use.</summary>
/// <param name="withDataLad">DataLad takes minutes for what the others do in seconds, so that it has a benchmark of its own.</param>
internal sealed class PushCloneBenchmark(bool withDataLad) : IBenchmark
{
    private const int Rounds = 3;
    private const int GroupBytes = 8 << 20;

    private static readonly FileSet ManySmall = new("10 000 x 10 KiB", 10_000, 10 * 1024);
    private static readonly FileSet OneLarge = new("1 x 2 GiB", 1, 2L * 1024 * 1024 * 1024);

    public string Name => withDataLad ? "push-clone-datalad" : "push-clone";

    public string Description => withDataLad
        ? "push and clone beside DataLad with a RIA store, one run each; aim: 10 000 files in 1/30 of its time"
        : "push and clone beside restic and rclone; aim: half of restic's time for 10 000 files, 1.5 x SHA-256 on one core for 2 GiB";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        DiskKind.Report(context);
        foreach (FileSet files in new[] { ManySmall, OneLarge })
        {
            string source = Path.Combine(context.Folder, $"source-{files.Count}");
            await files.WriteAsync(source, seed: 1, cancellationToken);
            double hash = await FileSet.HashSecondsAsync(source, cancellationToken);
            context.Report(await FileSystemRest.WaitAsync(context.Folder, cancellationToken));
            context.Report($"{files.Name}; SHA-256 of all of it on one core {Seconds(hash)}");
            if (files.Count == 1)
            {
                Measurement disk = await FileSet.CopySecondsAsync(source, Path.Combine(context.Folder, "copy"), cancellationToken);
                context.Report(string.Create(
                    CultureInfo.InvariantCulture,
                    $"dd conv=fdatasync of all of it {Seconds(disk.Seconds)} (cpu {Seconds(disk.CpuSeconds)}); one writer of 8 MiB, each synced {SyncedSeconds(context.Folder, hash)}: a push takes the longer of this and SHA-256 at least"));
            }

            StoreRun ours = await MeasureAsync(context, source, folder => new HutchStore(folder), hash, null, cancellationToken);
            if (withDataLad)
            {
                await MeasureAsync(context, source, folder => new DataLadStore(folder), hash, ours, cancellationToken, rounds: 1);
            }
            else
            {
                await MeasureAsync(context, source, folder => new ResticStore(folder), hash, ours, cancellationToken);
                await MeasureAsync(context, source, folder => new RcloneStore(folder), hash, ours, cancellationToken);
            }

            Directory.Delete(source, recursive: true);
        }
    }

    /// <summary>Runs a store several times on fresh folders and prints medians, and how many times longer than ours they are.</summary>
    private static async Task<StoreRun> MeasureAsync(
        BenchmarkContext context, string source, Func<string, IStore> make, double hash, StoreRun? ours, CancellationToken ct, int rounds = Rounds)
    {
        List<StoreRun> runs = [];
        for (int i = 0; i < rounds; i++)
        {
            runs.Add(await StoreRun.RunAsync(context.Folder, source, make, ct, keep: source.EndsWith($"-{ManySmall.Count}", StringComparison.Ordinal)));
            DeleteWorkingFile(source);
        }

        StoreRun median = runs[0] with { Pushed = Median(runs, run => run.Pushed), Cloned = Median(runs, run => run.Cloned) };
        context.Report(
            $"{median.Store,-18} push {Show(median.Pushed, ours?.Pushed, hash)}   clone {Show(median.Cloned, ours?.Cloned, hash)}   {median.AllInodes} inodes");
        context.Report($"{"",-18} push: {median.Pushed.Disk}; clone: {median.Cloned.Disk}");
        return median;
    }

    /// <summary>The next round is somebody's first push again.</summary>
    private static void DeleteWorkingFile(string source)
    {
        string own = Path.Combine(source, ".hutch");
        if (Directory.Exists(own))
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private static Measurement Median(List<StoreRun> runs, Func<StoreRun, Measurement> part) =>
        runs.Select(part).OrderBy(measurement => measurement.Seconds).ElementAt(runs.Count / 2);

    private static string Show(Measurement measured, Measurement? ours, double hash)
    {
        string beside = ours is null
            ? string.Create(CultureInfo.InvariantCulture, $"{measured.Seconds / hash,5:0.00} x SHA-256")
            : string.Create(CultureInfo.InvariantCulture, $"{measured.Seconds / ours.Seconds,5:0.0} x hutch  ");
        string server = ours is null ? $", server {Seconds(measured.ServerCpuSeconds)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Seconds(measured.Seconds)} (cpu {Seconds(measured.CpuSeconds)}{server}) {beside}");
    }

    private static string SyncedSeconds(string folder, double hash) =>
        SyncedWriter.BytesPerSecond(folder, OneLarge.Bytes, GroupBytes) is not { } rate ? "refused by this disk"
            : string.Create(CultureInfo.InvariantCulture, $"{Seconds(OneLarge.Bytes / rate)} ({OneLarge.Bytes / rate / hash:0.00} x SHA-256)");

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds,7:0.00} s");
}
