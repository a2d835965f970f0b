using System.Globalization;

namespace Hutch.Bench.Stores;

/// <summary>The memory of the server while one large file goes in and comes out.</summary>
internal sealed class MemoryFlatBenchmark : IBenchmark
{
    private static readonly FileSet Small = new("1 x 1 GiB", 1, 1L << 30);
    private static readonly FileSet Large = new("1 x 10 GiB", 1, 10L << 30);

    public string Name => "memory-flat";

    public string Description => "the server's resident memory while 10 GiB go in and out, beside 1 GiB; aim: the same";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        foreach (FileSet files in new[] { Small, Large })
        {
            string source = Path.Combine(context.Folder, "source");
            string target = Path.Combine(context.Folder, "target");
            await files.WriteAsync(source, seed: 1, cancellationToken);
            await using HutchStore store = new(Directory.CreateDirectory(Path.Combine(context.Folder, "store")).FullName);
            await store.PrepareAsync(source, cancellationToken);
            double idle = ProcessMemory.ResidentMegabytes(store.Server.ProcessId);
            (Measurement push, double pushPeak) = await WatchAsync(store, () => store.PushAsync(source, cancellationToken));
            (Measurement clone, double clonePeak) = await WatchAsync(store, () => store.CloneAsync(target, cancellationToken));
            await FileSet.RequireEqualAsync(source, target, cancellationToken);
            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{files.Name,-11} server at rest {idle,4:0} MB, most in push {pushPeak,4:0} MB ({push.Seconds:0.0} s), most in clone {clonePeak,4:0} MB ({clone.Seconds:0.0} s)"));
            await store.DisposeAsync();
            foreach (string folder in Directory.EnumerateDirectories(context.Folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task<(Measurement Took, double PeakMegabytes)> WatchAsync(HutchStore store, Func<Task<Measurement>> work)
    {
        using CancellationTokenSource stop = new();
        Task<List<(double Seconds, double Megabytes)>> watching = ProcessMemory.SampleAsync(store.Server.ProcessId, stop.Token);
        Measurement took = await work();
        await stop.CancelAsync();
        return (took, (await watching).Max(sample => sample.Megabytes));
    }
}
