using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.Stores;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.Bench.Agent;

/// <summary>From a metadata file that is dropped to a block that is complete, on a real server that has published many folders already.</summary>
internal sealed class PublishBenchmark : IBenchmark
{
    private const int Drops = 100;

    public string Name => "agent-publish";

    public string Group => "agent";

    public string Description => "a metadata file dropped beside 10, 1 000 and 10 000 published folders: until its block is complete; aim: p99 < 1 s";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        foreach (int published in context.IsQuick ? [10, 1000] : (int[])[10, 1000, 10_000])
        {
            string parent = Path.Combine(context.Folder, $"krios-{published}");
            await MeasureAsync(context, "local disk", parent, parent, published, cancellationToken);
        }

        // Through this mount a block takes a tenth of a second, so that 10 000 of them would take an hour.
        foreach (int published in context.IsQuick ? [10] : (int[])[10, 1000])
        {
            string served = Directory.CreateDirectory(Path.Combine(context.Folder, $"served-{published}")).FullName;
            string mount = Path.Combine(context.Folder, $"mount-{published}");
            await using MountedFolder mounted = await MountedFolder.MountAsync(served, mount, cancellationToken);
            await MeasureAsync(context, "network", served, mounted.Mount, published, cancellationToken);
        }
    }

    /// <summary>Measures with folders that are written in one place and watched in another, which shows the same.</summary>
    private static async Task MeasureAsync(
        BenchmarkContext context, string what, string parent, string watched, int published, CancellationToken ct)
    {
        for (int i = 0; i < published; i++)
        {
            File.WriteAllText(Path.Combine(Prepare(parent, i), "SPA.yml"), Metadata(i));
        }

        int port = LoopbackPort.FindFree();
        string configuration = parent + ".yaml";
        File.WriteAllText(
            configuration, $"server: {{publicUrl: 'http://127.0.0.1:{port}/'}}\nagent: {{folders: [{{watch: {watched}}}]}}\n");
        long begun = Stopwatch.GetTimestamp();
        await using ServerProcess server = ServerProcess.Start(
            parent + "-data", port, "--config", configuration);
        for (int i = 0; i < published; i++)
        {
            await WaitForBlockAsync(Folder(parent, i), ct);
        }

        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var times = new List<double>();
        for (int i = published; i < published + Drops; i++)
        {
            string folder = Prepare(parent, i);
            await Task.Delay(TimeSpan.FromMilliseconds(100 + (37 * (i % 5))), ct);
            long start = Stopwatch.GetTimestamp();
            File.WriteAllText(Path.Combine(folder, "SPA.yml"), Metadata(i));
            await WaitForBlockAsync(folder, ct);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, beside {published} published folders: {Percentiles.Show(times)}; all of them {seconds:0.0} s after the start, "
            + $"{published / seconds:0} a second; {ProcessMemory.ResidentMegabytes(server.ProcessId):0} MB"));
    }

    private static string Folder(string parent, int i) => Path.Combine(parent, $"session-{i:00000}");

    private static string Prepare(string parent, int i)
    {
        string folder = Folder(parent, i);
        Directory.CreateDirectory(Path.Combine(folder, "Movies"));
        File.WriteAllText(Path.Combine(folder, "Movies", "movie.mrc"), "1");
        return folder;
    }

    private static string Metadata(int i) => $"DataId: {i}\nType: SPA\nSample: {{Name: Ribosome}}\nUser: {{Email: user@example.org}}\n";

    // Where names cannot change places, there is none for a moment.
    private static bool IsComplete(string file)
    {
        try
        {
            return File.ReadAllText(file).Contains("PublicURL:", StringComparison.Ordinal);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static async Task WaitForBlockAsync(string folder, CancellationToken ct)
    {
        string file = Path.Combine(folder, "SPA.yml");
        await Poll.UntilAsync(() => IsComplete(file), TimeSpan.FromMilliseconds(1), ct);
    }
}
