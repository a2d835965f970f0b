using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Hutch.Agent;

namespace Hutch.Bench.Agent;

/// <summary>A folder into which 100 files a second are written: from when a file is closed until a look tells of it in full.</summary>
internal sealed class GrowingFolderBenchmark : IBenchmark
{
    private const int FilesPerSecond = 100;
    private const int FileBytes = 64 << 10;
    private const int WarmUpSeconds = 10;

    public string Name => "agent-growing";

    public string Group => "agent";

    public string Description => "100 files a second: file closed to file told, and processor time; beside a poller in Python; aim: p99 < 1 s";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int seconds = context.IsQuick ? 10 : 30;
        // No mount for the second: rclone lists a directory anew for each question about a file in it, which takes seconds there.
        (string, int, int, bool)[] cells =
        [
            ("new", 1, 0, true), ("100 000 files in one directory", 1, 100_000, false), ("100 000 files in 1000 directories", 1000, 100, true),
        ];
        foreach ((string what, int directories, int files, bool isMounted) in cells)
        {
            string served = Path.Combine(context.Folder, $"served-{directories}-{files}");
            string movies = Path.Combine(served, "krios", "session", "Movies");
            Fill(movies, directories, files);
            await MeasureAsync(context, $"local disk, {what}", served, served, seconds, cancellationToken);
            if (!context.IsAlone)
            {
                await MeasurePeerAsync(context, $"local disk, {what}", served, served, seconds, cancellationToken);
            }

            if (isMounted)
            {
                string mount = Path.Combine(context.Folder, $"mount-{directories}");
                await using MountedFolder mounted = await MountedFolder.MountAsync(served, mount, cancellationToken);
                await MeasureAsync(context, $"network, {what}", mount, served, seconds, cancellationToken);
                if (!context.IsAlone)
                {
                    await MeasurePeerAsync(context, $"network, {what}", mount, served, seconds, cancellationToken);
                }
            }

            Directory.Delete(served, recursive: true);
        }
    }

    private static void Fill(string movies, int directories, int files)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.GetDirectoryName(movies)!).FullName, "SPA.yml"), "DataId: a\n");
        Directory.CreateDirectory(movies);
        foreach (int i in Enumerable.Range(0, directories))
        {
            string directory = directories == 1 ? movies : Directory.CreateDirectory(Path.Combine(movies, $"{i}")).FullName;
            foreach (int j in Enumerable.Range(0, files))
            {
                File.WriteAllBytes(Path.Combine(directory, $"old-{j:000000}.mrc"), []);
            }
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, string what, string seen, string served, int seconds, CancellationToken ct)
    {
        var told = new ConcurrentDictionary<string, long>();
        int files = 0;
        await using var agent = new LookingAgent(Path.Combine(seen, "krios"), new WatchingOptions(), isActive: true, change =>
        {
            Interlocked.Increment(ref files);
            if (change.Entry?.Size == FileBytes)
            {
                told.TryAdd(change.Path.Name, Stopwatch.GetTimestamp());
            }
        });
        await SettleAsync(() => Volatile.Read(ref files), ct);
        string movies = Path.Combine(served, "krios", "session", "Movies");
        await WriteAsync(movies, "warm-up", WarmUpSeconds, ct);
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        (Dictionary<string, long> closed, TimeSpan writing) = await WriteAsync(movies, "new", seconds, ct);
        await Poll.UntilAsync(() => closed.Keys.All(told.ContainsKey), TimeSpan.FromMilliseconds(10), ct);

        double percent = (Environment.CpuUsage.TotalTime - begun - writing) / TimeSpan.FromSeconds(seconds) * 100;
        double[] times = [.. closed.Select(one => Stopwatch.GetElapsedTime(one.Value, told[one.Key]).TotalMilliseconds)];
        context.Report(string.Create(CultureInfo.InvariantCulture, $"{what}: {Percentiles.Show(times)}, {percent:0.0} % of a core ({agent.Describe()})"));
        foreach (string file in Directory.GetFiles(movies, "new-*").Concat(Directory.GetFiles(movies, "warm-up-*")))
        {
            File.Delete(file);
        }
    }

    /// <summary>Waits until nothing new has been told for some seconds.</summary>
    private static async Task SettleAsync(Func<int> count, CancellationToken ct)
    {
        int before = -1;
        while (before != count())
        {
            before = count();
            await Task.Delay(TimeSpan.FromSeconds(5), ct);
        }
    }

    /// <summary>Writes files, and says when each was closed; and what that took of the processor.</summary>
    private static Task<(Dictionary<string, long> Closed, TimeSpan Processor)> WriteAsync(string folder, string prefix, int seconds, CancellationToken ct) => Task.Factory.StartNew(
        () =>
        {
            byte[] bytes = new byte[FileBytes];
            Dictionary<string, long> closed = [];
            long start = Stopwatch.GetTimestamp();
            double spent = 0;
            for (int i = 0; i < seconds * FilesPerSecond; i++)
            {
                ct.ThrowIfCancellationRequested();
                TimeSpan wait = TimeSpan.FromSeconds((double)i / FilesPerSecond) - Stopwatch.GetElapsedTime(start);
                if (wait > TimeSpan.Zero)
                {
                    Thread.Sleep(wait); // the rate of the instrument; on a thread of its own
                }

                string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i:000000}.mrc");
                long begun = Stopwatch.GetTimestamp();
                File.WriteAllBytes(Path.Combine(folder, name), bytes);
                closed[name] = Stopwatch.GetTimestamp();
                spent += Stopwatch.GetElapsedTime(begun).TotalSeconds;
            }

            return (closed, TimeSpan.FromSeconds(spent));
        },
        ct,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static async Task MeasurePeerAsync(BenchmarkContext context, string what, string seen, string served, int seconds, CancellationToken ct)
    {
        Task<string> poller = BenchmarkContext.RunProgramAsync(
            "/usr/bin/python3",
            [
                Path.Combine(context.PeersFolder, "folder_poller.py"), "files", Path.Combine(seen, "krios", "session"),
                (seconds + 30).ToString(CultureInfo.InvariantCulture),
            ],
            ct);
        await Task.Delay(TimeSpan.FromSeconds(10), ct);
        string prefix = $"peer-{(seen == served ? "local" : "network")}";
        (Dictionary<string, long> closed, _) = await WriteAsync(Path.Combine(served, "krios", "session", "Movies"), prefix, seconds, ct);
        string[] lines = (await poller).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        double[] times =
        [
            .. lines[..^1].Select(line => line.Split(' ')).Where(words => closed.ContainsKey(words[0])).Select(
                words => (double.Parse(words[1], CultureInfo.InvariantCulture) - closed[words[0]] * 1e9 / Stopwatch.Frequency) / 1e6),
        ];
        context.Report($"{what}, poller in Python: {times.Length} of {closed.Count} files, {Percentiles.Show(times)}, {lines[^1]}");
    }
}
