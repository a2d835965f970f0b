using System.Diagnostics;
using System.Globalization;
using Hutch.Agent;
using Hutch.Agent.Rules;
using Hutch.Agent.Watching;

namespace Hutch.Bench.Agent;

/// <summary>Looks at a folder of 100 000 files: the first ones, which tell all of them, and one when nothing has changed.</summary>
internal sealed class ScanBenchmark : IBenchmark
{
    private const int Rounds = 5;

    public string Name => "agent-scan";

    public string Group => "agent";

    public string Description => "looks at a folder of 100 000 files, all of it and when nothing has changed, beside find; aim: 3 x find, and 1/10 of it";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        foreach ((string what, int directories, int files) in new[] { ("one directory", 1, 100_000), ("1000 directories", 1000, 100) })
        {
            string folder = Directory.CreateDirectory(Path.Combine(context.Folder, $"{directories}", "session")).FullName;
            foreach (int i in Enumerable.Range(0, directories))
            {
                string directory = Directory.CreateDirectory(Path.Combine(folder, $"grid-{i}")).FullName;
                foreach (int j in Enumerable.Range(0, files))
                {
                    File.WriteAllBytes(Path.Combine(directory, $"FoilHole_{j:000000}_fractions.mrc"), []);
                }
            }

            List<double> all = [], again = [], find = [];
            double megabytes = 0;
            for (int round = 0; round <= Rounds; round++)
            {
                double walk = await FindAsync(folder, cancellationToken);
                (double first, double still, megabytes) = Look(folder, cancellationToken);
                if (round > 0)
                {
                    all.Add(first);
                    again.Add(still);
                    find.Add(walk);
                }
            }

            double peer = BenchmarkContext.Median(find);
            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: all {BenchmarkContext.Median(all):0} ms ({BenchmarkContext.Median(all) / peer:0.0} x find), unchanged {BenchmarkContext.Median(again):0.00} ms ({BenchmarkContext.Median(again) / peer:0.0000} x), find {peer:0} ms; {megabytes:0.0} MB of memory"));
        }
    }

    private static (double First, double Again, double Megabytes) Look(string folder, CancellationToken ct)
    {
        FolderRule rule = FolderRule.From(new WatchedFolderOptions { Watch = Path.GetDirectoryName(folder)! }).Value;
        var time = new AheadTime();
        var request = new FolderScanRequest(folder, rule);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var scan = new FolderScan(folder, rule, new WatchingOptions(), time);
        double first = BenchmarkContext.Time(() =>
        {
            while (scan.Scan(request, "SPA.yml", ct)!.Next == NextScan.Now)
            {
            }
        });
        while (scan.Scan(request, "SPA.yml", ct)!.Next != NextScan.OnChange)
        {
            time.Ahead += TimeSpan.FromSeconds(10);
        }

        time.Ahead += TimeSpan.FromHours(1);
        scan.Scan(request, "SPA.yml", ct);
        double again = BenchmarkContext.Median([.. Enumerable.Range(0, 20).Select(_ => BenchmarkContext.Time(() => scan.Scan(request, "SPA.yml", ct)))]);
        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        GC.KeepAlive(scan);
        return (first, again, megabytes);
    }

    private static async Task<double> FindAsync(string folder, CancellationToken ct)
    {
        long start = Stopwatch.GetTimestamp();
        _ = await BenchmarkContext.RunProgramAsync("find", [folder, "-type", "f", "-printf", "%P %s %T@ %C@ %i\\n"], ct);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The real clock, put forward.</summary>
    private sealed class AheadTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
